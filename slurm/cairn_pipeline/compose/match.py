"""The collector that gathers by a key: the proofs of a block, the parts of a split.

It keeps no state of its own. It reads messages once, and what it publishes is named after what it was made
of: a restart, or a second process that does the same, publishes nothing twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from cairn_pipeline.compose.message import Message, block_id, child_id, safe
from cairn_pipeline.compose.pipeline_file import Match
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
        self,
        name: str,
        settings: Match,
        sources: list[QueueStore],
        targets: list[QueueStore],
        feeders: set[str],
    ) -> None:
        self.name, self.settings, self.targets = name, settings, targets
        self._readers = [Reader(queue) for queue in sources]
        self._producers = set(settings.producers or feeders)
        self._gatherings: dict[str, _Gathering] = {}

    def step(self) -> int:
        """Publishes what is complete. Raises StageError(bad-input) for a message without the key."""
        count = 0
        for key in self.look():
            gathering = self._gatherings[key]
            count += self._publish(key, list(gathering.children.values()))
        return count

    def look(self) -> list[str]:
        """Reads what is new, publishes nothing; returns the keys that became complete."""
        touched = set()
        for reader in self._readers:
            for message in reader.fresh():
                key = message.field(self.settings.by)
                if key is None:
                    reason = f"collector {self.name}: message {message.id} has no {self.settings.by}"
                    raise StageError(ErrorClass.BAD_INPUT, reason)
                self._gatherings.setdefault(key, _Gathering()).children[message.id] = message
                touched.add(key)
        complete = []
        for key in sorted(touched):
            gathering = self._gatherings[key]
            if not gathering.closed and self._is_complete(gathering):
                gathering.closed = True
                complete.append(key)
        return complete

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
