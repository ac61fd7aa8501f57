"""Match, sequence, batch: complete, in order, and the same after a restart."""

from pathlib import Path

import pytest

from cairn_pipeline.compose.in_order import BatchCollector, SequenceCollector
from cairn_pipeline.compose.match import MatchCollector
from cairn_pipeline.compose.message import Message, Part, block_id
from cairn_pipeline.compose.pipeline_file import Batch, Match, Sequence
from cairn_pipeline.compose.queue_store import QueueStore
from cairn_pipeline.contract import Artifact, StageError
from cairn_pipeline.da.felts import PRIME


def message(block: int, producer: str = "p", **fields) -> Message:
    return Message(
        id=f"{block_id(block)}.{producer}", block=block, producer=producer, **{"data": block, **fields}
    )


@pytest.fixture
def queues(tmp_path: Path) -> tuple[QueueStore, QueueStore]:
    return QueueStore(tmp_path, "in"), QueueStore(tmp_path, "out")


def contents(queue: QueueStore) -> list[list[int]]:
    return [[child.block for child in queue.read(i).children] or [queue.read(i).block] for i in queue.ids()]


def match(queues, feeders=frozenset({"a", "b"}), **settings) -> MatchCollector:
    source, target = queues
    full = Match.model_validate({"strategy": "match", "from": "in", "to": "out", **settings})
    return MatchCollector("join", full, [source], [target], set(feeders))


def test_a_block_is_complete_when_all_its_producers_have_delivered(queues) -> None:
    source, target = queues
    collector = match(queues)
    for one in (message(1, "a"), message(2, "b"), message(2, "a")):
        source.publish(one)
    assert collector.step() == 1 and target.ids() == ["b000000000002.join"]
    assert [child.producer for child in target.read(target.ids()[0]).children] == ["a", "b"]
    assert collector.missing() == {"1": ["b"]}
    source.publish(message(1, "b"))
    assert collector.step() == 1
    assert match(queues).step() == 0  # a restart publishes nothing again
    assert len(target.ids()) == 2


def test_matching_by_a_field_and_a_count(queues) -> None:
    source, target = queues
    collector = match(queues, by="data.job", inputs=2)
    for block, job in ((1, "x"), (2, "y"), (3, "x")):
        source.publish(message(block, data={"job": job}))
    assert collector.step() == 1 and contents(target) == [[1, 3]]
    source.publish(message(4, data={"other": 1}))
    with pytest.raises(StageError, match="has no data.job"):
        collector.step()


def test_parts_are_gathered_by_group_at_each_level(queues) -> None:
    source, target = queues
    outer = Part(group="whole", number=1, of=2)
    for number in (2, 0, 1):
        inner = Part(group=f"{block_id(7)}.split", number=number, of=3)
        source.publish(message(7, f"s{number}", lineage=[outer, inner], data=number))
    assert match(queues, by="group").step() == 1
    gathered = target.read(target.ids()[0])
    assert gathered.data == [0, 1, 2] and gathered.lineage == [outer]


def sequence(queues, first: int | None = 1, size: int = 1) -> SequenceCollector:
    source, target = queues
    settings = Sequence.model_validate({"strategy": "sequence", "from": "in", "to": "out", "size": size})
    return SequenceCollector("order", settings, source, [target], lambda: first)


def test_a_sequence_waits_for_the_missing_block(queues) -> None:
    source, target = queues
    collector = sequence(queues)
    for block in (3, 2):
        source.publish(message(block))
    assert collector.step() == 0 and collector.waiting() == 1
    source.publish(message(1))
    assert collector.step() == 3 and contents(target) == [[1], [2], [3]]
    source.publish(message(4))
    assert sequence(queues).step() == 1  # a restart goes on where it was
    assert contents(target) == [[1], [2], [3], [4]]
    assert sequence(queues, first=None).step() == 0


def test_a_sequence_of_several_together(queues) -> None:
    source, target = queues
    for block in range(1, 6):
        source.publish(message(block))
    assert sequence(queues, size=2).step() == 2
    assert contents(target) == [[1, 2], [3, 4]]
    assert target.read(target.ids()[1]).first_block == 3


def test_two_messages_for_one_place_contradict(queues) -> None:
    source, _ = queues
    source.publish(message(2, "a"))
    source.publish(message(2, "b"))
    with pytest.raises(StageError, match="two messages from block 2 on"):
        sequence(queues).step()


def os_output(folder: Path, block: int) -> dict[str, Artifact]:
    path = folder / f"{block}.json"
    words = [block - 1, block, (block - 1) % PRIME, block, block + 9, block + 10, 0, 7, 0, 1, 0, 0, 0, 0]
    path.write_text(str(words))
    return {"snos_output": Artifact.of(path)}


def batch(queues, clock=lambda: 0.0, **limits) -> BatchCollector:
    source, target = queues
    settings = Batch.model_validate({"strategy": "batch", "from": "in", "to": "out", "limits": limits})
    return BatchCollector("batch", settings, source, [target], lambda: 1, clock)


def test_batches_close_at_limits_and_go_on_after_a_restart(queues, tmp_path: Path) -> None:
    source, target = queues
    now = [0.0]
    collector = batch(queues, lambda: now[0], max_blocks=2, max_age_seconds=60)
    for block in (1, 2, 3, 5):
        source.publish(message(block, outputs=os_output(tmp_path, block)))
    assert collector.step() == 1 and contents(target) == [[1, 2]]
    now[0] = 61.0
    assert collector.step() == 1 and contents(target) == [[1, 2], [3]]
    source.publish(message(4, outputs=os_output(tmp_path, 4)))
    # Another process, with another clock and other limits: what is published counts.
    other = batch(queues, max_blocks=100)
    assert other.step() == 0 and other.flush() == 1
    assert contents(target) == [[1, 2], [3], [4, 5]]
    assert collector.step() == 0 and collector.flush() == 0
    facts = [target.read(i).facts for i in target.ids()]
    assert [fact["closed_by"] for fact in facts] == ["leaf-limit", "age", "end-of-input"]
    assert [(fact["first_block"], fact["blocks"]) for fact in facts] == [(1, 2), (3, 1), (4, 2)]
    assert all(fact["predicted_blobs"] == 1 for fact in facts)


def test_two_batchers_that_race_agree(queues, tmp_path: Path) -> None:
    source, target = queues
    one, two = batch(queues, max_blocks=3), batch(queues, max_blocks=3)
    for block in (1, 2):
        source.publish(message(block, outputs=os_output(tmp_path, block)))
    assert one.step() == two.step() == 0
    assert one.flush() == 1  # closes 1..2 before two's limit is reached
    source.publish(message(3, outputs=os_output(tmp_path, 3)))
    assert two.step() == 0 and two.flush() == 1
    assert contents(target) == [[1, 2], [3]]


def test_a_message_without_an_os_output_cannot_be_batched(queues) -> None:
    queues[0].publish(message(1))
    with pytest.raises(StageError, match="no snos_output among its files"):
        batch(queues).step()
