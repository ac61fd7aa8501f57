"""The stage as the pipeline runs it: in.json to out.json, files, facts and exit code."""

import hashlib
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cairn_pipeline.contract import StageOutput, read_input, read_output, run_stage
from cairn_pipeline.da import kzg
from cairn_pipeline.da.felts import felts_bytes, felts_json, read_felts
from cairn_pipeline.da.manifest import DaManifest
from cairn_pipeline.da.pie_memory import Pie
from cairn_pipeline.stages.da import run

CHAIN = ["2002", "2003", "2004", "2002-2004"]


class Stage:
    """Writes in.json, runs the stage (here, or as the program it is), reads out.json."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "work").mkdir()

    def file(self, name: str, felts: list[int]) -> Path:
        path = self.folder / name
        path.write_text(felts_json(felts))
        return path

    def run(
        self, inputs: dict[str, Path], wanted: int = 0, program: bool = False, **options: Any
    ) -> StageOutput:
        document = {"schema": 1, "run": "test", "block": 42, "stage": "da", "attempt": 1}
        document |= {"work_dir": str(self.folder / "work"), "options": options}
        document |= {"inputs": {name: str(path) for name, path in inputs.items()}, "facts": {"steps": 1}}
        given, left = self.folder / "in.json", self.folder / "out.json"
        given.write_text(json.dumps(document))
        if program:
            argv = [sys.executable, "-m", "cairn_pipeline.stages.da", "--input-path", str(given)]
            code = subprocess.run([*argv, "--output-path", str(left)], check=False).returncode
        else:
            code = run_stage(run, read_input(given), left)
        output = read_output(left)
        assert output is not None
        assert code == wanted, output.error
        return output


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def large_segment() -> list[int]:
    """6000 words of no known kind, as tests/data/da/make_vectors.py draws them."""
    generator = random.Random(4844)
    return [generator.randrange(2 ** generator.choice([8, 60, 130, 251])) for _ in range(6000)]


def words(texts: list[str]) -> list[int]:
    return [int(text, 16) for text in texts]


def manifest(output: StageOutput) -> DaManifest:
    assert output.verify() is None
    return DaManifest.model_validate_json(output.outputs["da_manifest"].path.read_bytes())


def test_blob_mode_leaves_all_that_a_transaction_needs(stage: Stage, own: dict[str, Any]) -> None:
    vector = own["small"]
    inputs = {
        "snos_output": stage.file("output.json", words(vector["output"])),
        "da_segment": stage.file("segment.json", words(vector["segment"])),
    }

    output = stage.run(inputs, program=True)

    made = manifest(output)
    assert output.facts["da_mode"] == "ethereum-blob"
    assert output.facts["versioned_hashes"] == vector["versioned_hashes"] == made.versioned_hashes
    assert (made.block, made.z) == (42, vector["z"])
    (entry,) = made.blobs
    assert (entry.commitment, entry.y, entry.proof) == (
        *vector["commitments"],
        *vector["y"],
        *vector["proofs"],
    )
    blob = output.outputs["blob_0"].path.read_bytes()
    assert hashlib.sha256(blob).hexdigest() == vector["blobs_sha256"][0]
    assert entry.file == output.outputs["blob_0"].path.name
    commitment = bytes.fromhex(entry.commitment[2:])
    assert entry.blob_proof is not None
    assert kzg.verify_blob_proof(blob, commitment, bytes.fromhex(entry.blob_proof[2:]))
    assert kzg.verify_cell_proofs(blob, commitment, [bytes.fromhex(proof[2:]) for proof in entry.cell_proofs])


def test_calldata_mode_needs_the_output_alone(stage: Stage, own: dict[str, Any]) -> None:
    vector = own["calldata"]

    output = stage.run({"snos_output": stage.file("output.json", words(vector["output"]))})

    made = manifest(output)
    assert made.mode.value == "calldata" and not made.blobs and made.onchain_data is not None
    assert (made.onchain_data.hash, made.main_words) == (vector["data_hash"], vector["main_words"])
    assert made.state_transition_fact == vector["state_transition_fact"]
    assert read_felts(output.outputs["da_segment"].path) == words(own["small"]["segment"])


@pytest.mark.parametrize("name", ["small", "calldata"])
def test_alternative_store_gets_the_segment(stage: Stage, own: dict[str, Any], name: str) -> None:
    store = stage.folder / "store"
    store.mkdir()
    segment = words(own["small"]["segment"])
    inputs = {"snos_output": stage.file("output.json", words(own[name]["output"]))}
    if name == "small":
        inputs["da_segment"] = stage.file("segment.json", segment)

    output = stage.run(inputs, mode="alt-da", store=str(store))

    made = manifest(output)
    wanted = own["small"]["versioned_hashes"][0] if name == "small" else own["calldata"]["data_hash"]
    assert [entry.name for entry in made.stored] == [wanted]
    assert (store / wanted).read_bytes() == felts_bytes(segment)
    assert not any(output_name.startswith("blob") for output_name in output.outputs)
    if name == "small":  # what the transaction shows instead of a blob
        (entry,) = made.blobs
        assert made.z is not None
        proof, commitment = (bytes.fromhex(text[2:]) for text in (entry.proof, entry.commitment))
        assert kzg.verify_opening(commitment, int(made.z, 16), int(entry.y, 16), proof)


def test_wrong_segment_is_refused_before_anything_is_stored(stage: Stage, own: dict[str, Any]) -> None:
    store = stage.folder / "store"
    store.mkdir()
    inputs = {
        "snos_output": stage.file("output.json", words(own["small"]["output"])),
        "da_segment": stage.file("segment.json", words(own["encrypted"]["segment"])),
    }

    output = stage.run(inputs, wanted=3, program=True, mode="alt-da", store=str(store))

    assert output.error is not None and output.error.class_.value == "refused"
    assert output.error.reason.startswith("commitment-mismatch: ")
    assert not list(store.iterdir()) and not list((stage.folder / "work").iterdir())


def test_segment_of_a_kind_to_come_passes(stage: Stage, own: dict[str, Any]) -> None:
    """It is what the program committed to; what it means is the program's to prove."""
    segment = large_segment()
    inputs = {"snos_output": stage.file("output.json", words(own["large"]["output"]))}
    inputs["da_segment"] = stage.file("segment.json", segment)

    output = stage.run(inputs, sidecar=[4844])

    assert output.facts["da_kind"] == "unknown"
    assert [name for name in output.outputs if name.startswith("blob")] == ["blob_0", "blob_1"]
    assert manifest(output).versioned_hashes == own["large"]["versioned_hashes"]


def test_missing_segment_is_named(stage: Stage, own: dict[str, Any]) -> None:
    output = stage.run({"snos_output": stage.file("output.json", words(own["small"]["output"]))}, wanted=2)

    assert output.error is not None and output.error.reason.startswith("segment-missing: ")


def test_wrong_option_is_named(stage: Stage, own: dict[str, Any]) -> None:
    output = stage.run(
        {"snos_output": stage.file("output.json", words(own["calldata"]["output"]))}, wanted=1, mode="blobs"
    )

    assert output.error is not None and "option mode of stage da" in output.error.reason


def test_run_again_gives_the_same_bytes(stage: Stage, own: dict[str, Any]) -> None:
    inputs = {"snos_output": stage.file("output.json", words(own["calldata"]["output"]))}

    first = stage.run(inputs).outputs
    second = stage.run(inputs).outputs

    assert first == second


@pytest.mark.parametrize("given", ["segment", "memory"])
def test_recorded_block_passes(stage: Stage, shared: Path, given: str) -> None:
    """As stage snos hands it on: a PIE, its output, and with luck the segment."""
    pie = shared / "snos/chain/2004.pie.zip"
    segment = shared / "snos/chain/2004.da.json"
    inputs = {"pie": pie, "snos_output": stage.file("output.json", Pie(pie).output())}
    if given == "segment":
        inputs["da_segment"] = segment

    output = stage.run(inputs)

    assert output.facts["da_kind"] == "compressed"
    assert read_felts(output.outputs["da_segment"].path) == read_felts(segment)
    assert manifest(output).block == 2004


def test_another_blocks_segment_is_refused(stage: Stage, shared: Path) -> None:
    inputs = {"pie": shared / "snos/chain/2004.pie.zip", "da_segment": shared / "snos/chain/2003.da.json"}

    output = stage.run(inputs, wanted=3)

    assert output.error is not None and output.error.reason.startswith("commitment-mismatch: ")


def test_recorded_empty_block_passes(stage: Stage, shared: Path) -> None:
    output = stage.run({"pie": shared / "snos/empty-chain/2002.pie.zip"})

    assert output.facts["da_mode"] == "calldata"
    assert output.facts["da_words"] == 4
