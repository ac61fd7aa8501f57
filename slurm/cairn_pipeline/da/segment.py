"""What kind of DA segment some words are, and what is inside where it can be seen."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from cairn_pipeline.da import stateless
from cairn_pipeline.da.errors import DaError, Reason
from cairn_pipeline.da.state_diff import StateDiff
from cairn_pipeline.da.state_words import Form, decode_any, encode

MAX_PUBLIC_KEYS = 64


class Kind(enum.StrEnum):
    PLAIN = "plain"  # words of a state diff: before 0.13.3, or full_output = 1
    COMPRESSED = "compressed"
    ENCRYPTED = "encrypted"  # [n_keys, public keys, encrypted keys, cipher words]: passed on untouched


@dataclass(frozen=True)
class Segment:
    """diff and form are None for an encrypted one, and diff_words is then unknown (0)."""

    kind: Kind
    words: int
    diff: StateDiff | None
    form: Form | None
    diff_words: int = 0
    public_keys: tuple[int, ...] = ()


def open_segment(felts: Sequence[int], name: str = "DA segment") -> Segment:
    """Reads a segment whole. Raises DaError(segment-malformed) if it is none of the three kinds."""
    if not felts:
        raise DaError(Reason.SEGMENT_MALFORMED, f"{name}: is empty")
    header = stateless.parse_header(felts[0])
    if header is not None and header.words > 0:  # a count of contracts or keys never sets the second field
        words = stateless.decompress(felts, name)
        form, diff = decode_any(words, (Form.PACKED, Form.PACKED_OLD), f"{name}, decompressed")
        return Segment(Kind.COMPRESSED, len(felts), diff, form, len(words))
    try:
        form, diff = decode_any(felts, tuple(Form), name)
        return Segment(Kind.PLAIN, len(felts), diff, form, len(felts))
    except DaError:
        keys = felts[0]
        if not 1 <= keys <= MAX_PUBLIC_KEYS or len(felts) <= 1 + 2 * keys:
            raise
        return Segment(Kind.ENCRYPTED, len(felts), None, None, public_keys=tuple(felts[1 : 1 + keys]))


def build_segment(diff: StateDiff, *, full_output: bool = False, compressed: bool = True) -> list[int]:
    """The segment of a diff (by aliases, if the chain has them), as an OS of 0.13.4 or later writes it."""
    if full_output:
        return encode(diff, Form.FULL)
    words = encode(diff, Form.PACKED)
    return stateless.compress(words) if compressed else words
