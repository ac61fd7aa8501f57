"""An upper bound of the gas that settling an output takes, before refunds, as a transaction must offer it.

Meant to refuse what cannot be settled before it is proven; the fee of a transaction is the node's estimate.
What is said to be measured is of anvil's receipts (Osaka); tests/pipeline/settlement has new ones compared.
"""

BASE = 21_000  # a transaction
CALLDATA_BYTE = 16  # that is not zero
CALLDATA_FLOOR = 40  # EIP-7623: a transaction takes at least this for each, and BASE
STATE = 110_000  # measured 37,000; three words of state that were zero 51,300; a proxy, a registry of its own
BLOB = 56_000  # measured 53,600: point evaluation (50,000) and what surrounds it
MESSAGE_TO_L1 = 26_000  # measured 25,000 beside its felts: a new counter (22,100), an event
MESSAGE_TO_L2 = 9_000  # measured 8,300 beside its felts: a counter set to zero, an event
FEES = 35_000  # measured 6,900: their sum is paid once, at most to an account that is new
MESSAGE_FELT = 420  # measured 402: the field's bound, hashing, the event's data


def gas(calldata_bytes: int, blobs: int, to_l1: int, to_l2: int, message_felts: int) -> int:
    """Gas of an updateState, updateStateWithData or updateStateKzgDA call, at most."""
    run = STATE + BLOB * blobs + MESSAGE_TO_L1 * to_l1 + MESSAGE_TO_L2 * to_l2
    run += MESSAGE_FELT * message_felts + (FEES if to_l2 else 0)
    return BASE + max(CALLDATA_BYTE * calldata_bytes + run, CALLDATA_FLOOR * calldata_bytes)
