"""Proofs that srun starts, on a real Slurm."""

import os
import signal
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


def test_a_proof_outlives_a_killed_rank_and_goes_on_on_the_node_that_it_lost(
    cluster: Cluster, cairn: str, snos_data: Path, tmp_path: Path
) -> None:
    slurm = Slurm()
    if "pmix" not in slurm.ask("srun", "--mpi=list"):
        pytest.skip("this Slurm has no PMIx plugin")
    take = Stage(options={"source": "inbox", "inbox": str(snos_data / "chain")})
    retry = Retry(where="requeue", lives=4)
    prove = Stage(after=["snos"], ranks=3, retry=retry, options={"threads": 1})
    # All nodes of the cluster: it waits for the one that is lost.
    site = Site(cairn=cairn, launcher="srun", extra={"prove": ["--nodes=3", "--ntasks-per-node=1"]})
    run = Run.create(tmp_path / "srun", RunConfig(run="srun", stages={"snos": take, "prove": prove}), site)
    control.submit(run, slurm, [2002])
    job = str(run.read(2002).stages["prove"].job_id)

    wait_until("a proof in progress", lambda: len(proving(run, 2002)) == 3)
    killed = proving(run, 2002)
    os.kill(killed[0], signal.SIGKILL)
    wait_until("its second life", lambda: len(set(proving(run, 2002)) - set(killed)) == 3)
    cluster.call("lose", "n3")
    try:
        look = ["squeue", "-h", "-j", job, "-o", "%t"]
        wait_until("the requeued job", lambda: slurm.ask(*look).strip() == "PD")
    finally:
        cluster.call("restore", "n3")
    wait_until("the proof", lambda: all_done(run))
    assert run.read(2002).stages["prove"].restarts == 2
