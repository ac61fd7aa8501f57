"""Whatever stands in in.json and out.json, reading it gives a model or one named refusal."""

import json
from pathlib import Path

import pytest
from cairn_pipeline.contract import (
    Artifact,
    ErrorClass,
    StageError,
    StageInput,
    read_input,
    read_output,
    write_model,
)
from hostile import DEEP_AND_LONG, anything, changed, hostile
from hypothesis import given

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
@given(raw=anything)
def test_any_bytes_are_read_or_refused(raw: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    survives_input(tmp_path_factory.getbasetemp() / "in.json", raw)
    survives_output(tmp_path_factory.getbasetemp() / "out.json", raw)


@pytest.mark.parametrize("raw", DEEP_AND_LONG)
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
