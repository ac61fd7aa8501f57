"""Whatever stands in in.json and out.json, reading it gives a model or one named refusal."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cairn_pipeline.contract import (
    Artifact,
    ErrorClass,
    StageError,
    StageInput,
    read_input,
    read_output,
    write_model,
)

# `./run test fuzz` asks for more of them; the seed is fixed, so that a run is like any other.
EXAMPLES = int(os.environ.get("CAIRN_FUZZ_EXAMPLES", "100"))
hostile = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)

GOOD_INPUT = {
    "schema": 1,
    "run": "run-1",
    "block": 5,
    "stage": "prove",
    "attempt": 0,
    "work_dir": "/tmp",
    "inputs": {"pie": "/tmp/a.zip"},
    "options": {"ranks": 3},
    "facts": {"fact": "0x1", "words": [1, [2]]},
}
GOOD_OUTPUT = {
    "schema": 1,
    "run": "run-1",
    "block": 5,
    "stage": "prove",
    "attempt": 0,
    "outputs": {"proof": {"path": "/tmp/p.h5", "bytes": 3, "sha256": "00"}},
    "facts": {"fact": "0x1"},
    "seconds": 1.5,
    "error": {"class": "refused", "reason": "no"},
}
NAMES = st.sampled_from(
    ["..", "/", "/dev/null", "/proc/self/mem", "a\0b", "x" * 5000, "\n", "-rf", "", "refused"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | NAMES
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | NAMES, inner, max_size=4)
)


@st.composite
def changed(draw: st.DrawFn, good: dict[str, Any]) -> bytes:
    """A good document with some members replaced, dropped or added, then perhaps some bytes."""
    document = json.loads(json.dumps(good))
    for _ in range(draw(st.integers(0, 3))):
        place = document
        while True:
            key = draw(st.sampled_from(sorted(place)) if place else NAMES)
            inner = place.get(key)
            if not isinstance(inner, dict) or draw(st.booleans()):
                break
            place = inner
        match draw(st.sampled_from(["replace", "drop", "add"])):
            case "replace":
                place[key] = draw(VALUES)
            case "drop":
                place.pop(key, None)
            case _:
                place[draw(st.text() | NAMES)] = draw(VALUES)
    raw = bytearray(json.dumps(document).encode())
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2, 5]))):
        raw[draw(st.integers(0, len(raw) - 1))] = draw(st.integers(0, 255))
    return bytes(raw)


def survives_input(path: Path, raw: bytes) -> None:
    path.write_bytes(raw)
    try:
        model = read_input(path)
    except StageError as error:
        assert error.error_class is ErrorClass.CONFIGURATION
        assert "\n" not in error.reason
        return
    assert isinstance(model, StageInput)
    try:
        model.require("pie")
    except StageError as error:
        assert error.error_class is ErrorClass.BAD_INPUT


def survives_output(path: Path, raw: bytes) -> None:
    path.write_bytes(raw)
    model = read_output(path)
    if model is None:
        return
    wrong = model.verify()
    assert wrong is None or isinstance(wrong, str)
    write_model(path, model)
    assert read_output(path) == model  # what one stage reads, the next one reads as well


@hostile
@given(raw=changed(GOOD_INPUT))
def test_input_is_read_or_refused(raw: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    survives_input(tmp_path_factory.getbasetemp() / "in.json", raw)


@hostile
@given(raw=changed(GOOD_OUTPUT))
def test_output_is_read_or_refused(raw: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    survives_output(tmp_path_factory.getbasetemp() / "out.json", raw)


@hostile
@given(
    raw=st.binary(max_size=200)
    | st.text(max_size=200).map(str.encode)
    | VALUES.map(lambda v: json.dumps(v).encode())
)
def test_any_bytes_are_read_or_refused(raw: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    survives_input(tmp_path_factory.getbasetemp() / "in.json", raw)
    survives_output(tmp_path_factory.getbasetemp() / "out.json", raw)


@pytest.mark.parametrize(
    "raw", [b"[" * 100_000, b'{"a":' * 100_000, b"9" * 100_000, b'"' + b"\\u0041" * 100_000]
)
def test_deep_and_long_documents_are_refused(raw: bytes, tmp_path: Path) -> None:
    survives_input(tmp_path / "in.json", raw)
    survives_output(tmp_path / "out.json", raw)


def test_good_documents_are_read(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text(json.dumps(GOOD_INPUT))
    (tmp_path / "out.json").write_text(json.dumps(GOOD_OUTPUT))

    assert read_input(tmp_path / "in.json").block == 5
    output = read_output(tmp_path / "out.json")
    assert output is not None and output.outputs["proof"].bytes == 3


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b", "", "/proc/self/mem", "/"])
def test_artifacts_of_odd_paths_are_wrong_and_no_exception(name: str) -> None:
    assert Artifact(path=Path(name), bytes=0, sha256="").verify() is not None


def test_another_schema_is_refused(tmp_path: Path) -> None:
    for good, read in ((GOOD_INPUT, read_input), (GOOD_OUTPUT, read_output)):
        (tmp_path / "x.json").write_text(json.dumps({**good, "schema": 2}))
        try:
            assert read(tmp_path / "x.json") is None
        except StageError as error:
            assert error.error_class is ErrorClass.CONFIGURATION
