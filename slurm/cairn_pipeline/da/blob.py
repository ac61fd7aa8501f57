"""Blobs of a DA segment: 4096 words each are a polynomial's coefficients; a blob holds its values."""

import re
from collections.abc import Sequence
from pathlib import Path

from cairn_pipeline.da.errors import DaError, Reason
from cairn_pipeline.da.felts import PRIME
from cairn_pipeline.da.scalar_field import MODULUS, SIZE, evaluate, interpolate

BLOB_BYTES = 32 * SIZE


def chunks(segment: Sequence[int]) -> list[Sequence[int]]:
    """The words of each blob."""
    return [segment[i : i + SIZE] for i in range(0, len(segment), SIZE)]


def build_blob(words: Sequence[int]) -> bytes:
    """The 131,072 bytes of at most 4096 words."""
    return b"".join(value.to_bytes(32, "big") for value in evaluate(words))


def read_blob(blob: bytes, name: str = "blob") -> list[int]:
    """All 4096 words behind a blob. Raises DaError(blob-malformed) if they are not all felts."""
    if len(blob) != BLOB_BYTES:
        raise DaError(Reason.BLOB_MALFORMED, f"{name}: {len(blob)} bytes, wanted {BLOB_BYTES}")
    values = [int.from_bytes(blob[i : i + 32], "big") for i in range(0, BLOB_BYTES, 32)]
    for i, value in enumerate(values):
        if value >= MODULUS:
            raise DaError(Reason.BLOB_MALFORMED, f"{name}: value {i} is not below the scalar field's modulus")
    words = interpolate(values)
    for i, word in enumerate(words):
        if word >= PRIME:
            raise DaError(
                Reason.BLOB_MALFORMED, f"{name}: word {i} is {word:#x}, no felt; not a Starknet blob"
            )
    return words


def blob_bytes(raw: bytes, name: str) -> bytes:
    """A blob from a file's content: its bytes, or hexadecimal text. Raises DaError(blob-malformed)."""
    if len(raw) == BLOB_BYTES:
        return raw
    text = raw.strip()
    if re.fullmatch(rb"(0x)?([0-9a-fA-F]{2})+", text):
        return bytes.fromhex(text.removeprefix(b"0x").decode())
    raise DaError(
        Reason.BLOB_MALFORMED, f"{name}: {len(raw)} bytes, wanted {BLOB_BYTES} or their hexadecimal text"
    )


def read_blob_file(path: Path) -> bytes:
    """Reads a blob of either form. Raises DaError(blob-malformed)."""
    try:
        return blob_bytes(path.read_bytes(), str(path))
    except OSError as error:
        raise DaError(Reason.BLOB_MALFORMED, f"{path}: {error.strerror}") from None


def join(blobs: Sequence[bytes], name: str = "blob") -> list[int]:
    """The segment in some blobs, without the zeros at its end: they cannot be told from padding."""
    words = [word for i, blob in enumerate(blobs) for word in read_blob(blob, f"{name} {i}")]
    while words and words[-1] == 0:
        words.pop()
    return words
