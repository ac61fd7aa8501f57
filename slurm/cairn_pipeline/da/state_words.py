"""The layouts of a state diff in words: full (full_output = 1), packed (now) and packed-old (before 0.13.3).

All: n_contracts, contracts, n_classes, classes.
full: [address, previous nonce, nonce, previous class, class, n] + n x [key, previous, value];
  [class, previous, compiled]
packed: [address, info, class if flagged] + n x [key, value]; [class, compiled]
  info = ((nonce or 0) x B + n) x 4 + 2 x small + flag, B = 2^8 if small else 2^64
packed-old: as packed with info = flag x 2^128 + nonce x 2^64 + n
"""

import enum
from collections.abc import Sequence

from cairn_pipeline.da.errors import DaError, Reason
from cairn_pipeline.da.reader import Reader
from cairn_pipeline.da.state_diff import ClassChange, ContractChange, StateDiff, StorageChange

NONCE_BOUND = 1 << 64
COUNT_BOUND = 1 << 64
SMALL_COUNT_BOUND = 1 << 8


class Form(enum.StrEnum):
    FULL = "full"
    PACKED = "packed"
    PACKED_OLD = "packed-old"


def encode(diff: StateDiff, form: Form) -> list[int]:
    """The words of diff, in its order. Raises DaError(state-diff-malformed)."""
    words = [len(diff.contracts)]
    for contract in diff.contracts:
        words += _full_header(contract) if form is Form.FULL else _packed_header(contract, form)
        for change in contract.storage:
            words += _entry(change.key, change.previous, change.value, form, contract.address)
    words.append(len(diff.classes))
    for declared in diff.classes:
        words += _entry(
            declared.class_hash, declared.previous, declared.compiled_class_hash, form, declared.class_hash
        )
    return words


def decode(
    words: Sequence[int], form: Form, name: str = "state diff", reason: Reason = Reason.SEGMENT_MALFORMED
) -> StateDiff:
    """Reads all words. Raises DaError(reason) naming the contract at which they stop making sense."""
    reader = Reader(words, name, reason)
    contracts = []
    count = reader.next("the number of contracts", COUNT_BOUND)
    for i in range(count):
        what = f"contract {i + 1} of {count}"
        address = reader.next(f"the address of {what}")
        if form is Form.FULL:
            contracts.append(_full_contract(reader, address, what))
        else:
            contracts.append(_packed_contract(reader, address, what, form))
    classes = []
    count = reader.next("the number of classes", COUNT_BOUND)
    for i in range(count):
        class_hash = reader.next(f"class {i + 1} of {count}")
        previous = reader.next("its previous compiled class") if form is Form.FULL else None
        classes.append(
            ClassChange(class_hash, reader.next(f"the compiled class of {i + 1} of {count}"), previous)
        )
    reader.finish()
    return StateDiff(tuple(contracts), tuple(classes))


def decode_any(
    words: Sequence[int], forms: Sequence[Form] = tuple(Form), name: str = "state diff"
) -> tuple[Form, StateDiff]:
    """The first of forms that reads all words (they practically exclude each other). Raises DaError."""
    first: DaError | None = None
    for form in forms:
        try:
            return form, decode(words, form, name)
        except DaError as error:
            first = first or error
    assert first is not None
    raise first


def _full_header(contract: ContractChange) -> list[int]:
    fields = (contract.previous_nonce, contract.nonce, contract.previous_class_hash, contract.class_hash)
    if None in fields:
        raise DaError(
            Reason.STATE_DIFF_MALFORMED,
            f"contract {contract.address:#x}: the full form needs previous nonce and class",
        )
    return [contract.address, *(f for f in fields if f is not None), len(contract.storage)]


def _packed_header(contract: ContractChange, form: Form) -> list[int]:
    nonce, count, flag = contract.nonce or 0, len(contract.storage), contract.class_hash is not None
    if nonce >= NONCE_BOUND:
        raise DaError(
            Reason.STATE_DIFF_MALFORMED, f"contract {contract.address:#x}: nonce {nonce:#x} above 64 bits"
        )
    if form is Form.PACKED_OLD:
        info = flag << 128 | nonce << 64 | count
    else:
        small = count < SMALL_COUNT_BOUND
        info = (nonce * (SMALL_COUNT_BOUND if small else COUNT_BOUND) + count) * 4 + 2 * small + flag
    return [contract.address, info] + ([contract.class_hash] if contract.class_hash is not None else [])


def _entry(key: int, previous: int | None, value: int, form: Form, owner: int) -> list[int]:
    if form is not Form.FULL:
        return [key, value]
    if previous is None:
        raise DaError(
            Reason.STATE_DIFF_MALFORMED, f"{owner:#x}: the full form needs the previous value of {key:#x}"
        )
    return [key, previous, value]


def _full_contract(reader: Reader, address: int, what: str) -> ContractChange:
    previous_nonce = reader.next(f"the previous nonce of {what}", NONCE_BOUND)
    nonce = reader.next(f"the nonce of {what}", NONCE_BOUND)
    previous_class = reader.next(f"the previous class of {what}")
    class_hash = reader.next(f"the class of {what}")
    words = reader.take(3 * reader.next(f"the storage count of {what}", COUNT_BOUND), f"storage of {what}")
    storage = tuple(StorageChange(words[i], words[i + 2], words[i + 1]) for i in range(0, len(words), 3))
    return ContractChange(address, nonce, class_hash, storage, previous_nonce, previous_class)


def _packed_contract(reader: Reader, address: int, what: str, form: Form) -> ContractChange:
    info = reader.next(f"the info word of {what}", 1 << (129 if form is Form.PACKED_OLD else 130))
    if form is Form.PACKED_OLD:
        flag, nonce, count = info >> 128, (info >> 64) % NONCE_BOUND, info % COUNT_BOUND
    else:
        flag, small, rest = info & 1, info >> 1 & 1, info >> 2
        nonce, count = divmod(rest, SMALL_COUNT_BOUND if small else COUNT_BOUND)
        if nonce >= NONCE_BOUND:
            raise reader.error(f"word {reader.position - 1}: {what}: nonce {nonce:#x} above 64 bits")
    class_hash = reader.next(f"the class of {what}") if flag else None
    words = reader.take(2 * count, f"storage of {what}")
    storage = tuple(StorageChange(words[i], words[i + 1]) for i in range(0, len(words), 2))
    return ContractChange(address, nonce or None, class_hash, storage)
