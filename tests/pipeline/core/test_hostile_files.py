"""Every other file that the pipeline reads: what stands in it gives a value or one named refusal.

Some come from strangers (PIEs, outputs, segments, a stage's own program), some are ours and may be torn. No
reader may call what it finds a bug of the program.
"""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cairn_pipeline.batching.measure import measure_files
from cairn_pipeline.compose.message import Message
from cairn_pipeline.compose.queue_store import QueueStore
from cairn_pipeline.config import RunConfig, load_config
from cairn_pipeline.contract import Artifact, ErrorClass, StageError
from cairn_pipeline.da.felts import felts_json, read_felts
from cairn_pipeline.da.pie_memory import Pie
from cairn_pipeline.da.snos_output import parse
from cairn_pipeline.da.state_diff import ClassChange, ContractChange, StateDiff, StorageChange
from cairn_pipeline.da.state_words import Form, encode
from cairn_pipeline.da.stateless import compress
from cairn_pipeline.run_state import Run, StageState, read_run
from cairn_pipeline.run_state.model import now
from cairn_pipeline.settlement.journal import JournalFile
from cairn_pipeline.settlement.manifest import read_manifest
from cairn_pipeline.site import Site, load_site
from cairn_pipeline.stages.aggregate import read_children
from cairn_pipeline.watch.metrics import render
from cairn_pipeline.watch.settled import read_json
from conftest import ROOT
from hostile import DEEP_AND_LONG, anything, changed, damaged, hostile
from hypothesis import given
from hypothesis import strategies as st

Reader = Callable[[Path], object]
TOML = b"""
window = 8
[stages.aggregate.options]
program = ["a"]
[stages.prove]
ranks = 9
[stages.prove.retry]
lives = 3
[alerts]
command = ["mail"]
"""


def outcome(read: Reader, path: Path, *, ours: bool = False) -> object:
    """What the reader gives, or its refusal."""
    try:
        return read(path)
    except StageError as error:
        assert "\n" not in error.reason and error.reason
        assert ours or error.error_class is not ErrorClass.BUG, error.reason
        return error


def document(value: object) -> Any:
    return json.loads(json.dumps(value, default=str))


JOURNAL = {"block": 5, "chain_id": 1, "core": "0xc", "signer": "0xa", "output": "0x1"}
OFFER = {"max_fee": 9, "tip": 1, "blob_fee": 3}
ATTEMPT = {"nonce": 1, "hash": "0x", "raw": "0x", "offer": OFFER, "gas": 5, "blobs": 0, "signed_at": 1.5}
SEGMENT = {"kind": "plain", "words": 3, "sha256": "00"}
BLOB = {"versioned_hash": "0x1", "commitment": "0x2", "y": "0x3", "proof": "0x4", "words": 3}
MANIFEST = {"schema": 1, "mode": "ethereum-blob", "layer": "ethereum", "block": 5, "use_kzg_da": True}
MANIFEST |= {"main_words": 18, "state_transition_fact": "0x1", "calldata_bytes": 9, "segment": SEGMENT}
MANIFEST |= {"z": "0x5", "blobs": [BLOB], "stored": [{"name": "0x1", "url": "u", "bytes": 1, "sha256": "0"}]}
MESSAGE = {"schema": 1, "id": "b1", "block": 1, "producer": "p", "facts": {"first_block": 1}, "children": []}
MESSAGE |= {"lineage": [{"group": "g", "number": 0, "of": 2}], "data": {"a": [1]}, "outputs": {}}
CHILD = {"block": 5, "outputs": {"snos_output": {"path": "/tmp/a", "bytes": 1, "sha256": "0"}}, "facts": {}}
CHANGE = ContractChange(5, 1, 7, (StorageChange(3, 4, previous=0),), previous_nonce=0, previous_class_hash=7)
DIFF = StateDiff((CHANGE,), (ClassChange(8, 9, previous=0),))
OUTPUT = [1, 2, 4, 5, 6, 7, 0, 9, 0, 1, 3, 7, 8, 0, 0, *encode(DIFF, Form.FULL)]  # with a message
WITH_BLOB = [1, 2, 4, 5, 6, 7, 0, 9, 1, 0, 11, 1, 1, 2, 3, 4, 0, 0]


def measured(path: Path) -> object:
    return measure_files(5, path, None)


def measured_segment(path: Path) -> object:
    output = path.with_name("blob_output.json")
    output.write_text(felts_json(WITH_BLOB))
    return measure_files(5, output, path)


# Good documents, and who reads them. What a run holds is beneath.
DOCUMENTS: dict[str, tuple[dict[str, Any], Reader]] = {
    "manifest": (MANIFEST, read_manifest),
    "journal": (
        {"schema": 1, **JOURNAL, "steps": {"a": {"attempts": [ATTEMPT]}}},
        lambda path: JournalFile(path, **JOURNAL),
    ),
    "receipt": ({"fee_wei": 5}, lambda p: read_json(StageState(outputs={"r": Artifact.of(p)}), "r")),
    "children": (CHILD, read_children),
}
NUMBERS: dict[str, tuple[list[int], Reader]] = {
    "felts": (list(range(16)), read_felts),
    "output": (OUTPUT, measured),
    "blob-output": (WITH_BLOB, measured),
    "segment": (encode(DIFF, Form.PACKED), measured_segment),
    "compressed": (compress(encode(DIFF, Form.PACKED)), measured_segment),
}
RUN = {"run": "a", "stages": {"snos": {}, "settle": {"after": ["snos"], "in_order": True}}}
SITE = {"partition": {"default": "cpu"}, "extra": {"prove": ["-x"]}, "scratch": "/tmp"}
STATE = {"block": 1, "stages": {"snos": document(StageState(submitted=now(), ended=now()).model_dump())}}
STATE |= {"first": 1, "closed_by": "age", "joined": None, "close": True}
PIE = ROOT / "tests" / "data" / "pie" / "pages.pie.zip"

with zipfile.ZipFile(PIE) as _archive:
    MEMBERS = {name: _archive.read(name) for name in _archive.namelist()}


def numbers(good: list[int]) -> st.SearchStrategy[bytes]:
    """A list of felts of which some are others, at the widths at which fields of words end."""
    widths = st.sampled_from([20, 31, 40, 60, 63, 64, 80, 100, 127, 128, 180, 192, 250, 251, 256])
    edges = widths.map(lambda width: 1 << width)
    number = st.integers(0, 20) | edges | edges.map(lambda n: n - 1) | st.integers(0, 1 << 252)
    change = st.tuples(st.integers(0, len(good)), st.integers(0, 2), st.lists(number, max_size=3))

    def apply(changed: list[tuple[int, int, list[int]]]) -> bytes:
        words = list(good)
        for at, gone, more in changed:
            words[at : at + gone] = more
        return json.dumps([hex(word) for word in words]).encode()

    return st.lists(change, max_size=3).map(apply)


def test_good_documents_are_read(tmp_path: Path) -> None:
    for name, (good, read) in (DOCUMENTS | NUMBERS).items():  # type: ignore[operator]
        (tmp_path / "x.json").write_text(json.dumps([good] if name == "children" else good))
        found = outcome(read, tmp_path / "x.json")
        assert not isinstance(found, StageError) or (name == "children" and "/tmp/a" in found.reason), found
    run = Run.create(tmp_path / "run", RunConfig.model_validate(RUN), Site())
    run.add(1)
    (run.block_dir(1) / "state.json").write_text(json.dumps(STATE))
    assert run.read(1).first == 1 and render(read_run(run.path), now())
    assert read_pie(PIE)


@hostile
@given(name=st.sampled_from(sorted(DOCUMENTS)), data=st.data())
def test_documents_are_read_or_refused(
    name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    good, read = DOCUMENTS[name]
    raw = data.draw(changed(good) | anything)
    path = tmp_path_factory.getbasetemp() / "document.json"
    path.write_bytes(b"[" + raw + b"]" if name == "children" else raw)
    outcome(read, path)


@hostile
@given(name=st.sampled_from(sorted(NUMBERS)), data=st.data())
def test_words_are_read_or_refused(
    name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    good, read = NUMBERS[name]
    path = tmp_path_factory.getbasetemp() / "words.json"
    path.write_bytes(data.draw(numbers(good) | anything))
    outcome(read, path)


@hostile
@given(raw=changed(MESSAGE) | anything)
def test_messages_are_read_or_refused(raw: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    queue = QueueStore(tmp_path_factory.getbasetemp(), "q")
    (queue.messages / "b1.json").write_bytes(raw)
    found = outcome(lambda _: queue.read("b1"), queue.messages)
    if isinstance(found, Message):
        for path in ("block", "group", "data.a", "facts.first_block"):
            found.field(path)


@hostile
@given(name=st.sampled_from(["run.json", "site.json", "state.json"]), data=st.data())
def test_a_run_is_read_or_refused(
    name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run = Run(tmp_path_factory.getbasetemp() / "run")
    (run.path / "blocks" / "1").mkdir(parents=True, exist_ok=True)
    for place, good in (("run.json", RUN), ("site.json", SITE), ("blocks/1/state.json", STATE)):
        raw = data.draw(changed(good) | anything) if place.endswith(name) else json.dumps(good).encode()
        (run.path / place).write_bytes(raw)
    found = outcome(lambda path: read_run(path), run.path, ours=True)
    if not isinstance(found, StageError):
        render(found, now())  # type: ignore[arg-type]


@hostile
@given(raw=damaged(TOML) | st.text(max_size=200).map(str.encode))
def test_settings_are_read_or_refused(raw: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "settings.toml"
    path.write_bytes(raw)
    outcome(lambda path: load_config(path, "run"), path)
    outcome(load_site, path)


def read_pie(path: Path) -> object:
    pie = Pie(path)
    return pie.output(), pie.pages(), pie.find_segment(parse(WITH_BLOB))


@hostile
@given(data=st.data())
def test_pies_are_read_or_refused(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "pie.zip"
    if data.draw(st.booleans()):
        path.write_bytes(data.draw(damaged(PIE.read_bytes())))
    else:
        member = data.draw(st.sampled_from(sorted(MEMBERS)))
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in MEMBERS.items():
                good = st.just(content) if name != member else damaged(content)
                if name == member and name.endswith(".json"):
                    good = changed(json.loads(content)) | anything
                archive.writestr(name, data.draw(good))
    outcome(read_pie, path)


@pytest.mark.parametrize("raw", DEEP_AND_LONG)
def test_deep_and_long_documents_are_refused(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(raw)
    for _, read in [*DOCUMENTS.values(), *NUMBERS.values()]:
        outcome(read, path)


@pytest.mark.parametrize(
    "text",
    [
        "stages = 5",
        "[stages]\nsnos = 5",
        "[stages]\naggregate = 5",
        "window = []",
        "[stages.da]\nafter = 3",
        "a = " + "[" * 100_000,
    ],
)
def test_settings_of_another_shape_are_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text(text)
    assert isinstance(outcome(lambda path: load_config(path, "run"), path), StageError)
