"""Brings the files in line with Slurm: adopts jobs whose number was lost, judges those that vanished."""

from cairn_pipeline.contract import ErrorClass, StageFailure, read_output
from cairn_pipeline.jobs.script import job_name, token
from cairn_pipeline.run_state import BlockState, Run, StageState, Status, waits_for
from cairn_pipeline.run_state.model import now
from cairn_pipeline.slurm_client import Job, SlurmClient

ENDS = {
    "TIMEOUT": (ErrorClass.TRANSIENT, "it ran out of time"),
    "NODE_FAIL": (ErrorClass.TRANSIENT, "its node failed"),
    "BOOT_FAIL": (ErrorClass.TRANSIENT, "its node did not boot"),
    "PREEMPTED": (ErrorClass.TRANSIENT, "it was preempted"),
    "OUT_OF_MEMORY": (ErrorClass.CAPACITY, "it ran out of memory"),
    "FAILED": (ErrorClass.TRANSIENT, "it was killed"),
}


def reconcile(run: Run, slurm: SlurmClient) -> list[tuple[int, str]]:
    """Corrects every stage whose job is not what its state says; returns those that failed by it.

    The caller holds the run's lock. Raises StageError(transient) if Slurm does not answer; nothing is
    changed then.
    """
    states = {block: state for block, state in run.read_all().items() if state.live}
    if not states:
        return []
    jobs = slurm.jobs([job_name(run, stage) for stage in run.config.stages])
    by_token = {job.comment: job for job in jobs.values()}
    failed = []
    for block, state in states.items():
        for name in run.config.order():
            if not state.stages[name].status.live:
                continue
            if fits(run, state, name, jobs, by_token):
                continue
            with run.changing(block) as changing:
                stage = changing.stages[name]
                if not stage.status.live:
                    continue  # it ended while we looked
                judge(run, slurm, changing, name, jobs, by_token)
                if stage.status is Status.FAILED:
                    failed.append((block, name))
    for block, name in failed:
        release_dependents(run, block, name)
    return failed


def fits(run: Run, state: BlockState, name: str, jobs: dict[int, Job], by_token: dict[str, Job]) -> bool:
    stage = state.stages[name]
    job = jobs.get(stage.job_id or 0)
    return job is not None and job.live


def judge(
    run: Run, slurm: SlurmClient, state: BlockState, name: str, jobs: dict[int, Job], by_token: dict[str, Job]
) -> None:
    """Decides about a stage whose job is not in the queue any more."""
    stage = state.stages[name]
    if stage.job_id is None:
        job = by_token.get(token(run, state.block, name, stage.attempt))
        if job is None:
            stage.status = Status.WAITING  # the submitter died before sbatch
            return
        stage.job_id = job.id
        if job.live:
            return
    if run.config.run and stage.user not in (None, slurm.user) and stage.job_id not in jobs:
        return  # another operator's, and the site hides his jobs from us
    output = read_output(run.attempt_dir(state.block, name, stage.attempt) / "out.json")
    if stage.status is Status.RUNNING and output is not None and output.verify() is None:
        finish(stage, output.outputs, output.facts, output.seconds)
        return
    known = jobs.get(stage.job_id)
    end = known.state if known else slurm.ended_state(stage.job_id)
    if (
        stage.status is Status.QUEUED
        and stage.started is None
        and ((known is not None and known.reason.startswith("Dependency")) or blocked(run, state, name))
    ):
        back_to_waiting(stage)  # Slurm ended it, because a job before it failed
        return
    if end is not None and end.startswith("CANCELLED"):
        stage.status = Status.CANCELLED
        stage.error = StageFailure(class_=ErrorClass.TRANSIENT, reason=f"job {stage.job_id} was cancelled")
        stage.ended = now()
        return
    error_class, words = ENDS.get(end or "", (ErrorClass.TRANSIENT, "it vanished"))
    stage.error = StageFailure(
        class_=error_class, reason=f"job {stage.job_id} left no result: {words} ({end})"
    )
    stage.ended = now()
    if stage.resubmissions < run.config.stages[name].retry.resubmissions:
        stage.resubmissions += 1
        stage.status = Status.WAITING
        stage.job_id = None
    else:
        stage.status = Status.FAILED


def finish(stage: StageState, outputs: dict, facts: dict, seconds: float) -> None:  # type: ignore[type-arg]
    stage.status, stage.outputs, stage.facts, stage.seconds = Status.DONE, outputs, facts, seconds
    stage.error, stage.exit_code, stage.ended = None, 0, now()


def back_to_waiting(stage: StageState) -> None:
    """Its job was ended by Slurm, or will be, because a predecessor failed."""
    stage.status, stage.job_id = Status.WAITING, None


def blocked(run: Run, state: BlockState, name: str) -> bool:
    """Whether some predecessor has no live job and is not done."""
    return any(not (s.status.live or s.status is Status.DONE) for s in predecessors(run, state, name))


def predecessors(run: Run, state: BlockState, name: str) -> list[StageState]:
    """States of the stages that this one waits for, in its own block or unit and in the one before."""
    return [
        (state if block == state.block else run.read(block)).stages[other]
        for block, other in waits_for(run.config, state, name)
        if block == state.block or run.block_dir(block).is_dir()
    ]


def release_dependents(run: Run, block: int, name: str) -> None:
    """After a failure: what cannot start any more waits for `retry`, here and, in order, in later blocks.

    Their jobs are ended by Slurm (kill-on-invalid-dep). The caller holds the run's lock.
    """
    names = run.config.descendants(name)
    end = run.read(block).joined or block
    for number in {block, end}:
        with run.changing(number) as state:
            for other in names:
                if state.stages[other].status is Status.QUEUED:
                    back_to_waiting(state.stages[other])
    ordered = [other for other in [name, *names] if run.config.stages[other].in_order]
    for later in [number for number in run.blocks() if number > end]:
        hit = False
        if not run.block_dir(later - 1).is_dir():
            break
        if run.read(later).joined is not None:
            continue
        with run.changing(later) as state:
            for first in ordered:
                for other in [first, *run.config.descendants(first)]:
                    if state.stages[other].status is Status.QUEUED:
                        back_to_waiting(state.stages[other])
                        hit = True
        if not hit:
            break
