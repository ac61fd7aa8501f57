"""Stage snos: its three sources, and what each refuses. PIEs are the repository's own small ones."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

PIE = ROOT / "tests/data/pie/fib.n100.pie.zip"


def run(tmp_path: Path, cairn: str, **options: Any) -> tuple[int, dict[str, Any]]:
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    given = {"schema": 1, "run": "r", "block": 7, "stage": "snos", "attempt": 1, "work_dir": str(work)}
    given |= {"options": options, "job": {"cairn": cairn}}
    (work / "in.json").write_text(json.dumps(given))
    argv = [
        sys.executable,
        "-m",
        "cairn_pipeline.stages.snos",
        "--input-path",
        "in.json",
        "--output-path",
        "out.json",
    ]
    code = subprocess.run(argv, cwd=work, check=False, env=os.environ).returncode
    return code, json.loads((work / "out.json").read_text())


def check(result: tuple[int, dict[str, Any]], code: int, words: str) -> None:
    assert result[0] == code and words in result[1]["error"]["reason"], result


def test_the_inbox_gives_pie_segment_and_output(tmp_path: Path, cairn: str) -> None:
    shutil.copy(PIE, tmp_path / "7.pie.zip")
    (tmp_path / "7.da.json").write_text('["0x1"]')
    code, output = run(tmp_path, cairn, inbox=str(tmp_path))
    assert code == 0 and set(output["outputs"]) == {"pie", "da_segment", "snos_output"}
    words = json.loads(Path(output["outputs"]["snos_output"]["path"]).read_text())
    assert len(words) == output["facts"]["output_words"] > 0 and output["facts"]["steps"] > 0
    (tmp_path / "7.pie.zip").unlink()  # the block keeps its own copy
    assert Path(output["outputs"]["pie"]["path"]).read_bytes() == PIE.read_bytes()


def test_a_pie_that_is_not_there_yet_is_transient(tmp_path: Path, cairn: str) -> None:
    check(run(tmp_path, cairn, inbox=str(tmp_path)), 5, "7.pie.zip: is not there yet")


def test_a_damaged_pie_is_bad_input(tmp_path: Path, cairn: str) -> None:
    (tmp_path / "7.pie.zip").write_bytes(PIE.read_bytes()[:1000])
    check(run(tmp_path, cairn, inbox=str(tmp_path)), 2, "pie.zip")


def test_too_short_an_output_is_bad_input(tmp_path: Path, cairn: str) -> None:
    shutil.copy(PIE, tmp_path / "7.pie.zip")
    check(run(tmp_path, cairn, inbox=str(tmp_path), minimum_output=1000), 2, "wanted 1000 or more")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "needs the option inbox"),
        ({"source": "cairo"}, "needs the option cairo_program"),
        ({"source": "command"}, "needs the option program"),
        ({"source": "post"}, "option source"),
        ({"imbox": "x"}, "no option imbox"),
        ({"source": "cairo", "cairo_program": "x", "program": ["{nothing}"]}, "is no placeholder"),
        ({"source": "command", "program": ["/nowhere/snos"]}, "is it installed"),
    ],
)
def test_a_wrong_option_is_named(tmp_path: Path, cairn: str, options: dict[str, Any], words: str) -> None:
    check(run(tmp_path, cairn, **options), 1, words)


def runner(tmp_path: Path, body: str) -> list[str]:
    path = tmp_path / "runner.py"
    path.write_text(f"import shutil, sys\n{body}\n")
    return [sys.executable, str(path)]


def test_a_cairo_runner_is_given_program_input_and_pie(tmp_path: Path, cairn: str) -> None:
    body = f"assert sys.argv[1:3] == ['p.json', 'in-7.json']; shutil.copy({str(PIE)!r}, sys.argv[3])"
    program = [*runner(tmp_path, body), "{program}", "{input}", "{pie}"]
    options = {
        "source": "cairo",
        "cairo_program": "p.json",
        "cairo_input": "in-{block}.json",
        "program": program,
    }
    code, output = run(tmp_path, cairn, **options)
    assert code == 0 and output["outputs"]["pie"]["bytes"] == PIE.stat().st_size


def test_a_cairo_runner_without_a_pie_is_bad_input(tmp_path: Path, cairn: str) -> None:
    program = runner(tmp_path, "")
    check(run(tmp_path, cairn, source="cairo", cairo_program="p.json", program=program), 2, "left no PIE")


COMMAND = """
from pathlib import Path
from cairn_pipeline.contract import *
def snos(stage_input):
    "Stands for another system's SNOS."
    {body}
stage_main(snos)
"""


def command(tmp_path: Path, body: str) -> list[str]:
    path = tmp_path / "command.py"
    path.write_text(COMMAND.format(body=body))
    return [sys.executable, str(path)]


def test_a_command_hands_its_pie_on(tmp_path: Path, cairn: str) -> None:
    program = command(tmp_path, f"return StageResult({{'pie': Path({str(PIE)!r})}})")
    code, output = run(tmp_path, cairn, source="command", program=program)
    assert code == 0 and output["outputs"]["pie"]["path"] == str(PIE)


def test_a_commands_failure_keeps_its_class(tmp_path: Path, cairn: str) -> None:
    program = command(tmp_path, "raise StageError(ErrorClass.CAPACITY, 'too small a machine')")
    check(run(tmp_path, cairn, source="command", program=program), 4, "too small a machine")


def test_a_command_without_a_pie_is_bad_input(tmp_path: Path, cairn: str) -> None:
    program = command(tmp_path, "return StageResult()")
    check(run(tmp_path, cairn, source="command", program=program), 2, "has no output pie")
