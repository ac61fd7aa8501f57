"""What settlement left behind: fees, and how far it is behind proving."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import from_json

from cairn_pipeline.run_state import RunState, StageState, Status

SETTLE = "settle"


@dataclass(frozen=True)
class Lag:
    """Blocks that are ready to be settled and are not, and for how long the first of them has waited."""

    blocks: int
    seconds: float


def read_json(stage: StageState | None, name: str) -> dict[str, Any]:
    """A JSON output of a stage; {} if there is none any more (gc removes old ones) or it cannot be read."""
    artifact = stage.outputs.get(name) if stage else None
    if artifact is None:
        return {}
    try:
        value = from_json(artifact.path.read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def fee_wei(stage: StageState | None) -> int | None:
    """What a settled block cost, all its transactions together."""
    value = read_json(stage, "receipt").get("fee_wei")
    return value if isinstance(value, int) else None


def fees(run: RunState) -> dict[int, int]:
    """Fees by block, of those that are settled and whose receipt is there."""
    found = {number: fee_wei(block.stages.get(SETTLE)) for number, block in sorted(run.blocks.items())}
    return {number: fee for number, fee in found.items() if fee is not None}


def lag(run: RunState, now: datetime) -> Lag:
    """How far settlement is behind."""
    if SETTLE not in run.config.stages:
        return Lag(0, 0.0)
    waiting = []
    for block in run.blocks.values():
        before = [block.stages.get(name) for name in run.config.stages[SETTLE].after]
        ends = [state.ended for state in before if state and state.status is Status.DONE and state.ended]
        settle = block.stages.get(SETTLE)
        if before and len(ends) == len(before) and (settle is None or settle.status is not Status.DONE):
            waiting.append((now - max(ends)).total_seconds())
    return Lag(len(waiting), max(waiting, default=0.0))
