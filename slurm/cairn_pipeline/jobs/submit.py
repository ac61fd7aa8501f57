"""What is submitted next. Idempotent: two operators, a job and a crash in between do no harm."""

from dataclasses import dataclass

from cairn_pipeline.contract import StageError
from cairn_pipeline.jobs.reconcile import reconcile
from cairn_pipeline.jobs.script import dependency, write_script
from cairn_pipeline.run_state import BlockState, Run, Status
from cairn_pipeline.run_state.model import now
from cairn_pipeline.slurm_client import SlurmClient


@dataclass(frozen=True)
class Submitted:
    block: int
    stage: str
    attempt: int
    job_id: int


def advance(run: Run, slurm: SlurmClient) -> list[Submitted]:
    """Submits every stage that may be, within the run's window; returns what it submitted.

    Blocks are taken in ascending order. A block counts against the window while any of its stages has a
    job. Raises StageError(transient) if Slurm does not answer; what was submitted until then is recorded.
    """
    with run.locked():
        reconcile(run, slurm)
        if run.paused:
            return []
        return fill_window(run, slurm, run.read_all())


def fill_window(run: Run, slurm: SlurmClient, states: dict[int, BlockState]) -> list[Submitted]:
    flying = sum(state.live for state in states.values())
    done: list[Submitted] = []
    for block, state in states.items():
        names = submittable(run, states, state)
        if not names:
            continue
        if not state.live:
            if flying >= run.config.window:
                continue
            flying += 1
        for name in names:
            done.append(submit_stage(run, slurm, states, block, name))
    return done


def submittable(run: Run, states: dict[int, BlockState], state: BlockState) -> list[str]:
    """The waiting stages whose predecessors are done, have jobs, or are submittable themselves, in order."""
    found: list[str] = []
    for name in run.config.order():
        if state.stages[name].status is not Status.WAITING:
            continue
        config = run.config.stages[name]
        ready = all(other in found or passable(state, other) for other in config.after)
        before = states.get(state.block - 1)
        if config.in_order and before is not None:
            ready = ready and passable(before, name)
        if ready:
            found.append(name)
    return found


def passable(state: BlockState, name: str) -> bool:
    status = state.stages[name].status
    return status.live or status is Status.DONE


def parents(run: Run, states: dict[int, BlockState], block: int, name: str) -> list[int]:
    """Numbers of the live jobs that this stage waits for."""
    config = run.config.stages[name]
    waits = [states[block].stages[other] for other in config.after]
    if config.in_order and block - 1 in states:
        waits.append(states[block - 1].stages[name])
    return [stage.job_id for stage in waits if stage.status.live and stage.job_id is not None]


def submit_stage(
    run: Run, slurm: SlurmClient, states: dict[int, BlockState], block: int, name: str
) -> Submitted:
    """Writes the intention, submits, writes the number. A crash in between is mended by reconcile."""
    arguments = dependency(parents(run, states, block, name))
    with run.changing(block) as state:
        stage = state.stages[name]
        stage.attempt += 1
        stage.status, stage.job_id, stage.user = Status.QUEUED, None, slurm.user
        stage.submitted, stage.started, stage.ended = now(), None, None
        stage.restarts, stage.exit_code, stage.inputs, stage.outputs, stage.facts = 0, None, {}, {}, {}
        attempt = stage.attempt
    script = write_script(run, block, name, attempt)
    try:
        job_id = slurm.submit(script, arguments)
    except StageError as error:
        with run.changing(block) as state:
            if state.stages[name].job_id is None and error.error_class.value == "configuration":
                state.stages[name].status = Status.WAITING  # refused for sure; else reconcile finds out
        raise
    with run.changing(block) as state:
        state.stages[name].job_id = job_id
    states[block] = run.read(block)
    return Submitted(block, name, attempt, job_id)


@dataclass(frozen=True)
class Rehearsed:
    block: int
    stage: str
    after: list[str]
    script: str
    answer: str


def rehearse(run: Run, slurm: SlurmClient, blocks: list[int]) -> list[Rehearsed]:
    """What submit would do for these blocks: each script, its predecessors, `sbatch --test-only`'s answer."""
    from pathlib import Path
    from tempfile import TemporaryDirectory  # nothing of a rehearsal stays in the run

    from cairn_pipeline.jobs.script import render

    found = []
    with TemporaryDirectory(prefix="cairn-") as folder:
        for block in blocks:
            for name in run.config.order():
                text = render(run, block, name, 1)
                script = Path(folder) / "job.sh"
                script.write_text(text)
                after = [f"{block}.{other}" for other in run.config.stages[name].after]
                if run.config.stages[name].in_order and (
                    block - 1 in blocks or run.block_dir(block - 1).is_dir()
                ):
                    after.append(f"{block - 1}.{name}")
                # Slurm 22.05 wants the folder of --chdir to exist even for a test.
                answer = slurm.test_only(script, [f"--chdir={folder}"])
                found.append(Rehearsed(block, name, after, text, answer))
    return found
