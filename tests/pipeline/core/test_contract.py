"""The contract of a stage program: its files, exit codes and classes."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from cairn_pipeline.contract import Artifact, ErrorClass, error_class_of, read_output

PROGRAM = """
import time
from cairn_pipeline.contract import *
def stage(stage_input):
    "A stage of this test."
    {body}
stage_main(stage)
"""


def start(tmp_path: Path, body: str, **fields: Any) -> "subprocess.Popen[str]":
    given = {
        "schema": 1,
        "run": "r",
        "block": 7,
        "stage": "s",
        "attempt": 1,
        "work_dir": str(tmp_path),
    } | fields
    (tmp_path / "in.json").write_text(json.dumps(given))
    (tmp_path / "stage.py").write_text(PROGRAM.format(body=body))
    argv = [sys.executable, "stage.py", "--input-path", "in.json", "--output-path", "out.json"]
    return subprocess.Popen(argv, cwd=tmp_path, stderr=subprocess.PIPE, text=True)


def run(tmp_path: Path, body: str, **fields: Any) -> tuple[int, str]:
    program = start(tmp_path, body, **fields)
    _, stderr = program.communicate()
    return program.returncode, stderr


def test_a_success_leaves_its_outputs_with_digests(tmp_path: Path) -> None:
    body = "p = stage_input.work_dir / 'x'; p.write_text('hi'); return StageResult({'x': p}, {'n': 1})"
    assert run(tmp_path, body)[0] == 0
    output = read_output(tmp_path / "out.json")
    assert output is not None and output.verify() is None and output.facts == {"n": 1}
    assert output.outputs["x"].bytes == 2
    (tmp_path / "x").write_text("ho")
    assert "SHA-256" in str(output.verify())
    (tmp_path / "x").write_text("longer")
    assert "6 bytes, 2 were written" in str(output.verify())
    (tmp_path / "x").unlink()
    assert "is missing" in str(output.verify())


@pytest.mark.parametrize("error_class", list(ErrorClass))
def test_each_class_has_its_exit_code_and_reason(tmp_path: Path, error_class: ErrorClass) -> None:
    code, stderr = run(tmp_path, f"raise StageError(ErrorClass('{error_class}'), 'because\\n of this')")
    assert code == error_class.exit_code and error_class_of(code) is error_class
    assert stderr.splitlines() == [f"s: {error_class}: because of this"]
    output = read_output(tmp_path / "out.json")
    assert output is not None and output.error is not None
    assert (output.error.class_, output.error.reason) == (error_class, "because of this")


def test_an_unexpected_exception_is_a_bug_with_its_traceback(tmp_path: Path) -> None:
    code, stderr = run(tmp_path, "return 1 / 0")
    assert code == 70 and "Traceback" in stderr and "s: bug: ZeroDivisionError: division by zero" in stderr


def test_a_full_memory_is_capacity(tmp_path: Path) -> None:
    assert run(tmp_path, "raise MemoryError()")[0] == 4


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGUSR1])
def test_a_stop_is_transient_and_leaves_a_reason(tmp_path: Path, number: signal.Signals) -> None:
    program = start(tmp_path, "(stage_input.work_dir / 'ready').touch(); time.sleep(600)")
    while not (tmp_path / "ready").exists():
        time.sleep(0.05)
    program.send_signal(number)
    program.communicate()
    output = read_output(tmp_path / "out.json")
    assert program.returncode == 5 and output is not None and output.error is not None
    assert output.error.reason == f"stopped by {number.name}; run it again"


@pytest.mark.parametrize(
    ("body", "fields", "words"),
    [
        ("stage_input.require('pie')", {}, "no input pie; there are: none"),
        (
            "stage_input.require('pie')",
            {"inputs": {"pie": "/nowhere"}},
            "/nowhere: input pie of stage s is missing",
        ),
    ],
)
def test_a_missing_input_is_bad_input(tmp_path: Path, body: str, fields: dict[str, Any], words: str) -> None:
    code, stderr = run(tmp_path, body, **fields)
    assert code == 2 and words in stderr


def test_what_is_no_stage_input_is_a_configuration_error(tmp_path: Path) -> None:
    code, stderr = run(tmp_path, "pass", unknown=1)
    assert code == 1 and "no stage input" in stderr and not (tmp_path / "out.json").exists()


@pytest.mark.parametrize(
    ("code", "wanted"),
    [(137, "transient"), (143, "transient"), (-9, "transient"), (205, "transient"), (6, "bug"), (127, "bug")],
)
def test_foreign_exit_codes_have_a_class(code: int, wanted: str) -> None:
    assert error_class_of(code) == wanted


def test_an_artifact_of_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        Artifact.of(tmp_path / "x")
