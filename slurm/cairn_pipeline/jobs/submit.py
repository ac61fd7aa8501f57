"""What is submitted next. Idempotent: two operators, a job and a crash in between do no harm."""

from dataclasses import dataclass

from cairn_pipeline.config import AGGREGATE
from cairn_pipeline.contract import StageError
from cairn_pipeline.jobs.reconcile import reconcile
from cairn_pipeline.jobs.script import dependency, write_script
from cairn_pipeline.jobs.units import close_units
from cairn_pipeline.run_state import BlockState, Run, Status, waits_for
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
        states = run.read_all()
        close_units(run, states)
        return fill_window(run, slurm, states)


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
        if name == AGGREGATE and state.first is None:
            continue  # the batcher has not closed a unit here
        if all(
            (block == state.block and other in found) or passable(states[block], other)
            for block, other in waits_for(run.config, state, name)
            if block in states
        ):
            found.append(name)
    return found


def passable(state: BlockState, name: str) -> bool:
    status = state.stages[name].status
    return status.live or status is Status.DONE


def parents(run: Run, states: dict[int, BlockState], block: int, name: str) -> list[int]:
    """Numbers of the live jobs that this stage waits for."""
    waits = [
        states[number].stages[other]
        for number, other in waits_for(run.config, states[block], name)
        if number in states
    ]
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
    """What submit would do for these blocks: each script, its predecessors, `sbatch --test-only`'s answer.

    With the stage aggregate as if each stretch of consecutive blocks were one unit.
    """
    from pathlib import Path
    from tempfile import TemporaryDirectory  # nothing of a rehearsal stays in the run

    from cairn_pipeline.jobs.script import render

    found = []
    with TemporaryDirectory(prefix="cairn-") as folder:
        for block in blocks:
            for name in run.config.order():
                if run.config.per_unit(name) and block + 1 in blocks:
                    continue
                text = render(run, block, name, 1)
                script = Path(folder) / "job.sh"
                script.write_text(text)
                first = block
                while run.config.per_unit(name) and first - 1 in blocks:
                    first -= 1
                after = [
                    f"{number}.{other}"
                    for number, other in waits_for(run.config, BlockState(block=block, first=first), name)
                    if number in blocks or run.block_dir(number).is_dir()
                ]
                # Slurm 22.05 wants the folder of --chdir to exist even for a test.
                answer = slurm.test_only(script, [f"--chdir={folder}"])
                found.append(Rehearsed(block, name, after, text, answer))
    return found
