"""Which blocks go into one aggregator run: the batcher decides as soon as their outputs are there.

A decision is one write, the member `first` in the state of a unit's last block. That the blocks before it are
joined follows, and is written by the next one who looks if the one who decided dies in between.
"""

from collections.abc import Iterator

from pydantic import ValidationError

from cairn_pipeline.alerts import alert
from cairn_pipeline.batching.batcher import Batcher, ClosedBatch
from cairn_pipeline.batching.limits import Limits
from cairn_pipeline.batching.measure import measure
from cairn_pipeline.config import AGGREGATE, RunConfig, explain
from cairn_pipeline.contract import Child, StageError, StageFailure
from cairn_pipeline.run_state import BlockState, Run, Status
from cairn_pipeline.run_state.model import now


def close_units(run: Run, states: dict[int, BlockState]) -> None:
    """Closes every unit that is full, too old, or was asked to end. The caller holds the run's lock.

    A block that fits in no unit fails in its stage aggregate; those after it wait for `retry`. states is kept
    up to date. Raises StageError(configuration) for limits that are none.
    """
    if AGGREGATE not in run.config.stages:
        return
    limits = limits_of(run)
    join(run, states)
    for stretch in stretches(states):
        for batch in cut(run, limits, stretch, states):
            with run.changing(batch.blocks[-1]) as state:
                state.first, state.closed_by = batch.blocks[0], batch.reason.value
            states[state.block] = state
    join(run, states)


def limits_of(run: Run) -> Limits:
    try:
        return Limits.model_validate(run.config.stages[AGGREGATE].options.get("limits", {}))
    except ValidationError as error:
        raise explain(run.path / "run.json", error) from error


def join(run: Run, states: dict[int, BlockState]) -> None:
    """Writes down in the blocks of closed units where these end."""
    for last in [state for state in states.values() if state.first is not None]:
        for block in range(last.first or 0, last.block):
            if states[block].joined is None:
                with run.changing(block) as state:
                    state.joined = last.block
                    for name in run.config.stages:
                        if run.config.per_unit(name):
                            state.stages[name].status = Status.JOINED
                states[block] = state


def stretches(states: dict[int, BlockState]) -> Iterator[list[BlockState]]:
    """Consecutive blocks that are in no unit yet."""
    stretch: list[BlockState] = []
    for block, state in sorted(states.items()):
        free = state.first is None and state.joined is None
        if stretch and not (free and stretch[-1].block == block - 1):
            yield stretch
            stretch = []
        if free:
            stretch.append(state)
    if stretch:
        yield stretch


def cut(
    run: Run, limits: Limits, stretch: list[BlockState], states: dict[int, BlockState]
) -> list[ClosedBatch]:
    """The units that the blocks up to the first unfinished one make."""
    batcher = Batcher(limits)
    closed: list[ClosedBatch | None] = []
    for state in stretch:
        before = [state.stages[name] for name in run.config.ancestors(AGGREGATE)]
        if state.stages[AGGREGATE].status is not Status.WAITING:
            break
        if any(stage.status is not Status.DONE for stage in before):
            break
        found = child(run.config, state)
        ready = max(((stage.ended or now()).timestamp() for stage in before), default=0.0)
        try:
            closed += batcher.add(measure(found.block, found.outputs, found.facts), ready)
        except StageError as error:
            refuse(run, state.block, error)
            break
        # A block after the stretch is in a unit already, so that this one can grow no more.
        if state.close or (state is stretch[-1] and state.block + 1 in states):
            closed.append(batcher.flush())
    closed.append(batcher.tick(now().timestamp()))
    return [batch for batch in closed if batch is not None]


def refuse(run: Run, block: int, error: StageError) -> None:
    failure = StageFailure(class_=error.error_class, reason=error.reason)
    with run.changing(block) as state:
        stage = state.stages[AGGREGATE]
        stage.status, stage.error, stage.ended = Status.FAILED, failure, now()
        stage.exit_code = error.error_class.exit_code
    alert(run, block, AGGREGATE, failure)


def made(state: BlockState, names: list[str]) -> Child:
    """What these stages of a block left, the later ones on top."""
    found = Child(block=state.block, outputs={})
    for name in names:
        found.outputs |= state.stages[name].outputs
        found.facts |= state.stages[name].facts
    return found


def child(config: RunConfig, state: BlockState) -> Child:
    """A block as the stage aggregate gets it."""
    return made(state, config.ancestors(AGGREGATE))
