"""Runs a pipeline file over a state folder: a thread for each worker, one for the collectors.

Any number of engines may serve one folder, each the whole pipeline or named parts of it.
"""

import json
import os
import threading
import time
import traceback
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cairn_pipeline.compose.block_source import Source
from cairn_pipeline.compose.consumer_group import ConsumerGroup, Counts, DeadRecord
from cairn_pipeline.compose.dispatcher import Report, Worker
from cairn_pipeline.compose.executor import Executor, commands_of, filled
from cairn_pipeline.compose.in_order import BatchCollector, SequenceCollector
from cairn_pipeline.compose.local_executor import LocalExecutor
from cairn_pipeline.compose.match import MatchCollector
from cairn_pipeline.compose.owner import this_owner
from cairn_pipeline.compose.pipeline_file import Batch, BlockSource, Match, PipelineFile, Sequence
from cairn_pipeline.compose.queue_store import QueueStore
from cairn_pipeline.compose.slurm_executor import SlurmExecutor, SlurmQueue
from cairn_pipeline.contract import ErrorClass, StageError
from cairn_pipeline.files import locked, write_atomic

SOURCE_RETRY_SECONDS = 5.0


class Collector(Protocol):
    def step(self) -> int: ...


@dataclass(frozen=True)
class Outcome:
    """How run() ended."""

    stopped: bool  # by a signal
    dead: dict[str, dict[str, DeadRecord]]  # parked messages by group

    @property
    def exit_code(self) -> int:
        if self.stopped:
            return ErrorClass.TRANSIENT.exit_code
        codes = [record.class_.exit_code for records in self.dead.values() for record in records.values()]
        return max(codes, default=0)


class Engine:
    """One process's share of a pipeline."""

    def __init__(
        self,
        pipeline: PipelineFile,
        folder: Path,
        state: Path,
        report: Report,
        only: Collection[str] = (),
        first: int | None = None,
        last: int | None = None,
        environment: Mapping[str, str] = os.environ,
        observe: bool = False,
    ) -> None:
        """observe: only to look at a state folder or to revive messages; run() must not be called.

        Raises StageError(configuration).
        """
        self.pipeline, self.state, self._report = pipeline, state.resolve(), report
        self.stopping = threading.Event()
        self._wake = threading.Condition()
        self._changes = 0
        self._failure: BaseException | None = None
        known = pipeline.dispatchers.keys() | pipeline.collectors.keys()
        names = ", ".join(sorted(known))
        for name in only:
            if name not in known:
                reason = f"{name}: no dispatcher or collector of {pipeline.name}; there are {names}"
                raise StageError(ErrorClass.CONFIGURATION, reason)
        self._only = set(only) or set(known)
        state.mkdir(parents=True, exist_ok=True)
        self._freeze()
        self._queues = {name: QueueStore(self.state, name) for name in pipeline.feeders()}
        self.groups = {
            pipeline.group_of(name): ConsumerGroup(
                self._queues[dispatcher.from_], pipeline.group_of(name), pipeline.lease_seconds
            )
            for name, dispatcher in pipeline.dispatchers.items()
        }
        self._sources = {
            name: Source(
                name,
                settings,
                [self._queues[queue] for queue in settings.to],
                self.state,
                environment,
                first,
                last,
            )
            for name, settings in pipeline.collectors.items()
            if isinstance(settings, BlockSource) and name in self._only and not observe
        }
        self.collectors = {
            name: self._collector(name)
            for name, settings in pipeline.collectors.items()
            if name in self._only and not (observe and isinstance(settings, BlockSource))
        }
        self._workers = [] if observe else self._make_workers(folder)

    def _freeze(self) -> None:
        """A state folder belongs to one pipeline; another one's queues would be misread."""
        path = self.state / "pipeline.json"
        text = self.pipeline.model_dump_json(by_alias=True, include={"name"}) + "\n"
        with locked(self.state / ".lock"):
            if not path.exists():
                write_atomic(path, text)
            elif path.read_text() != text:
                reason = (
                    f"{self.state}: is the state of {path.read_text().strip()}, not of {self.pipeline.name}"
                )
                raise StageError(ErrorClass.CONFIGURATION, reason)

    def _collector(self, name: str) -> Collector:
        settings = self.pipeline.collectors[name]
        if isinstance(settings, BlockSource):
            return self._sources[name]
        targets = [self._queues[queue] for queue in settings.to]
        if isinstance(settings, Match):
            feeders = self.pipeline.feeders()
            producers = set().union(*(feeders[queue] for queue in settings.from_))
            return MatchCollector(
                name, settings, [self._queues[q] for q in settings.from_], targets, producers
            )
        source = self._queues[settings.from_]
        if isinstance(settings, Sequence):
            return SequenceCollector(name, settings, source, targets, self._first_block)
        assert isinstance(settings, Batch)
        return BatchCollector(name, settings, source, targets, self._first_block, time.time)

    def _first_block(self) -> int | None:
        """Where the sources of this state folder began; another process may have written it."""
        begun = [source.began() for source in self._sources.values()]
        if not begun:
            paths = sorted((self.state / "sources").glob("*.json"))
            begun = [json.loads(path.read_bytes())["first"] for path in paths]
        known = [first for first in begun if first is not None]
        return min(known) if known and len(known) == len(begun) else None

    def _make_workers(self, folder: Path) -> list[tuple[str, Worker]]:
        slurm_queue = SlurmQueue()
        workers = []
        for name, dispatcher in self.pipeline.dispatchers.items():
            if name not in self._only:
                continue
            commands = commands_of(name, dispatcher, folder)
            dispatcher = dispatcher.model_copy(update={"options": filled(dispatcher.options, folder)})
            group = self.pipeline.group_of(name)
            for number in range(dispatcher.workers):
                executor: Executor = (
                    SlurmExecutor(dispatcher.slurm, slurm_queue)
                    if dispatcher.executor == "slurm"
                    else LocalExecutor()
                )
                targets = [self._queues[queue] for queue in dispatcher.to]
                worker = Worker(
                    self.pipeline.name, name, dispatcher, commands, self.groups[group],
                    targets, executor, this_owner(f"{name}.{number}"),
                    self.state / "work", self.stopping, self._report,
                )  # fmt: skip
                workers.append((f"{name}.{number}", worker))
        return workers

    def stop(self) -> None:
        """Ends run() soon: nothing new is taken, what runs is given back. For signal handlers too."""
        self.stopping.set()

    def run(self, until_idle: bool = False) -> Outcome:
        """Serves the pipeline until stop(), or until there is nothing left to do.

        Raises what ended a worker or collector: a bug, a full disk, contradictory messages.
        """
        threads = [
            threading.Thread(target=self._guard, args=(self._serve, worker), name=name)
            for name, worker in self._workers
        ]
        for thread in threads:
            thread.start()
        try:
            self._guard(self._collect, until_idle)
        finally:
            stopped = self.stopping.is_set()
            self.stopping.set()
            self._notify()
            for thread in threads:
                thread.join()
        if self._failure is not None:
            raise self._failure
        return Outcome(stopped, {name: group.dead_messages() for name, group in self.groups.items()})

    def _guard(self, function: Callable[..., None], *arguments: object) -> None:
        try:
            function(*arguments)
        except BaseException as error:
            if not isinstance(error, StageError):
                traceback.print_exc()
            self._failure = self._failure or error
            self.stopping.set()

    def _notify(self) -> None:
        with self._wake:
            self._changes += 1
            self._wake.notify_all()

    def _sleep(self, seen: int) -> None:
        """Until something changed after `seen` in this process, or it is time to look for others' changes."""
        with self._wake:
            if self._changes == seen and not self.stopping.is_set():
                self._wake.wait(self.pipeline.poll_seconds)

    def _serve(self, worker: Worker) -> None:
        while not self.stopping.is_set():
            seen = self._changes
            if worker.serve_one():
                self._notify()
            else:
                self._sleep(seen)

    def _collect(self, until_idle: bool) -> None:
        quiet_until = 0.0
        while not self.stopping.is_set():
            seen = self._changes
            count = 0
            for name, collector in self.collectors.items():
                if name in self._sources and time.monotonic() < quiet_until:
                    continue
                try:
                    count += collector.step()
                except StageError as error:
                    if name not in self._sources or not error.error_class.retryable:
                        raise
                    self._report(
                        "source failed", stage=name, error=error.reason, error_class=error.error_class
                    )
                    quiet_until = time.monotonic() + SOURCE_RETRY_SECONDS
            if count:
                self._notify()
            elif until_idle and self._is_idle() and not self._flush():
                return
            else:
                self._sleep(seen)

    def _is_idle(self) -> bool:
        exhausted = all(source.exhausted() for source in self._sources.values())
        # Its own groups only: a part of a pipeline is not kept waiting by parts that nobody runs.
        groups = {worker.group.name: worker.group for _, worker in self._workers}
        if not exhausted or any(group.counts().pending for group in groups.values()):
            return False
        # A worker may have published between the collectors' step and this look.
        return sum(collector.step() for collector in self.collectors.values()) == 0

    def _flush(self) -> int:
        """Closes open batches at the end of input, the first one upstream first."""
        for collector in self.collectors.values():
            if isinstance(collector, BatchCollector):
                count = collector.flush()
                if count:
                    self._notify()
                    return count
        return 0

    def counts(self) -> dict[str, Counts]:
        return {name: group.counts() for name, group in self.groups.items()}

    def queue_sizes(self) -> dict[str, int]:
        return {name: len(queue.ids()) for name, queue in self._queues.items()}
