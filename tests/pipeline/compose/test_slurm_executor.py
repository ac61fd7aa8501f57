"""Dispatchers whose programs are Slurm jobs, on a real private cluster: they outlive the engine."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from composed import BLOCKS, PATIENCE_SECONDS, compose, finished

from cairn_pipeline.compose.executor import Work
from cairn_pipeline.compose.slurm_executor import job_script
from cairn_pipeline.contract import ErrorClass

pytestmark = pytest.mark.slurm

PROVE = """
[dispatchers.prove]
from = "blocks"
to = "proofs"
run = ["{program}"]
format = "plain"
executor = "slurm"
workers = 2
retry_seconds = 0
"""


def wait_until(condition, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.1)


@pytest.fixture
def arguments(tmp_path: Path):
    def make(program: Path, last: int, more: str = "") -> tuple:
        file = tmp_path / "p.toml"
        file.write_text('name = "test"\n' + BLOCKS + PROVE.replace("{program}", str(program)) + more)
        return (
            "run",
            file,
            "--state",
            tmp_path / "state",
            "--first",
            "1",
            "--last",
            str(last),
            "--until-idle",
        )

    return make


def test_jobs_outlive_a_killed_engine_and_run_once(
    cluster, tmp_path: Path, program, runs, messages, arguments
) -> None:
    path = program("prove", f'until [[ -e {tmp_path}/go ]]; do sleep 0.1; done; cp "$input" "$output"')
    command = arguments(path, 2)
    engine = compose(*command)
    wait_until(lambda: len(runs("prove")) == 2, "both jobs run")
    engine.send_signal(signal.SIGKILL)
    finished(engine)
    (tmp_path / "go").touch()
    code, _, err = finished(compose(*command))
    assert code == 0, err
    assert err.count("taken over") == 2
    assert [message.data for message in messages("proofs")] == [1, 2]
    assert sorted(runs("prove")) == ["1", "2"]  # each once


def test_a_job_that_is_cancelled_is_run_again(
    cluster, tmp_path: Path, program, runs, messages, arguments
) -> None:
    path = program(
        "prove",
        f'[[ -e {tmp_path}/first ]] || {{ touch {tmp_path}/first; sleep 1000; }}; cp "$input" "$output"',
    )
    engine = compose(*arguments(path, 1))
    wait_until((tmp_path / "first").exists, "the job runs")
    subprocess.run(["scancel", "--signal=KILL", "--full", "--me"], check=True)
    code, _, err = finished(engine)
    assert code == 0, err
    assert [message.data for message in messages("proofs")] == [1] and runs("prove") == ["1", "1"]


def test_exit_codes_keep_their_class(cluster, program, arguments) -> None:
    path = program("prove", "echo forged >&2; exit 3")
    code, _, err = finished(compose(*arguments(path, 1)))
    assert code == ErrorClass.REFUSED.exit_code and "refused: exit code 3: forged" in err


def test_the_script_chooses_by_the_nodes_machine(tmp_path: Path) -> None:
    work = Work("name", tmp_path, {"linux/other": ["false"], "": [sys.executable, "-c", "pass"]})
    (tmp_path / "job.sh").write_text(job_script(work))
    assert subprocess.run(["bash", str(tmp_path / "job.sh")], check=False).returncode == 0
    assert (tmp_path / "exit_code").read_text() == "0\n"
    work = Work("name", tmp_path, {"linux/other": ["true"]})
    (tmp_path / "job.sh").write_text(job_script(work))
    done = subprocess.run(["bash", str(tmp_path / "job.sh")], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "only for linux/other" in done.stderr
