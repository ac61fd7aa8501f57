"""The table of a run: a line per block, a column per stage."""

from datetime import datetime

from rich.table import Table
from rich.text import Text

from cairn_pipeline.run_state import RunState, StageState, Status
from cairn_pipeline.run_state.model import now

STYLES = {
    Status.WAITING: "dim",
    Status.QUEUED: "cyan",
    Status.RUNNING: "yellow",
    Status.DONE: "green",
    Status.FAILED: "bold red",
    Status.CANCELLED: "magenta",
    Status.JOINED: "dim",
}
TRUST = "Settled: an operator's key registered the fact after `cairn verify`; no contract checked the proof."


def duration(start: datetime | None, end: datetime | None) -> str:
    if start is None:
        return ""
    seconds = ((end or now()) - start).total_seconds()
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)}:{int(seconds % 60):02d}" if seconds < 3600 else f"{seconds / 3600:.1f} h"


def cell(stage: StageState) -> Text:
    words = stage.status.value
    if stage.status in (Status.RUNNING, Status.DONE):
        words += " " + duration(stage.started, stage.ended)
    if stage.status.live:
        words += f" #{stage.job_id}" if stage.job_id else ""
    if stage.restarts or stage.attempt > 1:
        words += f" ({stage.attempt}.{stage.restarts})"
    return Text(words, STYLES[stage.status])


def run_table(state: RunState, recent: int | None = None) -> Table:
    """All blocks, or the last `recent` and those that stopped."""
    title = f"{state.config.run}{' (paused)' if state.paused else ''}"
    table = Table(title=title, caption=TRUST if "settle" in state.config.stages else None)
    table.add_column("block", justify="right")
    order = state.config.order()
    for name in order:
        table.add_column(name)
    numbers = sorted(state.blocks)
    shown = (
        numbers
        if recent is None
        else [n for n in numbers if state.blocks[n].stopped or n in numbers[-recent:]]
    )
    for number in shown:
        block = state.blocks[number]
        unit = "" if block.first in (None, number) else f"{block.first}.."
        table.add_row(f"{unit}{number}", *(cell(block.stages[name]) for name in order))
    return table


def failures(state: RunState) -> list[str]:
    """One line for each stage that stopped, with what to do."""
    lines = []
    for number, block in sorted(state.blocks.items()):
        for name, stage in block.stages.items():
            if stage.status.stopped and stage.error is not None:
                lines.append(
                    f"block {number} {name} {stage.status}: {stage.error.class_.value}: {stage.error.reason}"
                )
    return lines
