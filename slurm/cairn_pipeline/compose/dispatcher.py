"""A dispatcher's worker: takes a message, has its program run, publishes what it gave. May die anywhere.

The order matters: the result is kept, then published, then the message marked as done. Whoever comes after a
crash goes on from what is there.
"""

import hashlib
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

from cairn_pipeline.compose.consumer_group import Claim, ConsumerGroup, ResultRecord
from cairn_pipeline.compose.executor import Executor, Exit, Work
from cairn_pipeline.compose.message import safe
from cairn_pipeline.compose.owner import Owner
from cairn_pipeline.compose.pipeline_file import Dispatcher
from cairn_pipeline.compose.program import failure_of, read_result, write_input
from cairn_pipeline.compose.queue_store import QueueStore
from cairn_pipeline.contract import ErrorClass, StageError

Report = Callable[..., None]  # event name, fields


class Worker:
    """One of a dispatcher's workers."""

    def __init__(
        self,
        run: str,
        name: str,
        dispatcher: Dispatcher,
        commands: dict[str, list[str]],
        group: ConsumerGroup,
        targets: list[QueueStore],
        executor: Executor,
        owner: Owner,
        work_root: Path,
        stopping: threading.Event,
        report: Report,
    ) -> None:
        self.run, self.name, self.dispatcher, self.commands = run, name, dispatcher, commands
        self.group, self.targets, self.executor, self.owner = group, targets, executor, owner
        self.work_root, self.stopping, self.report = work_root, stopping, report

    def serve_one(self) -> bool:
        """Works on the next message; False if there is none. Raises only what is a bug or a full disk."""
        claim = self.group.claim(self.owner)
        if claim is None:
            return False
        begun = time.monotonic()
        try:
            result = self.group.result(claim.message.id)
            if result is None and claim.record.attempt > self.dispatcher.attempts:
                place = self.work_root / self.group.name / claim.message.id
                reason = f"its worker died in each of {self.dispatcher.attempts} attempts; see {place}"
                raise StageError(ErrorClass.BUG, reason)
            if result is None:
                result = self._work(claim, begun)
            if result is not None:
                self._publish(claim, result)
        except StageError as error:
            self._fail(claim, error)
        return True

    def _work(self, claim: Claim, begun: float) -> ResultRecord | None:
        """Runs the program; None if we were told to stop meanwhile."""
        work = self._adopted(claim)
        if work is None:
            work = self._work_for(claim)
            write_input(self.dispatcher, self.run, self.name, claim.message, claim.record, work.work_dir)
            if self.executor.survives():  # it may be started, and we die before we can say so
                self.group.note(claim, None, work.work_dir)
            self.group.note(claim, self.executor.start(work), work.work_dir)
        self._say("started", claim, handle=claim.record.handle)
        ended = self._wait(claim)
        if ended is None:
            return None
        if ended.code is None:
            raise StageError(ErrorClass.TRANSIENT, ended.reason)
        if ended.code != 0:
            raise failure_of(self.dispatcher, work.work_dir, ended.code)
        messages = read_result(self.dispatcher, self.group.name, claim.message, work.work_dir)
        result = ResultRecord(
            queues=[queue.name for queue in self.targets],
            messages=messages,
            seconds=round(time.monotonic() - begun, 3),
            owner=self.owner,
        )
        return self.group.keep(claim.message.id, result)

    def _adopted(self, claim: Claim) -> Work | None:
        """The run that the message's last worker left behind, if it can be taken over."""
        previous = claim.previous
        if previous is None or previous.work_dir is None or previous.error is not None:
            return None
        handle = previous.handle
        if handle is None:
            if not self.executor.survives():
                return None
            # Died between start and note: start() finds the job by its name, which the work folder gives.
            work = self._work_in(previous.work_dir, claim)
            if work.input_path.exists():
                claim.record.attempt = previous.attempt
                self.group.note(claim, self.executor.start(work), work.work_dir)
                return work
            return None
        if not self.executor.adopt(handle):
            return None
        claim.record.attempt = previous.attempt
        self.group.note(claim, handle, previous.work_dir)
        self._say("taken over", claim)
        return self._work_in(previous.work_dir, claim)

    def _work_for(self, claim: Claim) -> Work:
        delivery = f"{claim.record.delivery:04d}"
        work_dir = self.work_root / self.group.name / claim.message.id / delivery
        work_dir.mkdir(parents=True, exist_ok=True)
        return self._work_in(work_dir, claim)

    def _work_in(self, work_dir: Path, claim: Claim) -> Work:
        # Other state folders may hold runs of the same name.
        digest = hashlib.sha256(str(work_dir).encode()).hexdigest()[:12]
        return Work(
            name=safe(f"{self.run}-{self.group.name}-{claim.message.id}-{digest}"),
            work_dir=work_dir,
            commands=self.commands,
            environment=self.dispatcher.environment,
        )

    def _wait(self, claim: Claim) -> Exit | None:
        handle = claim.record.handle
        assert handle is not None  # it was started or adopted
        limit = self.dispatcher.timeout_seconds
        started = renewed = time.monotonic()
        late = False

        def tick() -> bool:
            nonlocal renewed, late
            now = time.monotonic()
            if now - renewed > self.group.lease_seconds / 4:
                self.group.renew(claim)
                renewed = now
            late = limit is not None and now - started > limit
            return not late and not self.stopping.is_set()

        ended = self.executor.wait(handle, tick)
        if ended is None and late:
            self.executor.stop(handle)
            raise StageError(ErrorClass.TRANSIENT, f"{self.name} ran past its timeout of {limit:g} s")
        if ended is None:
            if not self.executor.survives():
                self.executor.stop(handle)
                claim.record.handle = None
            self.group.give_back(claim, None, counted=False)
            self._say("given back", claim)
        return ended

    def _publish(self, claim: Claim, result: ResultRecord) -> None:
        targets = {queue.name: queue for queue in self.targets}
        for message in result.messages:
            for name in result.queues:
                targets[name].publish(message)
        self.group.finish(claim.message.id)
        self._say("done", claim, seconds=result.seconds, messages=len(result.messages))

    def _fail(self, claim: Claim, error: StageError) -> None:
        dispatcher, attempt = self.dispatcher, claim.record.attempt
        if error.error_class.retryable and attempt < dispatcher.attempts:
            delay = min(dispatcher.retry_seconds * 2 ** (attempt - 1), dispatcher.retry_limit_seconds)
            delay *= random.uniform(0.8, 1.2)  # so that what failed together does not come back together
            self.group.give_back(claim, error.reason, delay)
            self._say(
                "retry", claim, error=error.reason, error_class=error.error_class, delay=round(delay, 3)
            )
        else:
            self.group.park(claim.message.id, claim.record, error)
            self._say("failed", claim, error=error.reason, error_class=error.error_class)

    def _say(self, event: str, claim: Claim, **fields: object) -> None:
        record = claim.record
        self.report(
            event, stage=self.name, block=claim.message.block, message=claim.message.id,
            attempt=record.attempt, delivery=record.delivery, worker=self.owner.worker, **fields,
        )  # fmt: skip
