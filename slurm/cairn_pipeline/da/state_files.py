"""The segment of a state update from files: the RPC's JSON, and where needed aliases and nonces beside it."""

from collections.abc import Iterator
from pathlib import Path

from pydantic_core import from_json

from cairn_pipeline.da import aliases as stateful
from cairn_pipeline.da.blob import chunks
from cairn_pipeline.da.equivalence import matches
from cairn_pipeline.da.errors import DaError, Reason
from cairn_pipeline.da.felts import parse_felt, read_text
from cairn_pipeline.da.segment import build_segment
from cairn_pipeline.da.snos_output import SnosOutput
from cairn_pipeline.da.state_diff import StateDiff
from cairn_pipeline.da.state_update import read_state_update
from cairn_pipeline.da.state_words import Form, encode


def segment_of_state_update(
    path: Path, output: SnosOutput, aliases: Path | None = None, nonces: Path | None = None
) -> list[int]:
    """The segment that a state update gives and that output's z is of.

    The update does not say how the OS wrote it, so the ways are tried from the newest on. Raises
    DaError(segment-mismatch) if none is the output's; (alias-unknown) if aliases do not cover it.
    """
    diff = read_state_update(path, read_pairs(nonces, "address", "nonce") if nonces else None)
    known = read_pairs(aliases, "key", "alias") if aliases else None
    count = 0
    for segment in _candidates(diff, known):
        count += 1
        blobs = len(output.kzg.commitments) if output.kzg else 0
        if len(chunks(segment)) == blobs and matches(segment, output):
            return segment
    raise DaError(
        Reason.SEGMENT_MISMATCH,
        f"{path}: written in {count} ways, none is the data behind the program output's z",
    )


def _candidates(diff: StateDiff, known: dict[int, int] | None) -> Iterator[list[int]]:
    if known is not None:
        by_alias = stateful.compress(diff, known)
        yield build_segment(by_alias)
        yield build_segment(by_alias.ordered())
        return
    yield build_segment(diff)
    if not stateful.missing(diff, {}):
        by_alias = stateful.compress(diff, {})
        yield build_segment(by_alias)
        yield build_segment(by_alias.ordered())
    yield encode(diff, Form.PACKED)
    yield encode(diff, Form.PACKED_OLD)


def read_pairs(path: Path, key: str, value: str) -> dict[int, int]:
    """Pairs of felts from a JSON object {"key": "value"} or a list of objects with the two names.

    Numbers are 0x-hexadecimal, or decimal; a list's values without 0x are hexadecimal, as nonces are written
    by Starknet's feeder. Raises DaError(state-diff-malformed).
    """
    try:
        raw = from_json(read_text(path))
        if isinstance(raw, dict):
            return {parse_felt(k, f"{path}: key"): parse_felt(v, f"{path}: {k}") for k, v in raw.items()}
        return {parse_felt(i[key], f"{path}: {key}"): int(str(i[value]), 16) for i in raw}
    except (ValueError, TypeError, KeyError) as error:
        raise DaError(
            Reason.STATE_DIFF_MALFORMED, f"{path}: wanted pairs of {key} and {value}: {error!r}"
        ) from None
