"""A consumer group's account of a queue: every message goes to one worker of the group at a time.

At least once for the work, exactly once for its effect: a worker that dies is noticed and the message
delivered again, the first result is the one that is kept, and publishing it twice changes nothing.
"""

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, Field

from cairn_pipeline.compose.message import Message
from cairn_pipeline.compose.owner import Owner
from cairn_pipeline.compose.queue_store import Listing, QueueStore, publish_once
from cairn_pipeline.contract import ErrorClass, StageError, Strict
from cairn_pipeline.files import write_atomic

LEASE_SECONDS = 30.0


class ClaimRecord(Strict):
    """One delivery of one message."""

    owner: Owner
    delivery: int
    attempt: int  # deliveries that counted: a worker that was stopped, or a job taken over, does not
    begun: float
    handle: dict[str, Any] | None = None  # how the executor finds the program that runs
    work_dir: Path | None = None
    ended: float | None = None
    not_before: float = 0.0  # after a failure that may be tried again
    counted: bool = True
    error: str | None = None


class DeadRecord(Strict):
    """Why a message was parked."""

    class_: ErrorClass = Field(alias="class")
    reason: str
    attempt: int
    work_dir: Path | None
    at: float
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class ResultRecord(Strict):
    """What a message's work gave: messages to publish, each in all queues named."""

    queues: list[str]
    messages: list[Message]
    seconds: float
    owner: Owner


@dataclass
class Claim:
    """A message in the hands of a worker."""

    message: Message
    record: ClaimRecord
    path: Path
    previous: ClaimRecord | None  # of the worker that had it before


@dataclass(frozen=True)
class Counts:
    """Messages of a queue by their state in one group."""

    waiting: int = 0
    running: int = 0
    retrying: int = 0
    done: int = 0
    dead: int = 0

    @property
    def pending(self) -> int:
        return self.waiting + self.running + self.retrying


class ConsumerGroup:
    """One group's view of one queue."""

    def __init__(self, queue: QueueStore, name: str, lease_seconds: float = LEASE_SECONDS) -> None:
        self.queue, self.name, self.lease_seconds = queue, name, lease_seconds
        self.folder = queue.folder / "groups" / name
        folders = [self.folder / part for part in ("claims", "results", "done", "dead")]
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
        self.claims, self.results, self.done, self.dead = folders
        self._claims, self._done, self._dead = (
            Listing(folder) for folder in (self.claims, self.done, self.dead)
        )

    def claim(self, owner: Owner) -> Claim | None:
        """The next message by block that nobody works on, or None."""
        for message_id, last in self._open():
            if last is not None and not self._is_free(last):
                continue
            claim = self._take(message_id, owner, last)
            if claim is not None:
                return claim
        return None

    def _open(self) -> list[tuple[str, tuple[Path, ClaimRecord] | None]]:
        """Messages neither done nor dead, each with its latest delivery."""
        deliveries: dict[str, str] = {}
        for name in self._claims.names():
            message_id = name.rsplit(".", 2)[0]
            deliveries[message_id] = max(name, deliveries.get(message_id, ""))
        closed = self._done.names() | {name.removesuffix(".json") for name in self._dead.names()}
        result = []
        for message_id in self.queue.ids():
            if message_id not in closed:
                last = deliveries.get(message_id)
                result.append((message_id, self._read_claim(self.claims / last) if last else None))
        return result

    @staticmethod
    def _read_claim(path: Path) -> tuple[Path, ClaimRecord] | None:
        try:
            return path, ClaimRecord.model_validate_json(path.read_bytes())
        except FileNotFoundError:  # its message was done since the listing
            return None

    def _is_free(self, last: tuple[Path, ClaimRecord]) -> bool:
        path, record = last
        if record.ended is not None:
            return time.time() >= record.not_before
        gone = record.owner.is_gone()
        if gone is not None:
            return gone
        try:
            return self._file_system_time() - path.stat().st_mtime > self.lease_seconds
        except FileNotFoundError:
            return False

    def _file_system_time(self) -> float:
        """Now, by the clock that dates the claims, which may be another host's."""
        clock = self.folder / ".clock"
        clock.touch()
        return clock.stat().st_mtime

    def _take(self, message_id: str, owner: Owner, last: tuple[Path, ClaimRecord] | None) -> Claim | None:
        previous = last[1] if last else None
        record = ClaimRecord(
            owner=owner,
            delivery=previous.delivery + 1 if previous else 1,
            attempt=previous.attempt + previous.counted if previous else 1,
            begun=time.time(),
        )
        path = self.claims / f"{message_id}.{record.delivery:04d}.json"
        if not publish_once(path, record.model_dump_json() + "\n"):
            return None
        # It may have been finished, and its claims removed, between our listings and our claim.
        if (self.done / message_id).exists() or (self.dead / f"{message_id}.json").exists():
            path.unlink()
            return None
        try:
            return Claim(self.queue.read(message_id), record, path, previous)
        except StageError as error:
            self.park(message_id, record, error)
            return None

    def note(self, claim: Claim, handle: dict[str, Any] | None, work_dir: Path) -> None:
        """Records what runs for a claim, so that whoever gets the message next can find it."""
        claim.record.handle, claim.record.work_dir = handle, work_dir
        write_atomic(claim.path, claim.record.model_dump_json() + "\n")

    def renew(self, claim: Claim) -> None:
        """Tells other hosts that the owner lives."""
        try:
            os.utime(claim.path)
        except FileNotFoundError:
            pass  # another worker, to whom we seemed dead, has finished it

    def give_back(
        self, claim: Claim, error: str | None, delay_seconds: float = 0.0, counted: bool = True
    ) -> None:
        """Ends a delivery: the message is free again after the delay."""
        claim.record.ended = time.time()
        claim.record.not_before = claim.record.ended + delay_seconds
        claim.record.counted, claim.record.error = counted, error
        write_atomic(claim.path, claim.record.model_dump_json() + "\n")

    def result(self, message_id: str) -> ResultRecord | None:
        """The result of a worker that may have died before publishing it."""
        try:
            return ResultRecord.model_validate_json((self.results / f"{message_id}.json").read_bytes())
        except FileNotFoundError:
            return None

    def keep(self, message_id: str, result: ResultRecord) -> ResultRecord:
        """Makes a result the message's one result and returns the one that counts, the first."""
        publish_once(self.results / f"{message_id}.json", result.model_dump_json(by_alias=True) + "\n")
        kept = self.result(message_id)
        assert kept is not None  # results are never removed
        return kept

    def finish(self, message_id: str) -> None:
        """Marks a message as done. Its results must be published by now."""
        publish_once(self.done / message_id, json.dumps({"at": time.time()}) + "\n")
        self._forget_claims(message_id)

    def park(self, message_id: str, record: ClaimRecord, error: StageError) -> None:
        """Takes a message out of delivery, with the evidence."""
        dead = DeadRecord(
            class_=error.error_class,
            reason=error.reason,
            attempt=record.attempt,
            work_dir=record.work_dir,
            at=time.time(),
        )
        publish_once(self.dead / f"{message_id}.json", dead.model_dump_json(by_alias=True) + "\n")
        self._forget_claims(message_id)

    def _forget_claims(self, message_id: str) -> None:
        for path in self.claims.glob(f"{message_id}.????.json"):
            path.unlink(missing_ok=True)

    def dead_messages(self) -> dict[str, DeadRecord]:
        """The parked messages by id."""
        records = {}
        for name in sorted(self._dead.names()):
            records[name.removesuffix(".json")] = DeadRecord.model_validate_json(
                (self.dead / name).read_bytes()
            )
        return records

    def revive(self, message_ids: Sequence[str]) -> int:
        """Delivers parked messages again, with all their attempts; returns how many there were."""
        count = 0
        for message_id in message_ids:
            path = self.dead / f"{message_id}.json"
            if path.exists():
                path.unlink()
                count += 1
        return count

    def counts(self) -> Counts:
        """Messages by state, now."""
        waiting = running = retrying = 0
        for _, last in self._open():
            if last is None or (last[1].ended is not None and last[1].error is None):
                waiting += 1
            elif last[1].ended is not None:
                retrying += 1
            elif self._is_free(last):
                waiting += 1
            else:
                running += 1
        return Counts(waiting, running, retrying, len(self._done.names()), len(self._dead.names()))
