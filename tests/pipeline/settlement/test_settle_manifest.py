"""A da_manifest that is not the output's ends the stage, before the node is asked anything."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from settlement_support import facts_of, made_up, run_da, run_settle

from cairn_pipeline.contract import ErrorClass, Fact, StageError
from cairn_pipeline.da import kzg
from cairn_pipeline.da.blob import build_blob
from cairn_pipeline.da.equivalence import point
from cairn_pipeline.da.manifest import Layer
from cairn_pipeline.da.scalar_field import evaluate_at
from cairn_pipeline.da.snos_output import Layout, split_commitment
from cairn_pipeline.settlement.errors import SettlementError
from cairn_pipeline.settlement.manifest import check_manifest, openings, read_manifest
from cairn_pipeline.settlement.output import parse_output

SEGMENT = [1, 0xC0, 0, 0]  # a state diff of one contract
# Nobody answers there: a stage that gets so far ends with `node`.
OPTIONS = {
    "rpc_url": "http://127.0.0.1:9",
    "chain_id": 1,
    "core": "0x" + "11" * 20,
    "unlocked": "0x" + "22" * 20,
    "request_timeout": 5,
}
Change = Callable[[dict[str, Any]], None]


def with_blob() -> list[int]:
    """made_up(8) with KZG over SEGMENT."""
    words = made_up(8, data=())
    commitment = split_commitment(kzg.commit(build_blob(SEGMENT)))
    z = point(SEGMENT, commitment, Layout.CURRENT)
    y = evaluate_at(SEGMENT, z)
    words[8] = 1
    words[10:10] = [z, 1, *commitment, y % 2**128, y >> 128]
    return words


def prepared(folder: Path, mode: str, blobs: bool) -> tuple[list[int], dict[str, Path], dict[str, Fact]]:
    words = with_blob() if blobs else made_up(8, data=tuple(SEGMENT))
    (folder / "store").mkdir()
    options = {"store": str(folder / "store")} if mode == "alt-da" else {"sidecar": [4844]}
    files, facts = run_da(folder, words, SEGMENT if blobs else None, mode=mode, **options)
    return words, files, {**facts_of(words), **facts}


def ended(folder: Path, words: list[int], files: dict[str, Path], facts: dict[str, Fact]) -> str:
    with pytest.raises(SettlementError) as caught:
        run_settle(folder, words, OPTIONS, facts, **files)
    wanted = {
        "node": ErrorClass.TRANSIENT,
        "wrong-data": ErrorClass.REFUSED,
        "manifest": ErrorClass.BAD_INPUT,
    }
    assert caught.value.error_class is wanted[caught.value.name]
    return caught.value.reason


@pytest.mark.parametrize(
    ("mode", "blobs"), [("alt-da", True), ("alt-da", False), ("ethereum-blob", True), ("calldata", False)]
)
def test_a_manifest_of_the_output_passes(tmp_path: Path, mode: str, blobs: bool) -> None:
    words, files, facts = prepared(tmp_path, mode, blobs)
    assert ended(tmp_path, words, files, facts).startswith("node: ")


def put(*path: str | int, value: Any) -> Change:
    def change(manifest: dict[str, Any]) -> None:
        place: Any = manifest
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


BOTH: list[tuple[Change, str]] = [
    (put("mode", value="calldata"), "wrong-data: .*: mode calldata, the fact da_mode is alt-da"),
    (put("layer", value="starknet"), "wrong-data: .*: made for starknet, to be settled on ethereum"),
    (put("block", value=9), "wrong-data: .*: block is 9, the program output's 8"),
    (put("main_words", value=1), "wrong-data: .*: main_words is 1"),
    (put("state_transition_fact", value="0x1"), "wrong-data: .*: state_transition_fact is 1"),
    (put("state_transition_fact", value="one"), "manifest: .*: 'one' is no number"),
    (put("stored", value=[]), "wrong-data: .*: no object 0x.* in the store"),
    (put("schema", value="x"), "manifest: .*schema: .* is it a da_manifest"),
    (put("more", value=1), "manifest: .*more: "),
]
BLOBS: list[tuple[Change, str]] = [
    (put("use_kzg_da", value=False), "wrong-data: .*: use_kzg_da is False"),
    (put("z", value="0x1"), "wrong-data: .*: z is 1, "),
    (put("z", value=None), "manifest: .*: 'None' is no number"),
    (put("blobs", value=[]), "wrong-data: .*: number of blobs is 0, the program output's 1"),
    (put("blobs", 0, "commitment", value="0xc0"), "wrong-data: .*: blob 0: commitment is 192"),
    (put("blobs", 0, "y", value="0x0"), "wrong-data: .*: blob 0: y is 0"),
    (put("blobs", 0, "versioned_hash", value="0x01"), "wrong-data: .*: blob 0: versioned_hash is 1"),
]
DATA: list[tuple[Change, str]] = [
    (put("use_kzg_da", value=True), "wrong-data: .*: use_kzg_da is True"),
    (put("onchain_data", value=None), "wrong-data: .*: no onchain_data"),
    (put("onchain_data", "hash", value="0x1"), "wrong-data: .*: onchain_data.hash is 1"),
    (put("onchain_data", "size", value=3), "wrong-data: .*: onchain_data.size is 3, the program output's 4"),
    (put("segment", "sha256", value="00"), "wrong-data: .*: segment.sha256 is 00"),
]


@pytest.mark.parametrize(("blobs", "changes"), [(True, BOTH + BLOBS), (False, BOTH + DATA)])
def test_manifests_that_are_not_the_outputs(
    tmp_path: Path, blobs: bool, changes: list[tuple[Change, str]]
) -> None:
    words, files, facts = prepared(tmp_path, "alt-da", blobs)
    good = json.loads(files["da_manifest"].read_text())
    changed = tmp_path / "changed.json"
    for change, reason in changes:
        manifest = json.loads(json.dumps(good))
        change(manifest)
        changed.write_text(json.dumps(manifest))
        line = ended(tmp_path, words, {"da_manifest": changed}, facts)
        assert re.match(reason, line), (reason, line)


def test_a_mode_that_the_output_does_not_have(tmp_path: Path) -> None:
    for blobs, mode in ((True, "calldata"), (False, "ethereum-blob")):
        folder = tmp_path / mode
        folder.mkdir()
        words, files, facts = prepared(folder, "alt-da", blobs)
        manifest = json.loads(files["da_manifest"].read_text())
        files["da_manifest"].write_text(json.dumps({**manifest, "mode": mode}))
        line = ended(folder, words, files, {**facts, "da_mode": mode})
        assert line == f"wrong-data: da_manifest: mode {mode} is none for the output's use_kzg_da"


def test_alt_da_without_a_manifest(tmp_path: Path) -> None:
    words, files, facts = prepared(tmp_path, "alt-da", blobs=True)
    with pytest.raises(StageError, match="no input da_manifest") as caught:
        run_settle(tmp_path, words, OPTIONS, facts)
    assert caught.value.error_class is ErrorClass.BAD_INPUT
    files["da_manifest"].unlink()
    with pytest.raises(SettlementError, match="^manifest: "):
        read_manifest(files["da_manifest"])


def test_proofs_that_open_nothing(tmp_path: Path) -> None:
    words, files, facts = prepared(tmp_path, "alt-da", blobs=True)
    output, manifest = parse_output(words), read_manifest(files["da_manifest"])
    [good] = openings(manifest, output)
    infinity = "0xc0" + "00" * 47
    for proof in (infinity, "0x" + "ff" * 48, "0x" + good[:-1].hex(), "0xzz", ""):
        manifest.blobs[0].proof = proof
        # check_manifest leaves them to openings, which asks the library.
        check_manifest(manifest, output, "alt-da", Layer.ETHEREUM)
        with pytest.raises(SettlementError, match="^wrong-data: .*blob 0: proof .* does not open"):
            openings(manifest, output)
