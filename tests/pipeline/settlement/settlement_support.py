"""What the settlement tests share: blocks made up and recorded, blobs, a stage called in place."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cairn_pipeline.contract import Fact, StageInput, write_model
from cairn_pipeline.da.pie_memory import Pie
from cairn_pipeline.settlement.core_contract import STATE_UPDATE_EVENT
from cairn_pipeline.settlement.devnet import Devnet
from cairn_pipeline.settlement.journal import Journal
from cairn_pipeline.settlement.output import fact, parse_output
from cairn_pipeline.stages.da import run as prepare_data
from cairn_pipeline.stages.settle import settle

ROOT = Path(__file__).resolve().parents[3]
SNOS = ROOT.parent / "shared" / "data" / "snos"
BLS = 52435875175126190479447740508185965837690552500527637822603658699938581184513
ROOT_OF_UNITY = 39033254847818212395286706435128746857159659164139250548781411570340225835782  # of order 4096
OS, CONFIG = 0x5EED, 0xC0F16


def made_up(
    number: int, root: int | None = None, data: tuple[int, ...] = (3, 1, 4), previous: int | None = None
) -> list[int]:
    """The output of a block without KZG; state roots are 1000 + number unless said otherwise."""
    old = number - 1 if previous is None else previous
    new_root = 1000 + number if root is None else root
    return [1000 + old, new_root, old, number, 2000 + old, 2000 + number, 0, CONFIG, 0, 0, 0, 0, *data]


def facts_of(words: list[int], program_hash: int = OS) -> dict[str, Fact]:
    """What the verify stage says of such an output."""
    proven = fact(program_hash, parse_output(words))
    return {"fact": "0x" + proven.hex(), "program_hash": hex(program_hash), "security_bits": "100.4"}


def run_settle(
    folder: Path,
    words: list[int],
    options: dict[str, Any],
    facts: dict[str, Fact] | None = None,
    blobs: list[bytes] = [],  # noqa: B006
    **inputs: Path,
) -> dict[str, Any]:
    """One attempt of the settle stage; returns the receipt."""
    block = words[3]
    stage_input = stage_of(folder, words, options, facts, blobs, **inputs)
    result = settle(stage_input)
    assert result.facts["block_number"] == block
    receipt: dict[str, Any] = json.loads(result.outputs["receipt"].read_text())
    return receipt


def stage_of(
    folder: Path,
    words: list[int],
    options: dict[str, Any],
    facts: dict[str, Fact] | None = None,
    blobs: list[bytes] = [],  # noqa: B006
    **inputs: Path,
) -> StageInput:
    attempts = folder / str(words[3])
    attempts.mkdir(parents=True, exist_ok=True)
    attempt = len(list(attempts.iterdir())) + 1
    work = attempts / str(attempt)
    work.mkdir()
    (work / "output.json").write_text(json.dumps([hex(word) for word in words]))
    paths = {"snos_output": work / "output.json", **inputs}
    for index, blob in enumerate(blobs):
        paths[f"blob_{index}"] = work / f"blob_{index}"
        paths[f"blob_{index}"].write_bytes(blob)
    return StageInput(
        run="test",
        block=words[3],
        stage="settle",
        attempt=attempt,
        work_dir=work,
        inputs=paths,
        options={"run_dir": str(folder), **options},
        facts=facts_of(words) if facts is None else facts,
    )


@contextmanager
def stage_process(
    folder: Path, words: list[int], options: dict[str, Any]
) -> Iterator[subprocess.Popen[bytes]]:
    stage = stage_of(folder, words, options)
    write_model(stage.work_dir / "in.json", stage)
    paths = [
        "--input-path",
        str(stage.work_dir / "in.json"),
        "--output-path",
        str(stage.work_dir / "out.json"),
    ]
    process = subprocess.Popen([sys.executable, "-m", "cairn_pipeline.stages.settle", *paths])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def journal_of(folder: Path, block: int) -> Journal:
    return Journal.model_validate_json((folder / "settlement" / f"{block}.json").read_bytes())


def updates(devnet: Devnet, core: str) -> int:
    """How many updates the chain holds."""
    query = {"address": core, "topics": [STATE_UPDATE_EVENT], "fromBlock": "0x0", "toBlock": "latest"}
    return len(devnet.call("eth_getLogs", query))


def in_background(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def recorded(name: str) -> tuple[list[int], dict[str, Fact], int]:
    """Output, facts and program hash of a recorded PIE; skips the test where there is none."""
    path = SNOS / f"{name}.pie.zip"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    known = json.loads((SNOS / "expected.json").read_text())[f"{name}.pie.zip"]
    program_hash = int(known["program_hash_pedersen"], 16)
    facts: dict[str, Fact] = {
        "fact": known["fact_keccak"],
        "program_hash": known["program_hash_pedersen"],
        "security_bits": "100.4",
    }
    return output_of_pie(path), facts, program_hash


def output_of_pie(path: Path) -> list[int]:
    return list(Pie(path).output())


def run_da(
    folder: Path, words: list[int], segment: list[int] | None = None, **options: Any
) -> tuple[dict[str, Path], dict[str, Fact]]:
    """The da stage over a block: what it leaves the settle stage, files and facts."""
    work = folder / f"da-{words[3]}"
    work.mkdir(parents=True)
    inputs = {"snos_output": work / "output.json"}
    inputs["snos_output"].write_text(json.dumps([hex(word) for word in words]))
    if segment is not None:
        inputs["da_segment"] = work / "segment.json"
        inputs["da_segment"].write_text(json.dumps([hex(word) for word in segment]))
    done = prepare_data(
        StageInput(
            run="test", block=words[3], stage="da", attempt=1, work_dir=work, inputs=inputs, options=options
        )
    )
    left = {name: path for name, path in done.outputs.items() if name != "da_segment"}
    return left, dict(done.facts)


def recorded_segment(name: str) -> list[int]:
    return [int(word, 16) for word in json.loads((SNOS / f"{name}.da.json").read_text())]


def blob_of(segment: list[int]) -> bytes:
    """The blob of a short DA segment, evaluated term by term: the slow way that cannot be wrong."""
    words = []
    for i in range(4096):
        point = pow(ROOT_OF_UNITY, int(format(i, "012b")[::-1], 2), BLS)
        value = 0
        for word in reversed(segment):
            value = (value * point + word) % BLS
        words.append(value.to_bytes(32, "big"))
    return b"".join(words)


def recorded_blob(name: str) -> bytes:
    return blob_of(recorded_segment(name))
