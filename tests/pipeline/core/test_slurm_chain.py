"""Chains of stub stages on a real Slurm: order, isolation of failures, requeue, loss, operators."""

import subprocess
import sys
from pathlib import Path

import pytest
from cairn_pipeline import control
from cairn_pipeline.contract import ErrorClass, StageError
from cairn_pipeline.jobs.reconcile import reconcile
from cairn_pipeline.run_state import Run, Status
from cairn_pipeline.slurm_client import Slurm
from conftest import Cluster, wait_until
from stub_run import at_rest, settled, statuses, stub_run, trace

pytestmark = pytest.mark.slurm


def look(run: Run) -> bool:
    """As `status` does: asks Slurm, corrects the files."""
    try:
        with run.locked():
            reconcile(run, Slurm())
    except StageError as error:
        assert error.error_class is ErrorClass.TRANSIENT, (
            error
        )  # a restarting controller, a machine that is busy
        return False
    return True


def test_blocks_are_settled_in_order_through_a_small_window(cluster: Cluster, tmp_path: Path) -> None:
    run = stub_run(tmp_path / "run", window=2)
    first = control.submit(run, Slurm(), range(10, 15))
    assert {one.block for one in first} == {10, 11}
    wait_until("five settled blocks", lambda: settled(run))
    order = [block for stage, block, _, _ in trace(run) if stage == "settle"]
    assert order == [10, 11, 12, 13, 14]
    assert len(trace(run)) == 15  # nothing ran twice
    facts = run.read(12).stages["settle"]
    assert facts.facts == {"settle_fact": 12} and facts.inputs.keys() == {"snos", "prove"}


def test_a_failed_block_holds_back_settlements_only_and_retry_goes_on(
    cluster: Cluster, tmp_path: Path
) -> None:
    run = stub_run(tmp_path / "run", {"prove": {"11": ["bad-input", "ok"]}})
    control.submit(run, Slurm(), range(10, 14))
    wait_until("all at rest", lambda: look(run) and at_rest(run))
    assert statuses(run, "prove") == {10: "done", 11: "failed", 12: "done", 13: "done"}
    assert statuses(run, "settle") == {10: "done", 11: "waiting", 12: "waiting", 13: "waiting"}
    error = run.read(11).stages["prove"].error
    assert error is not None and error.class_ is ErrorClass.BAD_INPUT
    assert control.submit(run, Slurm(), range(10, 14)) == []  # only `retry` takes a failure up again
    control.retry(run, Slurm(), [11], [])
    wait_until("all settled", lambda: look(run) and settled(run))
    assert [b for s, b, _, _ in trace(run) if s == "settle"] == [10, 11, 12, 13]
    assert [a for s, b, a, _ in trace(run) if (s, b) == ("prove", 12)] == [1]  # others were not done again


def test_a_killed_program_requeues_its_job_and_the_chain_survives(cluster: Cluster, tmp_path: Path) -> None:
    run = stub_run(tmp_path / "run", {"prove": {"5": ["kill", "ok"]}}, prove={"retry": {"where": "requeue"}})
    jobs = {one.stage: one.job_id for one in control.submit(run, Slurm(), [5])}
    wait_until("a settled block", lambda: settled(run))
    assert [row[2:] for row in trace(run) if row[0] == "prove"] == [[1, 0], [1, 1]]
    state = run.read(5).stages
    assert state["prove"].job_id == jobs["prove"] and state["settle"].job_id == jobs["settle"]
    log = (run.attempt_dir(5, "prove", 1) / "log").read_text()
    assert "life 1 of job" in log and "life 2 of job" in log


def test_transient_failures_are_repeated_in_the_job_until_its_lives_are_used(
    cluster: Cluster, tmp_path: Path
) -> None:
    run = stub_run(tmp_path / "run", {"snos": {"1": ["transient", "transient", "ok"], "2": ["transient"]}})
    run.config.alerts.command = []
    control.submit(run, Slurm(), [1, 2])
    wait_until("all at rest", lambda: look(run) and at_rest(run))
    assert run.read(1).done
    failed = run.read(2).stages["snos"]
    assert (failed.status, failed.restarts, failed.exit_code) == (Status.FAILED, 2, 5)
    assert len([row for row in trace(run) if row[:2] == ["snos", 2]]) == 3
    assert len((run.path / "alerts.jsonl").read_text().splitlines()) == 1


def test_a_lost_node_costs_one_life(cluster: Cluster, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    run = stub_run(tmp_path / "run", {"prove": {"7": [f"wait:{gate}", "ok"]}})
    control.submit(run, Slurm(), [7])
    wait_until("prove running", lambda: any(row[0] == "prove" for row in trace(run)))
    node = Slurm().ask("squeue", "-h", "-t", "running", "-o", "%N").split()[0]
    cluster.call("lose", node)
    try:
        wait_until("a settled block", lambda: look(run) and settled(run))
    finally:
        cluster.call("restore", node)
    assert [row[2:] for row in trace(run) if row[0] == "prove"] == [[1, 0], [1, 1]]


def test_a_restarted_controller_is_not_noticed(cluster: Cluster, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    run = stub_run(tmp_path / "run", {"prove": {"3": [f"wait:{gate}"]}}, window=1)
    control.submit(run, Slurm(), [3, 4])
    wait_until("prove running", lambda: any(row[0] == "prove" for row in trace(run)))
    cluster.call("restart")
    gate.touch()
    wait_until("both settled", lambda: look(run) and settled(run))
    assert len(trace(run)) == 6


def test_two_operators_submit_the_same_range_once(cluster: Cluster, tmp_path: Path) -> None:
    run = stub_run(tmp_path / "run")
    argv = [sys.executable, "-m", "cairn_pipeline.cli.main", "submit", str(run.path), "--blocks", "1..4"]
    both = [subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    lines = [line for one in both for line in one.communicate()[0].splitlines()]
    assert [one.returncode for one in both] == [0, 0]
    assert len(lines) == 12 and len({line.split()[2] for line in lines}) == 12
    wait_until("all settled", lambda: settled(run))
    assert len(trace(run)) == 12


def test_cancel_ends_jobs_and_retry_takes_them_up(cluster: Cluster, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    run = stub_run(tmp_path / "run", {"prove": {"1": [f"wait:{gate}"]}})
    control.submit(run, Slurm(), [1, 2])
    wait_until("prove running", lambda: any(row[:2] == ["prove", 1] for row in trace(run)))
    control.cancel(run, Slurm(), [1])
    wait_until("all at rest", lambda: look(run) and at_rest(run))
    assert statuses(run, "prove") == {1: "cancelled", 2: "done"}
    assert statuses(run, "settle") == {1: "cancelled", 2: "waiting"}
    assert (run.attempt_dir(1, "prove", 1) / "log").read_text().count("life") == 1  # not requeued
    gate.touch()
    control.retry(run, Slurm(), [1], [])
    wait_until("all settled", lambda: look(run) and settled(run))


def test_a_job_cancelled_behind_our_back_is_seen(cluster: Cluster, tmp_path: Path) -> None:
    run = stub_run(tmp_path / "run", {"prove": {"1": [f"wait:{tmp_path / 'never'}"]}})
    jobs = {one.stage: one.job_id for one in control.submit(run, Slurm(), [1])}
    wait_until("prove running", lambda: any(row[0] == "prove" for row in trace(run)))
    subprocess.run(["scancel", str(jobs["prove"])], check=True)
    wait_until("all at rest", lambda: look(run) and at_rest(run))
    assert statuses(run, "prove") == {1: "cancelled"}
    assert statuses(run, "settle") == {1: "waiting"}
    assert len(trace(run)) == 2


def test_pause_holds_and_resume_releases(cluster: Cluster, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    run = stub_run(tmp_path / "run", {"snos": {"1": [f"wait:{gate}"]}}, window=1)
    control.submit(run, Slurm(), [1, 2])
    wait_until("snos running", lambda: len(trace(run)) == 1)
    control.pause(run, Slurm())
    gate.touch()
    wait_until("snos done", lambda: statuses(run, "snos")[1] == "done")
    jobs = Slurm().jobs(["run.prove"])
    assert {job.reason for job in jobs.values() if job.id == run.read(1).stages["prove"].job_id} <= {
        "JobHeldUser",
        "Dependency",
    }
    assert control.submit(run, Slurm(), [3]) == []
    control.resume(run, Slurm())
    wait_until("all settled", lambda: settled(run))


def test_dry_run_prints_scripts_and_changes_nothing(cluster: Cluster, tmp_path: Path) -> None:
    run = stub_run(tmp_path / "run")
    argv = [
        sys.executable,
        "-m",
        "cairn_pipeline.cli.main",
        "submit",
        str(run.path),
        "-b",
        "1..2",
        "--dry-run",
    ]
    text = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert text.count("#!/usr/bin/env bash") == 6 and text.count("to start at") == 6
    assert "### block 2 settle, after 2.prove, 1.settle" in text
    assert run.blocks() == [] and Slurm().jobs(["rehearsal.snos"]) == {}
