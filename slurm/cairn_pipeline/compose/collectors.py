"""Collectors that gather: match by a key, hand on in order, batch under limits.

None of them keeps state of its own. Each reads messages once, and what it publishes is named after what it was
made of: a restart, or a second process that does the same, publishes nothing twice.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cairn_pipeline.batching.batcher import Batcher
from cairn_pipeline.batching.measure import measure
from cairn_pipeline.compose.message import Message, block_id, child_id, safe
from cairn_pipeline.compose.pipeline_file import Batch, Match, Sequence
from cairn_pipeline.compose.queue_store import QueueStore
from cairn_pipeline.contract import Artifact, ErrorClass, Fact, StageError


class Reader:
    """Messages of a queue that were not read before."""

    def __init__(self, queue: QueueStore) -> None:
        self._queue = queue
        self._seen: set[str] = set()

    def fresh(self) -> Iterable[Message]:
        for message_id in self._queue.ids():
            if message_id not in self._seen:
                message = self._queue.read(message_id)
                self._seen.add(message_id)
                yield message


def gathered(message_id: str, name: str, children: list[Message]) -> Message:
    """One message for several. Equal names of files go to the later child; the children keep their own."""
    lineage = children[0].lineage
    outputs: dict[str, Artifact] = {}
    facts: dict[str, Fact] = {}
    for child in children:
        outputs |= child.outputs
        facts |= child.facts
    return Message(
        id=message_id,
        block=max(child.block for child in children),
        producer=name,
        lineage=lineage,
        data=[child.data for child in children],
        outputs=outputs,
        facts=facts,
        children=children,
    )


@dataclass
class _Gathering:
    children: dict[str, Message] = field(default_factory=dict)
    closed: bool = False


class MatchCollector:
    """Gathers messages whose key is equal, until all are there."""

    def __init__(
        self, name: str, settings: Match, sources: list[QueueStore], targets: list[QueueStore], feeders: set[str]
    ) -> None:
        self.name, self.settings, self.targets = name, settings, targets
        self._readers = [Reader(queue) for queue in sources]
        self._producers = set(settings.producers or feeders)
        self._gatherings: dict[str, _Gathering] = {}

    def step(self) -> int:
        """Publishes what is complete. Raises StageError(bad-input) for a message without the key."""
        touched = set()
        for reader in self._readers:
            for message in reader.fresh():
                key = message.field(self.settings.by)
                if key is None:
                    reason = f"collector {self.name}: message {message.id} has no {self.settings.by}"
                    raise StageError(ErrorClass.BAD_INPUT, reason)
                self._gatherings.setdefault(key, _Gathering()).children[message.id] = message
                touched.add(key)
        count = 0
        for key in sorted(touched):
            gathering = self._gatherings[key]
            if not gathering.closed and self._is_complete(gathering):
                gathering.closed = True
                count += self._publish(key, list(gathering.children.values()))
        return count

    def missing(self) -> dict[str, list[str]]:
        """Incomplete keys, with the producers that they wait for where that is known."""
        result = {}
        for key, gathering in self._gatherings.items():
            if not gathering.closed:
                there = {message.producer for message in gathering.children.values()}
                result[key] = sorted(self._producers - there) if self._by_producers() else []
        return result

    def _by_producers(self) -> bool:
        return self.settings.inputs is None and self.settings.by != "group"

    def _is_complete(self, gathering: _Gathering) -> bool:
        children = gathering.children.values()
        if self.settings.inputs is not None:
            return len(children) >= self.settings.inputs
        if self.settings.by == "group":
            first = next(iter(children))
            numbers = {child.lineage[-1].number for child in children}
            return len(numbers) == first.lineage[-1].of
        return self._producers <= {child.producer for child in children}

    def _publish(self, key: str, children: list[Message]) -> int:
        if self.settings.by == "group":
            children.sort(key=lambda child: (child.lineage[-1].number, child.id))
            message = gathered(child_id(key, self.name), self.name, children)
            message.lineage = children[0].lineage[:-1]
        else:
            children.sort(key=lambda child: (child.block, child.id))
            base = block_id(max(child.block for child in children))
            message_id = child_id(base, self.name)
            if self.settings.by != "block":
                message_id = child_id(message_id, safe(key))
            message = gathered(message_id, self.name, children)
            message.lineage = []
        return sum(queue.publish(message) for queue in self.targets)


class SequenceCollector:
    """Hands messages on in the order of their blocks, without gaps."""

    def __init__(
        self,
        name: str,
        settings: Sequence,
        source: QueueStore,
        targets: list[QueueStore],
        first: Callable[[], int | None],
    ) -> None:
        self.name, self.settings, self.targets, self._first = name, settings, targets, first
        self._reader = Reader(source)
        self._waiting: dict[int, Message] = {}
        self._next: int | None = None

    def step(self) -> int:
        for message in self._reader.fresh():
            if message.block in self._waiting:
                other = self._waiting[message.block].id
                reason = f"collector {self.name}: two messages for block {message.block}: {other} and {message.id}"
                raise StageError(ErrorClass.BAD_INPUT, reason)
            self._waiting[message.block] = message
        if self._next is None:
            self._next = self.settings.first if self.settings.first is not None else self._first()
        if self._next is None:
            return 0
        count = 0
        while all(self._next + i in self._waiting for i in range(self.settings.size)):
            children = [self._waiting.pop(self._next + i) for i in range(self.settings.size)]
            self._next += self.settings.size
            message_id = child_id(block_id(children[-1].block), self.name)
            if self.settings.size == 1:
                message = children[0].model_copy(update={"id": message_id, "producer": self.name})
            else:
                message = gathered(message_id, self.name, children)
            count += sum(queue.publish(message) for queue in self.targets)
        return count


class BatchCollector:
    """Gathers consecutive blocks until a limit is hit."""

    def __init__(
        self,
        name: str,
        settings: Batch,
        source: QueueStore,
        targets: list[QueueStore],
        first: Callable[[], int | None],
        now: Callable[[], float],
    ) -> None:
        self.name, self.settings, self.targets, self._first, self._now = name, settings, targets, first, now
        self._reader = Reader(source)
        self._waiting: dict[int, Message] = {}
        self._taken: dict[int, Message] = {}
        self._next: int | None = None
        self._batcher = Batcher(settings.limits)

    def step(self) -> int:
        """Raises StageError(refused) for a block that no batch could settle."""
        for message in self._reader.fresh():
            self._waiting[message.block] = message
        if self._next is None:
            self._next = self.settings.first if self.settings.first is not None else self._first()
        count = 0
        while self._next is not None and self._next in self._waiting:
            message = self._waiting[self._next]
            closed = self._batcher.add(measure(message.block, message.outputs, message.facts), self._now())
            self._taken[self._next] = self._waiting.pop(self._next)
            self._next += 1
            count += sum(self._publish(batch.blocks, batch.reason) for batch in closed)
        late = self._batcher.tick(self._now())
        return count + (self._publish(late.blocks, late.reason) if late else 0)

    def flush(self) -> int:
        """Closes the open batch: nothing more will come."""
        batch = self._batcher.flush("end of input")
        return self._publish(batch.blocks, batch.reason) if batch else 0

    def _publish(self, blocks: list[int], reason: str) -> int:
        children = [self._taken.pop(block) for block in blocks]
        message = gathered(child_id(block_id(children[-1].block), self.name), self.name, children)
        message.facts = {**message.facts, "first_block": blocks[0], "blocks": len(blocks), "closed_by": reason}
        return sum(queue.publish(message) for queue in self.targets)
