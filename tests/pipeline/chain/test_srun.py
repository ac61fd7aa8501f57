"""Proofs that srun starts, on a real Slurm."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from cairn_pipeline import control
from cairn_pipeline.config import Retry, RunConfig, Stage
from cairn_pipeline.run_state import Run
from cairn_pipeline.site import Site
from cairn_pipeline.slurm_client import Slurm
from conftest import Cluster, wait_until
from real_parts import all_done, proving

pytestmark = pytest.mark.slurm


def answer_of(*argv: str) -> str:
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout


def test_a_proof_outlives_a_killed_rank_and_goes_on_on_the_node_that_it_lost(
    cluster: Cluster, cairn: str, snos_data: Path, tmp_path: Path
) -> None:
    if "pmix" not in answer_of("srun", "--mpi=list"):
        pytest.skip("this Slurm has no PMIx plugin")
    take = Stage(options={"source": "inbox", "inbox": str(snos_data / "chain")})
    retry = Retry(where="requeue", lives=4)
    prove = Stage(after=["snos"], ranks=3, retry=retry, options={"threads": 1})
    # All nodes of the cluster: it waits for the one that is lost.
    site = Site(cairn=cairn, launcher="srun", extra={"prove": ["--nodes=3", "--ntasks-per-node=1"]})
    run = Run.create(tmp_path / "srun", RunConfig(run="srun", stages={"snos": take, "prove": prove}), site)
    control.submit(run, Slurm(), [2002])
    job = str(run.read(2002).stages["prove"].job_id)

    wait_until("a proof in progress", lambda: len(proving(run, 2002)) == 3)
    killed = proving(run, 2002)
    os.kill(killed[0], signal.SIGKILL)
    wait_until("its second life", lambda: len(set(proving(run, 2002)) - set(killed)) == 3)
    cluster.call("lose", "n3")
    try:
        wait_until(
            "the requeued job", lambda: answer_of("squeue", "-h", "-j", job, "-o", "%t").strip() == "PD"
        )
    finally:
        cluster.call("restore", "n3")
    wait_until("the proof", lambda: all_done(run))
    assert run.read(2002).stages["prove"].restarts == 2
