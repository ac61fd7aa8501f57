"""The output of the Starknet OS or its aggregator as the core contract reads it, and the fact of it.

Layout as in contracts/src/ProgramOutput.sol. Words after the messages are the data of a block without KZG:
they lie on memory pages of their own and are not part of what the contract is given as output.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from eth_utils.crypto import keccak

from cairn_pipeline.settlement.errors import refuse

PRIME = 2**251 + 17 * 2**192 + 1
HEADER_WORDS = 10
PAGE_WORDS = 3800
MESSAGE_LENGTH_WORD = {"L1": 2, "L2": 4}


@dataclass(frozen=True)
class Kzg:
    """What the output says of its blobs: p_i(z) = y_i for the polynomial behind commitment i (48 bytes)."""

    z: int
    commitments: tuple[bytes, ...]
    evaluations: tuple[int, ...]


@dataclass(frozen=True)
class Output:
    main: tuple[int, ...]
    data: tuple[int, ...]
    kzg: Kzg | None

    @property
    def old_root(self) -> int:
        return self.main[0]

    @property
    def new_root(self) -> int:
        return self.main[1]

    @property
    def old_number(self) -> int:
        """-1 before the first block."""
        return -1 if self.main[2] == PRIME - 1 else self.main[2]

    @property
    def new_number(self) -> int:
        return self.main[3]

    @property
    def old_hash(self) -> int:
        return self.main[4]

    @property
    def new_hash(self) -> int:
        return self.main[5]

    @property
    def os_program_hash(self) -> int:
        """0 if the OS itself was proven, else the hash of the OS whose outputs the aggregator joined."""
        return self.main[6]

    @property
    def config_hash(self) -> int:
        return self.main[7]


def parse_output(words: Sequence[int]) -> Output:
    """Splits an output. Raises SettlementError(output) for what no core contract would take."""
    if any(not 0 <= word < PRIME for word in words):
        refuse("output", "a word is outside the field")
    if len(words) <= HEADER_WORDS:
        refuse("output", f"{len(words)} words, wanted more than {HEADER_WORDS}")
    if words[8] not in (0, 1):
        refuse("output", f"the KZG flag is {words[8]}, wanted 0 or 1")
    if words[9] != 0:
        refuse("output", "it is a full output, which only the aggregator can take: prove the aggregation")
    if words[3] <= words[2] and words[2] != PRIME - 1:
        refuse("output", f"the new block {words[3]} does not come after {words[2]}")
    kzg, end = _parse_kzg(words) if words[8] else (None, HEADER_WORDS)
    for direction in ("L1", "L2"):
        end = _end_of_messages(words, end, direction)
    main, data = tuple(words[:end]), tuple(words[end:])
    if kzg is not None and data:
        refuse("output", f"{len(data)} words after the messages of a block whose data are in blobs")
    return Output(main, data, kzg)


def _parse_kzg(words: Sequence[int]) -> tuple[Kzg, int]:
    count = words[HEADER_WORDS + 1] if len(words) > HEADER_WORDS + 1 else 0
    end = HEADER_WORDS + 2 + 4 * count
    if len(words) < max(end, HEADER_WORDS + 2):
        refuse("output", f"{len(words)} words, too few for the {count} blobs that it states")
    pairs = [(words[i], words[i + 1]) for i in range(HEADER_WORDS + 2, end, 2)]
    commitments, evaluations = pairs[:count], pairs[count:]
    if any(max(pair) >> 192 for pair in commitments) or any(max(pair) >> 128 for pair in evaluations):
        refuse("output", "a half of a commitment or of an evaluation is too wide")
    return Kzg(
        z=words[HEADER_WORDS],
        commitments=tuple((high << 192 | low).to_bytes(48, "big") for low, high in commitments),
        evaluations=tuple(high << 128 | low for low, high in evaluations),
    ), end


def _end_of_messages(words: Sequence[int], start: int, direction: str) -> int:
    if start >= len(words):
        refuse("output", f"it ends before its messages to {direction}")
    cursor, end = start + 1, start + 1 + words[start]
    while cursor < end:
        length = cursor + MESSAGE_LENGTH_WORD[direction]
        if length >= len(words):
            break
        cursor = length + 1 + words[length]
    if cursor != end or end > len(words):
        refuse("output", f"its messages to {direction} do not fill the {words[start]} words that it states")
    return end


def keccak_words(words: Sequence[int]) -> bytes:
    return keccak(b"".join(word.to_bytes(32, "big") for word in words))


def _inner(children: Sequence[tuple[bytes, int]]) -> bytes:
    raw = keccak(b"".join(node + end.to_bytes(32, "big") for node, end in children))
    return ((int.from_bytes(raw, "big") + 1) % 2**256).to_bytes(32, "big")


def data_node(main_words: int, data: Sequence[int]) -> bytes:
    """The tree node over the pages of data that follow an output of main_words words."""
    ends = [min(start + PAGE_WORDS, len(data)) for start in range(0, len(data), PAGE_WORDS)]
    starts = range(0, len(data), PAGE_WORDS)
    return _inner(
        [(keccak_words(data[start:end]), main_words + end) for start, end in zip(starts, ends, strict=True)]
    )


def output_fact(output: Output) -> bytes:
    """What stands for the output in a fact: the root of the tree over its memory pages."""
    if output.kzg is not None:
        return keccak_words(output.main)
    end = len(output.main) + len(output.data)
    children = [(keccak_words(output.main), len(output.main))]
    return _inner(children + [(data_node(len(output.main), output.data), end)])


def fact(program_hash: int, output: Output) -> bytes:
    """The fact that program_hash was run with this output, as `cairn verify` prints it."""
    return keccak(program_hash.to_bytes(32, "big") + output_fact(output))
