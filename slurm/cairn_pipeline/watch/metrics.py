"""A run's figures in Prometheus' text format, RUN/metrics.prom, for the node exporter's textfile collector.

Made from the run's files alone, whole each time: nothing runs between jobs. What counts up is named _total;
a `retry` that takes up a failed stage again may lower it, as a restart of any counter does.
"""

from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from cairn_pipeline.config import AGGREGATE
from cairn_pipeline.files import write_atomic
from cairn_pipeline.run_state import RunState, Status, finished, read_run
from cairn_pipeline.watch.settled import fees, lag
from cairn_pipeline.watch.stage_times import stage_times

WAIT_BUCKETS = (0.5, 1, 3, 10, 30, 60, 300, 900, 3600, 14400)
RUN_BUCKETS = (1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14400, 43200)


disable_created_metrics()  # type: ignore[no-untyped-call]  # of no use for figures that are made anew each time


def write_metrics(path: Path, now: datetime | None = None) -> Path:
    """Publishes RUN/metrics.prom, returns its path. Raises StageError(configuration) for no run, OSError."""
    target = path / "metrics.prom"
    write_atomic(target, render(read_run(path), now or datetime.now(UTC)))
    return target


def render(run: RunState, now: datetime) -> bytes:
    """The metrics as text."""
    registry = CollectorRegistry()
    name = run.config.run
    _run_metrics(registry, run, name, now)
    _stage_metrics(registry, run, name, now)
    _proving_metrics(registry, run, name)
    _settlement_metrics(registry, run, name, now)
    return generate_latest(registry)


def _run_metrics(registry: CollectorRegistry, run: RunState, name: str, now: datetime) -> None:
    blocks = Gauge("cairn_blocks", "Blocks of the run by state", ["run", "state"], registry=registry)
    counts = {"waiting": 0, "live": 0, "done": 0, "stopped": 0}
    for block in run.blocks.values():
        done = finished(run.blocks, block)
        state = "done" if done else "stopped" if block.stopped else "live" if block.live else "waiting"
        counts[state] += 1
    for state, count in counts.items():
        blocks.labels(name, state).set(count)
    paused = Gauge("cairn_run_paused", "1 while the run is paused", ["run"], registry=registry)
    paused.labels(name).set(run.paused)
    updated = Gauge(
        "cairn_metrics_timestamp_seconds",
        "When these figures were made, Unix time",
        ["run"],
        registry=registry,
    )
    updated.labels(name).set(now.timestamp())


def _stage_metrics(registry: CollectorRegistry, run: RunState, name: str, now: datetime) -> None:
    labels = ["run", "stage"]
    statuses = Gauge(
        "cairn_stage_blocks", "Blocks by status of a stage", [*labels, "status"], registry=registry
    )
    waits = Histogram(
        "cairn_queue_wait_seconds",
        "From eligible to started",
        labels,
        registry=registry,
        buckets=WAIT_BUCKETS,
    )
    runs = Histogram(
        "cairn_stage_seconds", "From started to ended", labels, registry=registry, buckets=RUN_BUCKETS
    )
    backlog = Gauge(
        "cairn_backlog_blocks",
        "Blocks that a stage could work on and has not done",
        labels,
        registry=registry,
    )
    age = Gauge(
        "cairn_block_age_seconds",
        "For how long the oldest of the backlog has been ready",
        labels,
        registry=registry,
    )
    last = Gauge("cairn_last_block", "Highest block that is done with a stage", labels, registry=registry)
    breaches = Counter(
        "cairn_sla_breaches", "Stages that took longer than sla_seconds from ready", labels, registry=registry
    )
    restarts = Counter(
        "cairn_stage_restarts", "Lives after the first, of the current attempts", labels, registry=registry
    )
    resubmissions = Counter(
        "cairn_stage_resubmissions", "New jobs for ones that vanished", labels, registry=registry
    )
    failures = Gauge(
        "cairn_stage_failed", "Stages that wait for an operator", [*labels, "class"], registry=registry
    )
    for stage in run.config.order():
        for status in Status:
            statuses.labels(name, stage, status.value).set(0)
        for family in (backlog, age, breaches, restarts, resubmissions):
            family.labels(name, stage)
    oldest: dict[str, float] = {}
    done: dict[str, int] = {}
    for times in stage_times(run):
        stage, state = times.stage, times.state
        statuses.labels(name, stage, state.status.value).inc()
        if times.queue_wait is not None:
            waits.labels(name, stage).observe(times.queue_wait)
        if times.run_time is not None and state.status is Status.DONE:
            runs.labels(name, stage).observe(times.run_time)
        taken, sla = times.taken(now), run.config.stages[stage].sla_seconds
        if taken is not None and sla is not None and taken > sla:
            breaches.labels(name, stage).inc()
        if taken is not None and state.status is not Status.DONE:
            backlog.labels(name, stage).inc()
            oldest[stage] = max(oldest.get(stage, 0.0), taken)
        restarts.labels(name, stage).inc(state.restarts)
        resubmissions.labels(name, stage).inc(state.resubmissions)
        if state.status is Status.DONE:
            done[stage] = max(done.get(stage, times.block), times.block)
        if state.status is Status.FAILED and state.error is not None:
            failures.labels(name, stage, state.error.class_.value).inc()
    for stage, seconds in oldest.items():
        age.labels(name, stage).set(seconds)
    for stage, block in done.items():
        last.labels(name, stage).set(block)


def _proving_metrics(registry: CollectorRegistry, run: RunState, name: str) -> None:
    steps = Counter("cairn_proven_steps", "Cairo steps of all proven blocks", ["run"], registry=registry)
    spent = Counter(
        "cairn_proving_seconds", "Seconds that `cairn prove` took for them", ["run"], registry=registry
    )
    speed = Gauge(
        "cairn_steps_per_second", "Steps a second of the proof that ended last", ["run"], registry=registry
    )
    latest: tuple[datetime, float] | None = None
    for child in (steps, spent):
        child.labels(name)
    proofs = [("prove", AGGREGATE if AGGREGATE in run.config.stages else "snos"), ("prove_block", "snos")]
    for block, (prover, maker) in product(run.blocks.values(), proofs):
        prove, made = block.stages.get(prover), block.stages.get(maker)
        count = made.facts.get("steps") if made else None
        if prove is None or prove.status is not Status.DONE or not isinstance(count, int):
            continue
        seconds = float(str(prove.facts.get("prove_seconds", prove.seconds or 0)))
        steps.labels(name).inc(count)
        spent.labels(name).inc(seconds)
        if prove.ended is not None and seconds > 0 and (latest is None or prove.ended > latest[0]):
            latest = (prove.ended, count / seconds)
    if latest is not None:
        speed.labels(name).set(latest[1])


def _settlement_metrics(registry: CollectorRegistry, run: RunState, name: str, now: datetime) -> None:
    paid = fees(run)
    total = Counter("cairn_settle_fee_wei", "Fees of all settled blocks, in wei", ["run"], registry=registry)
    total.labels(name).inc(sum(paid.values()))
    last = Gauge(
        "cairn_settle_last_fee_wei", "Fee of the block settled last, in wei", ["run"], registry=registry
    )
    if paid:
        last.labels(name).set(paid[max(paid)])
    behind = lag(run, now)
    blocks = Gauge(
        "cairn_settle_lag_blocks", "Blocks ready to be settled that are not", ["run"], registry=registry
    )
    blocks.labels(name).set(behind.blocks)
    seconds = Gauge(
        "cairn_settle_lag_seconds", "For how long the first of them has waited", ["run"], registry=registry
    )
    seconds.labels(name).set(behind.seconds)
