"""Words of the Starknet field: reading them from files of the usual kinds, and their bytes."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from pydantic_core import from_json

from cairn_pipeline.da.errors import DaError, Reason

PRIME = 2**251 + 17 * 2**192 + 1
WORD_BYTES = 32
MAX_FILE_BYTES = 64 << 20  # far above any block's output or segment
_NUMBER = re.compile(r"0x[0-9a-fA-F]{1,64}|[0-9]{1,78}")


def parse_felt(value: object, where: str) -> int:
    """A felt from "0x..", decimal text or a JSON integer. Raises DaError(not-felts) naming where."""
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, str) and _NUMBER.fullmatch(value):
        number = int(value, 0) if value.startswith("0x") else int(value)
    else:
        raise DaError(Reason.NOT_FELTS, f"{where}: {str(value)[:40]!r} is no number (0x.. or decimal)")
    if not 0 <= number < PRIME:
        raise DaError(Reason.NOT_FELTS, f"{where}: {number:#x} is not below the field's prime")
    return number


def parse_felts(text: str, where: str) -> list[int]:
    """Felts from a JSON array, or from decimal or hexadecimal numbers apart by white space."""
    stripped = text.strip()
    if not stripped:
        raise DaError(Reason.NOT_FELTS, f"{where}: is empty, wanted a JSON array of felts")
    if stripped[0] == "[":
        try:
            values = from_json(stripped)
        except ValueError as error:
            raise DaError(Reason.NOT_FELTS, f"{where}: no JSON: {error}") from None
    else:
        values = stripped.split()
    return [parse_felt(value, f"{where}: word {i}") for i, value in enumerate(values)]


def read_text(path: Path) -> str:
    """The file's text, of bounded size. Raises DaError(not-felts)."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise DaError(
                Reason.NOT_FELTS, f"{path}: {path.stat().st_size} bytes, at most {MAX_FILE_BYTES} wanted"
            )
        return path.read_text(encoding="ascii")
    except UnicodeDecodeError:
        raise DaError(Reason.NOT_FELTS, f"{path}: is not text, wanted a JSON array of felts") from None
    except OSError as error:
        raise DaError(Reason.NOT_FELTS, f"{path}: {error.strerror}") from None


def read_felts(path: Path) -> list[int]:
    """The felts of a file. Raises DaError(not-felts)."""
    return parse_felts(read_text(path), str(path))


def felts_json(felts: Sequence[int]) -> str:
    """The form in which stages hand felts on."""
    return json.dumps([hex(felt) for felt in felts]) + "\n"


def felts_bytes(felts: Sequence[int]) -> bytes:
    """32 bytes a word, big-endian: how a segment is stored and hashed outside Ethereum."""
    return b"".join(felt.to_bytes(WORD_BYTES, "big") for felt in felts)
