"""An upper bound of the gas that settling an output takes. Constants are the EVM's, rounded up.

Meant to refuse what cannot be settled before it is proven; the fee of a transaction is the node's estimate.
"""

BASE = 21_000  # a transaction
STATE = 150_000  # proxy, checks, the three state words, the fact, events
CALLDATA_BYTE = 40  # EIP-7623's floor for a byte that is not zero
BLOB = 75_000  # point evaluation (50,000) and what surrounds it
MESSAGE_TO_L1 = 35_000  # a new counter (22,100), its hash, an event
MESSAGE_TO_L2 = 20_000  # a counter set to zero, its hash, an event, the fee's share
MESSAGE_FELT = 400  # hashing and the event's data


def gas(calldata_bytes: int, blobs: int, to_l1: int, to_l2: int, message_felts: int) -> int:
    """Gas of an updateState or updateStateKzgDA call, at most."""
    return (
        BASE
        + STATE
        + CALLDATA_BYTE * calldata_bytes
        + BLOB * blobs
        + MESSAGE_TO_L1 * to_l1
        + MESSAGE_TO_L2 * to_l2
        + MESSAGE_FELT * message_felts
    )
