"""The pipeline files of slurm/examples run as they are, through the command line."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from composed import EXAMPLES, compose, finished

from cairn_pipeline.compose.executor import this_platform
from cairn_pipeline.compose.message import Message
from cairn_pipeline.compose.pipeline_file import load

PIES = Path(__file__).resolve().parents[2] / "data" / "pie"
# More ranks than cores, as root, in a container: what `./run` sets too.
MPI = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_MCA_hwloc_base_binding_policy": "none",
    "OMPI_MCA_mpi_yield_when_idle": "1",
    "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
}


def run(name: str | Path, state: Path, *arguments: str, **environment: str) -> None:
    code, _, err = finished(
        compose("run", EXAMPLES / name, "--state", state, "--until-idle", *arguments, **environment)
    )
    assert code == 0, err


def provers(message: Message) -> list[str]:
    return [child.data["prover"] for child in message.children if isinstance(child.data, dict)]


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.toml")))
def test_every_example_is_valid(name: str) -> None:
    assert load(EXAMPLES / name).name == name.removesuffix(".toml").replace("_", "-")


def test_single_mock_prover_completes_every_block(tmp_path: Path, messages) -> None:
    run("single_mock.toml", tmp_path / "state", "--first", "100", "--last", "103")
    completed = messages("completed_proofs")
    assert [message.block for message in completed] == [100, 101, 102, 103]
    assert all(provers(message) == ["mock"] for message in completed)


def test_multi_prover_has_every_block_proven_by_all(tmp_path: Path, messages, cairn: str) -> None:
    """Real proofs beside the mocks'; the PIEs are the smallest of tests/data."""
    shutil.copy(EXAMPLES / "multi_prover.toml", tmp_path)
    (tmp_path / "inbox").mkdir()
    for block, name in ((1, "output"), (2, "primes")):
        shutil.copy(PIES / f"{name}.pie.zip", tmp_path / "inbox" / f"{block}.pie.zip")
    path = f"{Path(cairn).parent}:{os.environ['PATH']}"
    run(tmp_path / "multi_prover.toml", tmp_path / "state", "--first", "1", "--last", "2", PATH=path, **MPI)
    completed = messages("completed_proofs")
    assert [message.block for message in completed] == [1, 2]
    for message in completed:
        assert sorted(child.producer for child in message.children) == [
            "cairn",
            "mock_fast",
            "mock_slow",
            "snos",
        ]
        proof = message.outputs["proof"].path
        verified = subprocess.run([cairn, "verify", str(proof)], capture_output=True, check=False)
        assert verified.returncode == 0 and message.outputs["proof_fast"].path.is_file()


def test_split_work_gives_each_block_to_one_worker(tmp_path: Path, messages) -> None:
    # Two processes serve the prover's queue; the second one serves nothing else.
    state = tmp_path / "state"
    run("split_work.toml", state, "--only", "blocks", "--first", "1", "--last", "12")
    helper = compose(
        "run", EXAMPLES / "split_work.toml", "--state", state, "--only", "prover", "--until-idle"
    )
    run("split_work.toml", state, "--last", "12", NEXT_BLOCK="1")
    assert finished(helper)[0] == 0
    assert [message.block for message in messages("completed_proofs")] == list(range(1, 13))
    started = [
        record
        for line in (state / "log.jsonl").read_text().splitlines()
        if (record := json.loads(line))["event"] == "started"
    ]
    assert sorted(record["block"] for record in started) == list(range(1, 13))  # one run each
    assert len({(record["pid"], record["worker"]) for record in started}) > 1


def test_multi_step_splits_gathers_and_orders(tmp_path: Path, messages) -> None:
    run("multi_step.toml", tmp_path / "state", "--first", "7", "--last", "8")
    steps = messages("step_proofs")
    assert len(steps) == 20
    gathered = messages("collected_step_proofs")
    assert [[step["task_id"] for step in message.data] for message in gathered] == [
        [str(i) for i in range(10)]
    ] * 2
    assert [message.data["block"] for message in messages("completed_proofs")] == [7, 8]
    assert all(message.data["prover"] == "final" for message in messages("completed_proofs"))


def test_platforms_runs_the_program_of_this_machine(tmp_path: Path, messages) -> None:
    if this_platform() not in load(EXAMPLES / "platforms.toml").dispatchers["prover"].run:
        pytest.skip(f"the example has no program for {this_platform()}")
    run("platforms.toml", tmp_path / "state", "--first", "1", "--last", "2")
    name = f"prover-{this_platform().partition('/')[2]}"
    assert [provers(message) for message in messages("completed_proofs")] == [[name]] * 2


def test_a_platform_without_program_is_refused(tmp_path: Path) -> None:
    text = (EXAMPLES / "platforms.toml").read_text().replace(this_platform(), "linux/other")
    file = tmp_path / "other.toml"
    file.write_text(text)
    code, _, err = finished(
        compose("run", file, "--state", tmp_path / "state", "--first", "1", "--last", "1")
    )
    assert code == 1
    assert f"no program for {this_platform()}" in err
