"""What is known of a run, its blocks and their stages."""

import enum
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from pydantic import Field

from cairn_pipeline.config import RunConfig
from cairn_pipeline.contract import SCHEMA, Artifact, Fact, StageFailure, Strict
from cairn_pipeline.site import Site


class Status(enum.StrEnum):
    WAITING = "waiting"  # not submitted: the window is full, or a predecessor failed
    QUEUED = "queued"  # a job exists and has not started
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # needs `retry`
    CANCELLED = "cancelled"  # needs `retry`
    JOINED = "joined"  # is done for this block where its unit ends

    @property
    def live(self) -> bool:
        return self in (Status.QUEUED, Status.RUNNING)

    @property
    def stopped(self) -> bool:
        return self in (Status.FAILED, Status.CANCELLED)


def now() -> datetime:
    return datetime.now(UTC)


class StageState(Strict):
    status: Status = Status.WAITING
    attempt: int = 0  # submissions so far
    job_id: int | None = None
    user: str | None = None  # who submitted
    error: StageFailure | None = None  # of the last life
    exit_code: int | None = None
    inputs: dict[str, str] = {}  # SHA-256 by name
    outputs: dict[str, Artifact] = {}
    facts: dict[str, Fact] = {}
    seconds: float | None = None  # of the program, by its own clock
    submitted: datetime | None = None
    started: datetime | None = None  # of the first life
    ended: datetime | None = None
    restarts: int = 0  # lives after the first, of this attempt
    resubmissions: int = 0  # attempts made without an operator


class BlockState(Strict):
    schema_version: int = SCHEMA
    block: int
    stages: dict[str, StageState] = Field(default_factory=dict)
    # Of a run with the stage aggregate:
    first: int | None = None  # where a unit ends: the unit's first block; this is the decision
    closed_by: str | None = None  # and why it ends here
    joined: int | None = None  # the block at which this one's unit ends
    close: bool = False  # an operator wants a unit to end here

    @property
    def live(self) -> bool:
        return any(stage.status.live for stage in self.stages.values())

    @property
    def done(self) -> bool:
        return all(stage.status in (Status.DONE, Status.JOINED) for stage in self.stages.values())

    @property
    def stopped(self) -> bool:
        return any(stage.status.stopped for stage in self.stages.values())


def waits_for(config: RunConfig, state: BlockState, name: str) -> list[tuple[int, str]]:
    """The stages that one waits for, as (block, name): of its block or unit, and in order, of the one before.

    Not all of these blocks need to be in the run.
    """
    stage = config.stages[name]
    of_unit = config.per_unit(name)
    first = state.block if state.first is None or not of_unit else state.first
    found = []
    for other in stage.after:
        blocks = [state.block] if config.per_unit(other) else range(first, state.block + 1)
        found += [(block, other) for block in blocks]
    if stage.in_order:
        found.append((first - 1, name))
    return found


def finished(states: Mapping[int, BlockState], state: BlockState) -> bool:
    """Whether all is done for a block, also where its unit ends."""
    end = state if state.joined is None else states.get(state.joined)
    return state.done and end is not None and end.done


class RunState(Strict):
    """A whole run, as status, watch and report read it."""

    path: Path
    config: RunConfig
    site: Site
    paused: bool
    blocks: dict[int, BlockState]
