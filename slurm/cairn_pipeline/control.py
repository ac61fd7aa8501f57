"""The operator's verbs over a run. All may be called by several operators at once."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from cairn_pipeline.config import AGGREGATE
from cairn_pipeline.contract import ErrorClass, StageError, StageFailure
from cairn_pipeline.jobs.reconcile import reconcile, release_dependents
from cairn_pipeline.jobs.script import job_name
from cairn_pipeline.jobs.submit import Submitted, advance
from cairn_pipeline.run_state import BlockState, Run, Status, finished
from cairn_pipeline.run_state.model import now
from cairn_pipeline.slurm_client import SlurmClient


def parse_blocks(text: str) -> list[int]:
    """ "5", "5..9" or "5,7..9": ascending block numbers. Raises StageError(configuration)."""
    found: set[int] = set()
    for part in text.split(","):
        first, dots, last = part.strip().partition("..")
        if not first.isdecimal() or (dots and not last.isdecimal()):
            raise StageError(ErrorClass.CONFIGURATION, f"{text!r}: wanted blocks such as 5, 5..9 or 5,7..9")
        low, high = int(first), int(last) if dots else int(first)
        if high < low:
            raise StageError(ErrorClass.CONFIGURATION, f"{text!r}: {high} comes before {low}")
        found.update(range(low, high + 1))
    return sorted(found)


def submit(run: Run, slurm: SlurmClient, blocks: Iterable[int], close: bool = False) -> list[Submitted]:
    """Takes blocks into the run and submits what its window has room for. Known blocks: no-op.

    With close, units of a run that aggregates end with the last of the blocks, however small they are.
    """
    numbers = set(blocks)
    if close and AGGREGATE not in run.config.stages:
        reason = f"{run.path}: has no stage {AGGREGATE}: there is no unit to close"
        raise StageError(ErrorClass.CONFIGURATION, reason)
    for block in sorted(numbers):
        run.add(block)
        if close and block + 1 not in numbers:
            with run.changing(block) as state:
                if state.joined is not None:
                    reason = f"block {block} is in the unit that ends with block {state.joined}"
                    raise StageError(ErrorClass.CONFIGURATION, reason)
                state.close = True
    return advance(run, slurm)


def check_known(run: Run, blocks: Iterable[int]) -> None:
    """Raises StageError(configuration) for a block that was never submitted."""
    known = set(run.blocks())
    for block in blocks:
        if block not in known:
            raise StageError(
                ErrorClass.CONFIGURATION, f"block {block} is not in the run {run.path}: submit it"
            )


def retry(run: Run, slurm: SlurmClient, blocks: list[int], stages: list[str]) -> list[Submitted]:
    """Sets failed and cancelled stages back to waiting and submits the tail of each chain anew.

    With stages named, these are run again even if they are done, and all that comes after them; a live one
    is refused: StageError(configuration).
    """
    check_known(run, blocks)
    for name in stages:
        if name not in run.config.stages:
            raise StageError(ErrorClass.CONFIGURATION, f"{name} is no stage; there are {run.config.order()}")
    with run.locked():
        reconcile(run, slurm)
        named = {other for name in stages for other in (name, *run.config.descendants(name))}
        for block in blocks:
            end = run.read(block).joined
            if end is not None:  # first: it may be refused
                with run.changing(end) as state:
                    set_back(state, {name for name in named if run.config.per_unit(name)})
            with run.changing(block) as state:
                stopped = {name for name, stage in state.stages.items() if stage.status.stopped}
                set_back(state, stopped | named)
    return advance(run, slurm)


def set_back(state: BlockState, names: set[str]) -> None:
    """These stages wait again. Raises StageError(configuration), changing none, if one has a job."""
    for name in names:
        stage = state.stages[name]
        if stage.status.live:
            raise StageError(
                ErrorClass.CONFIGURATION,
                f"{name} of block {state.block} has job {stage.job_id}: cancel it",
            )
    for name in names:
        stage = state.stages[name]
        if stage.status is not Status.JOINED:
            stage.status, stage.job_id, stage.resubmissions = Status.WAITING, None, 0


def cancel(run: Run, slurm: SlurmClient, blocks: list[int]) -> list[int]:
    """Cancels all that is not done of these blocks; returns the numbers of the ended jobs.

    A settlement that was sent is on the chain all the same; the next attempt finds it there.
    """
    check_known(run, blocks)
    jobs: list[int] = []
    with run.locked():
        for block in blocks:
            with run.changing(block) as state:
                for stage in state.stages.values():
                    if stage.status in (Status.WAITING, Status.QUEUED, Status.RUNNING):
                        if stage.job_id is not None:
                            jobs.append(stage.job_id)
                        stage.status, stage.ended = Status.CANCELLED, now()
                        stage.error = StageFailure(
                            class_=ErrorClass.TRANSIENT, reason="cancelled by an operator"
                        )
            for name in run.config.order():
                release_dependents(run, block, name)
        slurm.cancel(jobs)
    return jobs


def pause(run: Run, slurm: SlurmClient) -> None:
    """Nothing more is submitted, sent or started; what runs goes on to its end."""
    run.pause()
    with run.locked():
        slurm.hold([job.id for job in pending(run, slurm)])


def resume(run: Run, slurm: SlurmClient) -> list[Submitted]:
    """Ends a pause."""
    run.unpause()
    with run.locked():
        slurm.release([job.id for job in pending(run, slurm)])
    return advance(run, slurm)


def pending(run: Run, slurm: SlurmClient) -> list:  # type: ignore[type-arg]
    ours = {s.job_id for state in run.read_all().values() for s in state.stages.values() if s.status.live}
    jobs = slurm.jobs([job_name(run, stage) for stage in run.config.stages]).values()
    return [job for job in jobs if job.state == "PENDING" and job.id in ours]


def collect_garbage(run: Run, proofs: bool, dry: bool) -> list[tuple[Path, int]]:
    """Removes what finished blocks need no more; returns each path with its bytes.

    Attempts that were superseded (but for their logs), kept segment proofs, scratch copies of PIEs of
    blocks that are done; with `proofs`, their proofs too. Journals, logs, receipts and manifests stay.
    """
    gone: list[tuple[Path, int]] = []
    states = run.read_all()
    for block, state in states.items():
        if not finished(states, state):
            continue
        kept = (run.site.scratch or run.path / "scratch") / run.config.run / str(block)
        if kept.is_dir():
            gone.append((kept, size_of(kept)))
        for name, stage in state.stages.items():
            for folder in (run.block_dir(block) / name).glob("[0-9]*"):
                if folder.name != str(stage.attempt):
                    gone += [(p, size_of(p)) for p in folder.iterdir() if p.name not in EVIDENCE]
            if proofs and "proof" in stage.outputs and stage.outputs["proof"].path.is_file():
                gone.append((stage.outputs["proof"].path, stage.outputs["proof"].bytes))
    if not dry:
        for path, _ in gone:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    return gone


EVIDENCE = {"log", "in.json", "out.json", "job.sh"}


def size_of(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(entry.stat().st_size for entry in path.rglob("*") if entry.is_file())
