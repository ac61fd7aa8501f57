"""python -m cairn_pipeline.da inspect and check."""

import json
from pathlib import Path
from typing import Any

import pytest
from cairn_pipeline.da.__main__ import app
from cairn_pipeline.da.blob import build_blob
from typer.testing import CliRunner

runner = CliRunner()


@pytest.fixture
def files(own: dict[str, Any], tmp_path: Path) -> dict[str, str]:
    """The vectors as files: what --json calls them, and where they are."""
    segment = [int(word, 16) for word in own["small"]["segment"]]
    contents: dict[str, bytes] = {
        "segment": json.dumps(own["small"]["segment"]).encode(),
        "encrypted": json.dumps(own["encrypted"]["segment"]).encode(),
        "output": json.dumps(own["small"]["output"]).encode(),
        "calldata": json.dumps(own["calldata"]["output"]).encode(),
        "blob": build_blob(segment),
        "blob_text": b"0x" + build_blob(segment).hex().encode(),
        "rubbish": b'["0x7", "0x8"]',
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: str(tmp_path / name) for name in contents}


def test_each_kind_is_shown(files: dict[str, str], own: dict[str, Any]) -> None:
    names = ["segment", "encrypted", "output", "calldata", "blob", "blob_text"]

    result = runner.invoke(app, ["inspect", "--json", *(files[name] for name in names)])

    assert result.exit_code == 0, result.output
    shown = dict(zip(names, (json.loads(line) for line in result.stdout.splitlines()), strict=True))
    assert shown["segment"]["kind"] == "compressed" and shown["segment"]["contracts"] == 4
    assert shown["segment"]["storage changes"] == 5 and shown["segment"]["classes declared"] == 1
    assert shown["encrypted"]["public keys"] == 2
    assert shown["output"]["z"] == own["small"]["z"] and shown["output"]["block"] == 42
    assert shown["calldata"]["state transition fact"] == own["calldata"]["state_transition_fact"]
    assert shown["blob"]["versioned hash"] == own["small"]["versioned_hashes"][0]
    assert {**shown["blob"], "file": ""} == {**shown["blob_text"], "file": ""}
    assert shown["blob"]["sha256"] == shown["segment"]["sha256"]


def test_table_is_readable(files: dict[str, str]) -> None:
    result = runner.invoke(app, ["inspect", files["segment"]])

    assert result.exit_code == 0
    assert "storage changes" in result.output and "compressed" in result.output


def test_rubbish_is_refused_in_one_line(files: dict[str, str]) -> None:
    result = runner.invoke(app, ["inspect", files["rubbish"]])

    assert result.exit_code == 2
    assert result.stderr.startswith("not-felts: ") and result.stderr.count("\n") == 1


def test_check_takes_the_right_segment_only(files: dict[str, str]) -> None:
    right = runner.invoke(app, ["check", "--json", files["output"], files["segment"]])
    wrong = runner.invoke(app, ["check", files["output"], files["encrypted"]])

    assert right.exit_code == 0 and json.loads(right.stdout)["mode"] == "ethereum-blob"
    assert wrong.exit_code == 3 and wrong.stderr.startswith("commitment-mismatch: ")
