"""Durations of stages as metrics, alerts and the report all mean them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cairn_pipeline.run_state import BlockState, RunState, StageState, Status, waits_for


@dataclass(frozen=True)
class StageTimes:
    """One stage of one block. Seconds; None where the stage is not that far."""

    block: int
    stage: str
    state: StageState
    ready: datetime | None  # the last stage before it was done, or it was submitted, if it is the first

    @property
    def queue_wait(self) -> float | None:
        """From when it could have started, which is also when its job became eligible, to its start."""
        return seconds(self._eligible, self.state.started)

    @property
    def run_time(self) -> float | None:
        return seconds(self.state.started, self.state.ended)

    def taken(self, now: datetime) -> float | None:
        """From ready to done, or to now: what a service level is about."""
        if self.ready is None or self.state.status in (Status.CANCELLED, Status.JOINED):
            return None
        end = self.state.ended if self.state.status is Status.DONE else now
        return seconds(self.ready, end)

    @property
    def _eligible(self) -> datetime | None:
        times = [time for time in (self.ready, self.state.submitted) if time is not None]
        return max(times) if times else None


def seconds(begin: datetime | None, end: datetime | None) -> float | None:
    return None if begin is None or end is None else max(0.0, (end - begin).total_seconds())


def stage_times(run: RunState) -> Iterator[StageTimes]:
    """Of all blocks and stages, by block, then in the order of the stages."""
    for number, block in sorted(run.blocks.items()):
        for name in run.config.order():
            if name in block.stages:
                yield StageTimes(number, name, block.stages[name], ready_at(run, block, name))


def ready_at(run: RunState, block: BlockState, name: str) -> datetime | None:
    """When the stage had all it needs; None before that."""
    waits = waits_for(run.config, block, name)
    before = [run.blocks[number].stages.get(other) for number, other in waits if number in run.blocks]
    if not before:
        return block.stages[name].submitted
    ends = [
        state.ended for state in before if state is not None and state.status is Status.DONE and state.ended
    ]
    return max(ends) if len(ends) == len(before) else None
