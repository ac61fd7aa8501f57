"""Collectors that hand messages on in the order of blocks, without gaps: several together, or in batches.

What they publish is named after the first block it covers, and the first publication counts. So a restart
finds in the target queue how far it came, and two processes whose clocks close a batch differently agree.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable

from cairn_pipeline.batching.batcher import Batcher, ClosedBatch
from cairn_pipeline.batching.measure import measure
from cairn_pipeline.compose.match import Reader, gathered
from cairn_pipeline.compose.message import Message, block_id, child_id
from cairn_pipeline.compose.pipeline_file import Batch, Sequence
from cairn_pipeline.compose.queue_store import QueueStore
from cairn_pipeline.contract import ErrorClass, StageError

FirstBlock = Callable[[], int | None]  # None while it is not known


class InOrder(ABC):
    """What both have in common: messages by first block, and the block that comes next."""

    def __init__(self, name: str, source: QueueStore, targets: list[QueueStore], first: FirstBlock) -> None:
        self.name, self.targets, self._first = name, targets, first
        self._reader = Reader(source)
        self._messages: dict[int, Message] = {}  # by first block; not published yet
        self._next: int | None = None  # first block of what is published next

    def step(self) -> int:
        """Publishes what is due. Raises StageError for messages that contradict each other."""
        for message in self._reader.fresh():
            other = self._messages.setdefault(message.first_block, message)
            if other.id != message.id:
                both = f"{other.id}, {message.id}"
                reason = f"collector {self.name}: two messages from block {message.first_block} on: {both}"
                raise StageError(ErrorClass.BAD_INPUT, reason)
        if self._next is None:
            self._next = self._first()
        if self._next is None:
            return 0
        self._skip_published()
        return self._gather()

    def waiting(self) -> int | None:
        """The block that others wait for, None if nothing waits."""
        if self._next is None or not self._messages or self._next in self._messages:
            return None
        return self._next

    @abstractmethod
    def _gather(self) -> int:
        """Publishes what is complete from self._next on."""

    def _id(self, first_block: int) -> str:
        return child_id(block_id(first_block), self.name)

    def _skip_published(self) -> None:
        """Goes on behind what this collector published before, in this process or another."""
        assert self._next is not None
        while self._id(self._next) in self.targets[0]:
            winner = self.targets[0].read(self._id(self._next))
            for queue in self.targets[1:]:
                queue.publish(winner)
            self._pass(winner)

    def _pass(self, published: Message) -> None:
        self._next = published.block + 1
        for first in [first for first in self._messages if first <= published.block]:
            del self._messages[first]

    def _publish(self, message: Message) -> int:
        """Publishes under the rule that the first counts, and goes on behind what counted."""
        new = self.targets[0].publish(message)
        self._skip_published()
        return int(new)


class SequenceCollector(InOrder):
    """So many together."""

    def __init__(
        self, name: str, settings: Sequence, source: QueueStore, targets: list[QueueStore], first: FirstBlock
    ) -> None:
        super().__init__(name, source, targets, lambda: first() if settings.first is None else settings.first)
        self.size = settings.size

    def _gather(self) -> int:
        count = 0
        while children := self._run():
            message_id = self._id(children[0].first_block)
            if self.size == 1:
                message = children[0].model_copy(update={"id": message_id, "producer": self.name})
            else:
                message = gathered(message_id, self.name, children)
                message.facts = {**message.facts, "first_block": children[0].first_block}
            count += self._publish(message)
        return count

    def _run(self) -> list[Message]:
        """The next `size` messages, or none if one of them is missing."""
        children: list[Message] = []
        block = self._next
        while len(children) < self.size:
            if block is None or block not in self._messages:
                return []
            children.append(self._messages[block])
            block = children[-1].block + 1
        return children


class BatchCollector(InOrder):
    """As many as settlement can carry together."""

    def __init__(
        self,
        name: str,
        settings: Batch,
        source: QueueStore,
        targets: list[QueueStore],
        first: FirstBlock,
        now: Callable[[], float],
    ) -> None:
        super().__init__(name, source, targets, lambda: first() if settings.first is None else settings.first)
        self._now = now
        self._batcher = Batcher(settings.limits)
        self._added: int | None = None  # the block after the last one in the open batch
        self._began: int | None = None  # the first block in it

    def _gather(self) -> int:
        if self._began != self._next:  # published by another process: what was added belongs to that
            self._batcher.clear()
            self._began = self._added = self._next
        count = 0
        while self._added is not None and self._added in self._messages:
            message = self._messages[self._added]
            closed = self._batcher.add(measure(message.block, message.outputs, message.facts), self._now())
            self._added = message.block + 1
            for batch in closed:
                count += self._close(batch)
                if self._began != self._next:
                    return count + self._gather()
        late = self._batcher.tick(self._now())
        return count + (self._close(late) if late else 0)

    def flush(self) -> int:
        """Closes the open batch: nothing more will come."""
        batch = self._batcher.flush()
        return self._close(batch) if batch else 0

    def _close(self, batch: ClosedBatch) -> int:
        children = [self._messages[block] for block in batch.blocks]
        message = gathered(self._id(batch.blocks[0]), self.name, children)
        message.facts = {
            **message.facts,
            "first_block": batch.blocks[0],
            "blocks": len(batch.blocks),
            "closed_by": batch.reason.value,
            "predicted_da_felts": batch.weight.da_felts,
            "predicted_blobs": batch.weight.blobs,
            "predicted_gas": batch.weight.gas,
        }
        self._began = batch.blocks[-1] + 1
        return self._publish(message)
