"""The output of a Starknet OS or aggregator run: header, KZG words, messages, and as the rest the DA segment.

Two layouts: "current" (0.13.2 and later, ten header words) and "old" (0.13.1: six header words, one blob).
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from cairn_pipeline.da.errors import DaError, Reason
from cairn_pipeline.da.felts import PRIME
from cairn_pipeline.da.reader import Reader

BLOCK_NUMBER_BOUND = 1 << 63
COMMITMENT_WORD_BOUND = 1 << 192
VALUE_WORD_BOUND = 1 << 128
MAX_BLOBS = 1 << 12  # only a bound on nonsense; limits.py has the real one


class Layout(enum.StrEnum):
    CURRENT = "current"
    OLD = "old"


@dataclass(frozen=True)
class KzgWords:
    """What the program says of its blobs: the point, and per blob the commitment and the value there."""

    z: int
    commitments: tuple[bytes, ...]  # 48 bytes each
    values: tuple[int, ...]

    @property
    def commitment_words(self) -> list[int]:
        """Low and high 192 bits of each commitment, as the program hashes them."""
        return [word for c in self.commitments for word in split_commitment(c)]


@dataclass(frozen=True)
class MessageToL1:
    sender: int
    receiver: int
    payload: tuple[int, ...]


@dataclass(frozen=True)
class MessageToL2:
    sender: int
    receiver: int
    nonce: int
    selector: int
    payload: tuple[int, ...]


@dataclass(frozen=True)
class SnosOutput:
    """previous_number is -1 before genesis; it and previous_hash are None in the old layout."""

    layout: Layout
    initial_root: int
    final_root: int
    previous_number: int | None
    number: int
    previous_hash: int | None
    block_hash: int
    os_program_hash: int
    config_hash: int
    use_kzg_da: bool
    full_output: bool
    kzg: KzgWords | None
    messages_to_l1: tuple[MessageToL1, ...]
    messages_to_l2: tuple[MessageToL2, ...]
    main_words: int  # header and messages: what the core contract gets
    da_segment: tuple[int, ...]  # empty where KZG is used
    felts: tuple[int, ...]


def split_commitment(commitment: bytes) -> tuple[int, int]:
    """Low and high 192 bits."""
    return int.from_bytes(commitment[24:], "big"), int.from_bytes(commitment[:24], "big")


def parse(felts: Sequence[int], name: str = "program output", layout: Layout | None = None) -> SnosOutput:
    """Reads an output without an aggregator's input part. Raises DaError(output-malformed)."""
    if layout is not None:
        return _parse(felts, name, layout)
    try:
        return _parse(felts, name, Layout.CURRENT)
    except DaError as current:
        try:
            return _parse(felts, name, Layout.OLD)
        except DaError:
            raise current from None


def without_aggregator_input(felts: Sequence[int]) -> Sequence[int]:
    """Drops the children's outputs that an aggregator repeats, [n, n x (size, hash, ...)], if felts has them.

    An OS output starts with a state root, so it is only taken for an aggregator's if the walk over its
    children ends at something that is an OS output in turn.
    """
    if not felts or not 1 <= felts[0] < 1 << 20:
        return felts
    position = 1
    for _ in range(felts[0]):
        if position >= len(felts) or not 2 <= felts[position] <= len(felts) - position:
            return felts
        position += felts[position]
    try:
        parse(felts[position:])
    except DaError:
        return felts
    return felts[position:]


def _parse(felts: Sequence[int], name: str, layout: Layout) -> SnosOutput:
    reader = Reader(felts, name, Reason.OUTPUT_MALFORMED)
    initial_root, final_root = reader.next("the initial root"), reader.next("the final root")
    previous_number = previous_hash = None
    if layout is Layout.CURRENT:
        word = reader.next("the previous block number")
        if word != PRIME - 1 and word >= BLOCK_NUMBER_BOUND:
            raise reader.error(f"word 2: {word:#x} is no block number")
        previous_number = -1 if word == PRIME - 1 else word
    number = reader.next("the block number", BLOCK_NUMBER_BOUND)
    if previous_number is not None and number <= previous_number:
        raise reader.error(f"block number {number} does not follow {previous_number}")
    os_program_hash = full_output = 0
    if layout is Layout.CURRENT:
        previous_hash = reader.next("the previous block hash")
    block_hash = reader.next("the block hash")
    if layout is Layout.CURRENT:
        os_program_hash = reader.next("the OS program hash")
    config_hash = reader.next("the config hash")
    use_kzg_da = reader.next("use_kzg_da", 2)
    if layout is Layout.CURRENT:
        full_output = reader.next("full_output", 2)
    kzg = None
    if use_kzg_da:
        kzg = _kzg(reader) if layout is Layout.CURRENT else _old_kzg(reader)
    to_l1 = _messages_to_l1(reader)
    to_l2 = _messages_to_l2(reader)
    main_words = reader.position
    if use_kzg_da:
        reader.finish()
    elif main_words == len(felts):
        raise reader.error(f"ends after {main_words} words, wanted a DA segment (use_kzg_da is 0)")
    return SnosOutput(
        layout, initial_root, final_root, previous_number, number, previous_hash, block_hash, os_program_hash,
        config_hash, bool(use_kzg_da), bool(full_output), kzg, to_l1, to_l2, main_words,
        tuple(felts[main_words:]), tuple(felts),
    )  # fmt: skip


def _kzg(reader: Reader) -> KzgWords:
    z = reader.next("z")
    count = reader.next("the number of blobs", MAX_BLOBS)
    if count == 0:
        raise reader.error("0 blobs, wanted at least one (use_kzg_da is 1)")
    commitments = tuple(_commitment(reader) for _ in range(count))
    return KzgWords(z, commitments, tuple(_value(reader) for _ in range(count)))


def _old_kzg(reader: Reader) -> KzgWords:
    commitment = _commitment(reader)
    z = reader.next("z")
    return KzgWords(z, (commitment,), (_value(reader),))


def _commitment(reader: Reader) -> bytes:
    low = reader.next("the low word of a commitment", COMMITMENT_WORD_BOUND)
    high = reader.next("the high word of a commitment", COMMITMENT_WORD_BOUND)
    return (high << 192 | low).to_bytes(48, "big")


def _value(reader: Reader) -> int:
    low = reader.next("the low word of y", VALUE_WORD_BOUND)
    return reader.next("the high word of y", VALUE_WORD_BOUND) << 128 | low


def _messages_to_l1(reader: Reader) -> tuple[MessageToL1, ...]:
    words = Reader(_message_words(reader, "L2 to L1"), f"{reader.name}: messages to L1", reader.reason)
    messages = []
    while words.position < len(words.words):
        sender, receiver = words.next("a sender"), words.next("a receiver")
        payload = words.take(words.next("a payload's length"), "payload")
        messages.append(MessageToL1(sender, receiver, tuple(payload)))
    return tuple(messages)


def _messages_to_l2(reader: Reader) -> tuple[MessageToL2, ...]:
    words = Reader(_message_words(reader, "L1 to L2"), f"{reader.name}: messages to L2", reader.reason)
    messages = []
    while words.position < len(words.words):
        sender, receiver, nonce = words.next("a sender"), words.next("a receiver"), words.next("a nonce")
        selector = words.next("a selector")
        payload = words.take(words.next("a payload's length"), "payload")
        messages.append(MessageToL2(sender, receiver, nonce, selector, tuple(payload)))
    return tuple(messages)


def _message_words(reader: Reader, which: str) -> list[int]:
    return reader.take(reader.next(f"the size of the {which} messages"), f"{which} messages")
