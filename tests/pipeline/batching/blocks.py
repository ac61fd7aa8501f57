"""OS outputs of made-up consecutive blocks, as children of an aggregator."""

from dataclasses import replace
from pathlib import Path

from cairn_pipeline.batching.measure import BlockSize, measure_files
from cairn_pipeline.da.felts import PRIME, felts_json
from cairn_pipeline.da.state_diff import ContractChange, StateDiff, StorageChange
from cairn_pipeline.da.state_words import Form, encode


def diff(*changes: tuple[int, int, int]) -> StateDiff:
    """Of (contract, key, value); contracts have nonce 1 and their class unchanged."""
    contracts: dict[int, list[StorageChange]] = {}
    for address, key, value in changes:
        contracts.setdefault(address, []).append(StorageChange(key, value, previous=0))
    return StateDiff(
        tuple(
            ContractChange(address, 1, 7, tuple(storage), previous_nonce=0, previous_class_hash=7)
            for address, storage in sorted(contracts.items())
        )
    )


def output(
    number: int,
    state: StateDiff | None = None,
    to_l1: list[int] | None = None,
    to_l2: list[int] | None = None,
    config: int = 99,
    kzg: int = 0,
    full: int = 1,
) -> list[int]:
    """Block number, which follows number - 1 by root (1000 + n) and hash (2000 + n)."""
    l1, l2 = to_l1 or [], to_l2 or []
    words = [1000 + number - 1, 1000 + number, (number - 1) % PRIME, number, 2000 + number - 1, 2000 + number]
    words += [0, config, kzg, full, len(l1), *l1, len(l2), *l2]
    return words + encode(state if state is not None else diff((5, number, 1)), Form.FULL)


def block(folder: Path, number: int, steps: int = 0, **arguments: object) -> BlockSize:
    path = folder / f"{number}.json"
    path.write_text(felts_json(output(number, **arguments)))  # type: ignore[arg-type]
    return measure_files(number, path, None, steps)


def with_output(child: BlockSize, **changes: object) -> BlockSize:
    return replace(child, output=replace(child.output, **changes))  # type: ignore[arg-type]
