"""One self-contained HTML page of a run: timeline of stages per block, phases of proofs, failures, fees."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from cairn_pipeline.files import write_atomic
from cairn_pipeline.run_state import BlockState, RunState, Status, finished, read_run
from cairn_pipeline.watch.settled import SETTLE, fees, lag, read_json
from cairn_pipeline.watch.stage_times import StageTimes, seconds, stage_times

WEI_PER_ETHER = 10**18
# Told apart also by readers who do not see all colours (Okabe and Ito's palette).
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999")


@dataclass(frozen=True)
class Bar:
    """A piece of a bar: places in percent of its width."""

    left: float
    width: float
    colour: str
    kind: str  # wait, or the stage's status
    title: str


@dataclass(frozen=True)
class Row:
    block: int
    bars: list[Bar]
    statuses: list[tuple[str, str]]  # stage, status
    taken: str


def write_report(path: Path, output: Path | None = None, now: datetime | None = None) -> Path:
    """Publishes the page and returns its path. Raises StageError(configuration) for no run, OSError."""
    run = read_run(path)
    target = output or run.path / "report.html"
    write_atomic(target, render(run, now or datetime.now(UTC)))
    return target


def render(run: RunState, now: datetime) -> str:
    """The page as text. All text from the run is escaped."""
    environment = Environment(
        loader=PackageLoader("cairn_pipeline.watch", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    stages = run.config.order()
    colours = {stage: COLOURS[i % len(COLOURS)] for i, stage in enumerate(stages)}
    times = list(stage_times(run))
    begin, end = span(times, now)
    return environment.get_template("report.html.j2").render(
        run=run,
        made=stamp(now),
        stages=stages,
        colours=colours,
        begin=stamp(begin),
        length=duration((end - begin).total_seconds()),
        summary=summary(run, now),
        rows=[row(block, [t for t in times if t.block == number], colours, begin, end, now)
              for number, block in sorted(run.blocks.items())],
        proofs=list(proofs(run)),
        failures=list(failures(run)),
        fees=[{"block": block, "ether": ether(fee), "wei": fee, "tx": settled_tx(run, block)}
              for block, fee in fees(run).items()],
        fee_sum=ether(sum(fees(run).values())),
    )  # fmt: skip


def span(times: Iterable[StageTimes], now: datetime) -> tuple[datetime, datetime]:
    """First submission, and last end, or now while something is under way."""
    begins, ends = [], []
    for one in times:
        state = one.state
        begins += [time for time in (state.submitted, state.started) if time]
        ends += [state.ended] if state.ended else [now] if state.status.live else []
    begin = min(begins, default=now)
    return begin, max([*ends, begin])


def row(
    block: BlockState,
    times: list[StageTimes],
    colours: dict[str, str],
    begin: datetime,
    end: datetime,
    now: datetime,
) -> Row:
    whole = max((end - begin).total_seconds(), 1e-9)

    def bar(one: StageTimes, first: datetime, last: datetime, kind: str, word: str) -> Bar:
        length = max(0.0, (last - first).total_seconds())
        title = f"block {one.block} {one.stage}: {word} {duration(length)}, from {stamp(first)}"
        if one.state.job_id is not None:
            title += f", job {one.state.job_id}, attempt {one.state.attempt}"
        left = 100 * (first - begin).total_seconds() / whole
        return Bar(round(left, 4), round(max(100 * length / whole, 0.05), 4), colours[one.stage], kind, title)

    bars = []
    for one in times:
        started, wait = one.state.started, one.queue_wait
        if started is not None and wait:
            bars.append(
                bar(one, datetime.fromtimestamp(started.timestamp() - wait, UTC), started, "wait", "waited")
            )
        if started is not None:
            word = "took" if one.state.ended else "runs for"
            bars.append(bar(one, started, one.state.ended or now, one.state.status.value, word))
    firsts = [one.state.submitted for one in times if one.state.submitted]
    lasts = [one.state.ended for one in times if one.state.ended]
    taken = seconds(min(firsts), max(lasts)) if block.done and firsts and lasts else None
    statuses = [(one.stage, one.state.status.value) for one in times]
    return Row(block.block, bars, statuses, "" if taken is None else duration(taken))


def summary(run: RunState, now: datetime) -> list[tuple[str, str]]:
    """The facts at the head of the page."""
    blocks = run.blocks.values()
    settled = [number for number, block in run.blocks.items() if is_done(block, SETTLE)]
    behind = lag(run, now)
    done = sum(finished(run.blocks, block) for block in blocks)
    stopped = sum(block.stopped for block in blocks)
    restarts = sum(
        state.restarts + state.resubmissions for block in blocks for state in block.stages.values()
    )
    return [
        (
            "blocks",
            f"{len(run.blocks)}: {done} done, {stopped} stopped",
        ),
        ("settled up to", str(max(settled)) if settled else "none"),
        (
            "ready to be settled",
            f"{behind.blocks}" + (f", for {duration(behind.seconds)}" if behind.blocks else ""),
        ),
        ("restarts and resubmissions", str(restarts)),
        ("paused", "yes" if run.paused else "no"),
    ]


def is_done(block: BlockState, stage: str) -> bool:
    state = block.stages.get(stage)
    return state is not None and state.status is Status.DONE


def proofs(run: RunState) -> Iterable[dict[str, Any]]:
    """Of every proven block: steps, speed, and the phases as shares of a bar."""
    for number, block in sorted(run.blocks.items()):
        report = read_json(block.stages.get("prove"), "prove_report")
        phases = report.get("phases")
        if not isinstance(phases, list) or not report.get("seconds"):
            continue
        total, left, bars = float(report["seconds"]), 0.0, []
        for index, phase in enumerate(phases):
            share = 100 * float(phase["seconds"]) / total
            title = f"{phase['phase']}: {duration(float(phase['seconds']))}, {share:.0f} %"
            bars.append(Bar(round(left, 4), round(share, 4), COLOURS[index % len(COLOURS)], "phase", title))
            left += share
        yield {
            "block": number,
            "bars": bars,
            "phases": [(p["phase"], COLOURS[i % len(COLOURS)]) for i, p in enumerate(phases)],
            "steps": f"{report.get('steps', 0):,}".replace(",", " "),
            "seconds": duration(total),
            "speed": f"{report.get('steps_per_second', 0):,.0f}".replace(",", " "),
            "ranks": report.get("ranks", ""),
            "segments": report.get("segments", ""),
            "megabytes": f"{report.get('proof_bytes', 0) / 1e6:.1f}",
            "bits": f"{float(report.get('security_bits', 0)):.1f}",
        }


def failures(run: RunState) -> Iterable[dict[str, Any]]:
    """Stages whose last life ended badly: those that wait for an operator, and those that got over it."""
    for number, block in sorted(run.blocks.items()):
        for name, state in block.stages.items():
            if state.error is not None:
                yield {
                    "block": number,
                    "stage": name,
                    "status": state.status.value,
                    "class": state.error.class_.value,
                    "reason": state.error.reason,
                    "attempt": state.attempt,
                    "restarts": state.restarts,
                    "job": state.job_id if state.job_id is not None else "",
                }


def settled_tx(run: RunState, block: int) -> str:
    return str(run.blocks[block].stages[SETTLE].facts.get("tx_hash", ""))


def ether(wei: int) -> str:
    return f"{wei / WEI_PER_ETHER:.9f}"


def stamp(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def duration(value: float) -> str:
    """Such as 0.42 s, 12.3 s, 4 min 05 s, 2 h 03 min."""
    if value < 60:
        return f"{value:.2f} s" if value < 10 else f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"
