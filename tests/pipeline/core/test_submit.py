"""What is submitted, adopted and judged, against a Slurm in memory."""

from pathlib import Path

import pytest
from cairn_pipeline import control
from cairn_pipeline.contract import ErrorClass, StageError
from cairn_pipeline.jobs.submit import advance
from cairn_pipeline.run_state import Run, Status
from fake_slurm import FakeSlurm
from stub_run import statuses, stub_run


def finish(run: Run, slurm: FakeSlurm, block: int, stage: str) -> None:
    with run.changing(block) as state:
        state.stages[stage].status = Status.DONE
        job = state.stages[stage].job_id
    assert job is not None
    slurm.becomes(job, "COMPLETED")


def job(run: Run, block: int, stage: str) -> int:
    number = run.read(block).stages[stage].job_id
    assert number is not None
    return number


def test_dependencies_are_the_stages_before_and_the_settlement_before(tmp_path: Path) -> None:
    run, slurm = stub_run(tmp_path / "run"), FakeSlurm()
    control.submit(run, slurm, [1, 2])
    assert slurm.arguments[job(run, 1, "snos")] == []
    assert slurm.arguments[job(run, 1, "prove")] == [f"--dependency=afterok:{job(run, 1, 'snos')}"]
    wanted = f"--dependency=afterok:{job(run, 1, 'settle')}:{job(run, 2, 'prove')}"
    assert slurm.arguments[job(run, 2, "settle")] == [wanted]


def test_the_window_bounds_blocks_with_jobs(tmp_path: Path) -> None:
    run, slurm = stub_run(tmp_path / "run", window=2), FakeSlurm()
    control.submit(run, slurm, range(1, 6))
    assert len(slurm.known) == 6
    assert advance(run, slurm) == []
    for stage in ("snos", "prove", "settle"):
        finish(run, slurm, 1, stage)
    assert {one.block for one in advance(run, slurm)} == {3}


def test_submitting_again_is_a_no_op(tmp_path: Path) -> None:
    run, slurm = stub_run(tmp_path / "run"), FakeSlurm()
    assert len(control.submit(run, slurm, [1, 2])) == 6
    assert control.submit(run, slurm, [1, 2]) == []


def test_a_job_whose_number_was_lost_is_adopted(tmp_path: Path) -> None:
    run, slurm = stub_run(tmp_path / "run"), FakeSlurm()
    slurm.lose_answer = True
    with pytest.raises(StageError) as caught:
        control.submit(run, slurm, [1])
    assert caught.value.error_class is ErrorClass.TRANSIENT
    assert len(slurm.known) == 1 and run.read(1).stages["snos"].job_id is None
    slurm.lose_answer = False
    control.submit(run, slurm, [1])
    assert len(slurm.known) == 3 and job(run, 1, "snos") == 101


def test_a_submitter_that_died_before_sbatch_leaves_nothing_behind(tmp_path: Path) -> None:
    run, slurm = stub_run(tmp_path / "run"), FakeSlurm()
    run.add(1)
    with run.changing(1) as state:
        state.stages["snos"].status, state.stages["snos"].attempt = Status.QUEUED, 1
    control.submit(run, slurm, [1])
    assert len(slurm.known) == 3 and run.read(1).stages["snos"].attempt == 2


def test_nothing_changes_while_slurm_does_not_answer(tmp_path: Path) -> None:
    run, slurm = stub_run(tmp_path / "run"), FakeSlurm()
    control.submit(run, slurm, [1])
    before = (run.block_dir(1) / "state.json").read_bytes()
    slurm.down = True
    with pytest.raises(StageError):
        control.submit(run, slurm, [1])
    assert (run.block_dir(1) / "state.json").read_bytes() == before


@pytest.mark.parametrize("end", ["TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY", "FAILED", None])
def test_a_job_that_vanished_is_submitted_again_with_its_tail_so_often(
    tmp_path: Path, end: str | None
) -> None:
    run, slurm = stub_run(tmp_path / "run"), FakeSlurm()
    control.submit(run, slurm, [1])
    for attempt in (1, 2, 3):
        with run.changing(1) as state:
            state.stages["snos"].status = Status.RUNNING
        assert run.read(1).stages["snos"].attempt == attempt
        number = job(run, 1, "snos")
        slurm.becomes(number, end) if end else slurm.forgets(number)
        advance(run, slurm)
    assert statuses(run, "snos") == {1: "failed"} and statuses(run, "settle") == {1: "waiting"}
    error = run.read(1).stages["snos"].error
    wanted = ErrorClass.CAPACITY if end == "OUT_OF_MEMORY" else ErrorClass.TRANSIENT
    assert error is not None and error.class_ is wanted
    assert control.retry(run, slurm, [1], [])[0].attempt == 4


def test_another_users_hidden_job_is_not_judged(tmp_path: Path) -> None:
    run, slurm = stub_run(tmp_path / "run"), FakeSlurm()
    control.submit(run, slurm, [1])
    slurm.forgets(job(run, 1, "snos"))
    slurm.user = "somebody else"
    assert advance(run, slurm) == [] and statuses(run, "snos") == {1: "queued"}


def test_a_failed_settlement_holds_back_its_successors_only(tmp_path: Path) -> None:
    run, slurm = stub_run(tmp_path / "run"), FakeSlurm()
    control.submit(run, slurm, [1, 2, 3])
    control.cancel(run, slurm, [2])
    assert statuses(run, "settle") == {1: "queued", 2: "cancelled", 3: "waiting"}
    assert statuses(run, "prove") == {1: "queued", 2: "cancelled", 3: "queued"}
    assert advance(run, slurm) == []
    again = control.retry(run, slurm, [2], [])
    assert [(one.block, one.stage) for one in again] == [
        (2, "snos"),
        (2, "prove"),
        (2, "settle"),
        (3, "settle"),
    ]


def test_retry_of_a_stage_with_a_job_is_refused(tmp_path: Path) -> None:
    run, slurm = stub_run(tmp_path / "run"), FakeSlurm()
    control.submit(run, slurm, [1])
    with pytest.raises(StageError, match="has job .*: cancel it"):
        control.retry(run, slurm, [1], ["prove"])
    with pytest.raises(StageError, match="is no stage"):
        control.retry(run, slurm, [1], ["proof"])
    with pytest.raises(StageError, match="block 9 is not in the run"):
        control.retry(run, slurm, [9], [])


def test_cpu_stages_never_ask_for_gpus(tmp_path: Path) -> None:
    run, slurm = stub_run(tmp_path / "run", prove={"after": ["snos"], "gpus": True, "ranks": 5}), FakeSlurm()
    run.site.gpus_per_rank, run.site.gpu_type, run.site.account = 1, "h200", "project7"
    run.site.partition = {"default": "cpu", "prove": "gpu"}
    control.submit(run, slurm, [1])
    scripts = {s: (run.attempt_dir(1, s, 1) / "job.sh").read_text() for s in ("snos", "prove", "settle")}
    assert "#SBATCH --gpus=h200:4\n" in scripts["prove"] and "--partition=gpu" in scripts["prove"]
    for name in ("snos", "settle"):
        assert "gpu" not in scripts[name] and "--partition=cpu" in scripts[name]
        assert "--account=project7" in scripts[name]


@pytest.mark.parametrize(("text", "blocks"), [("5", [5]), ("5..7", [5, 6, 7]), ("1,4..5", [1, 4, 5])])
def test_blocks_are_parsed(text: str, blocks: list[int]) -> None:
    assert control.parse_blocks(text) == blocks


@pytest.mark.parametrize("text", ["", "a", "5..", "7..5", "-1", "1...3"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(StageError) as caught:
        control.parse_blocks(text)
    assert caught.value.error_class is ErrorClass.CONFIGURATION
