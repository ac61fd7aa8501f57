"""Queues and consumer groups: who gets what, how often, and what is left by whom."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from cairn_pipeline.compose.consumer_group import ConsumerGroup, Counts, ResultRecord
from cairn_pipeline.compose.message import LONGEST_ID, Message, block_id, child_id
from cairn_pipeline.compose.owner import process_start, this_owner
from cairn_pipeline.compose.queue_store import QueueStore
from cairn_pipeline.contract import ErrorClass, StageError


def message(block: int) -> Message:
    return Message(id=block_id(block), block=block, producer="test", data=block)


@pytest.fixture
def queue(tmp_path: Path) -> QueueStore:
    store = QueueStore(tmp_path, "blocks")
    for block in (3, 1, 2):
        assert store.publish(message(block))
    return store


def result(group: ConsumerGroup, text: str) -> ResultRecord:
    made = Message(id="x", block=1, producer="test", data=text)
    return ResultRecord(queues=["out"], messages=[made], seconds=0, owner=this_owner("w"))


def test_the_first_message_of_an_id_stays(queue: QueueStore) -> None:
    assert not queue.publish(message(1).model_copy(update={"data": "other"}))
    assert queue.read(block_id(1)).data == 1
    assert [path.name for path in queue.messages.iterdir() if path.name.startswith(".")] == []


def test_messages_come_by_block_and_to_every_group(queue: QueueStore) -> None:
    for name in ("one", "two"):
        group = ConsumerGroup(queue, name)
        claims = [group.claim(this_owner("w")) for _ in range(4)]
        assert [claim and claim.message.block for claim in claims] == [1, 2, 3, None]
        assert group.counts() == Counts(running=3)


def test_two_workers_never_get_the_same_message(tmp_path: Path) -> None:
    store = QueueStore(tmp_path, "blocks")
    for block in range(40):
        store.publish(message(block))
    got: list[int] = []

    def work(name: str) -> None:
        group = ConsumerGroup(store, "group")
        while (claim := group.claim(this_owner(name))) is not None:
            got.append(claim.message.block)

    threads = [threading.Thread(target=work, args=(f"w{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == list(range(40))


CLAIM_AND_DIE = """
import os, signal, sys
from pathlib import Path
from cairn_pipeline.compose.consumer_group import ConsumerGroup
from cairn_pipeline.compose.owner import this_owner
from cairn_pipeline.compose.queue_store import QueueStore
group = ConsumerGroup(QueueStore(Path(sys.argv[1]), "blocks"), "group")
print(group.claim(this_owner("w")).message.block, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_worker_held_is_delivered_once_more(queue: QueueStore, tmp_path: Path) -> None:
    died = subprocess.run(
        [sys.executable, "-c", CLAIM_AND_DIE, str(tmp_path)], capture_output=True, text=True
    )
    assert died.stdout == "1\n", died.stderr
    group = ConsumerGroup(queue, "group")
    claims = [group.claim(this_owner("w")) for _ in range(4)]
    assert [claim and claim.message.block for claim in claims] == [1, 2, 3, None]
    assert claims[0] is not None and claims[0].record.delivery == 2 and claims[0].record.attempt == 2
    assert claims[0].previous is not None and claims[0].previous.owner.pid != os.getpid()


def test_a_worker_of_another_host_keeps_its_message_for_a_lease(queue: QueueStore) -> None:
    group = ConsumerGroup(queue, "group", lease_seconds=60)
    elsewhere = this_owner("w").model_copy(update={"place": "elsewhere/boot/pid:[1]"})
    claim = group.claim(elsewhere)
    assert claim is not None
    assert [group.claim(this_owner("w")).message.block for _ in range(2)] == [2, 3]  # type: ignore[union-attr]
    assert group.claim(this_owner("w")) is None
    os.utime(claim.path, (time.time() - 61, time.time() - 61))
    again = group.claim(this_owner("w"))
    assert again is not None and again.message.block == 1
    group.renew(claim)  # the one that was given up: changes nothing
    assert group.counts() == Counts(running=3)


def test_a_process_number_that_is_used_again_is_another_owner() -> None:
    owner = this_owner("w")
    assert owner.is_gone() is False
    assert owner.model_copy(update={"started": owner.started - 1}).is_gone() is True
    assert process_start(2**22 + 1) is None


def test_the_first_result_counts(queue: QueueStore) -> None:
    group = ConsumerGroup(queue, "group")
    first, second = result(group, "first"), result(group, "second")
    assert group.keep(block_id(1), first).messages[0].data == "first"
    assert group.keep(block_id(1), second).messages[0].data == "first"


def test_a_finished_message_is_not_delivered_again(queue: QueueStore) -> None:
    group, late = ConsumerGroup(queue, "group"), ConsumerGroup(queue, "group")
    claim = group.claim(this_owner("w"))
    assert claim is not None
    group.finish(claim.message.id)
    assert list(group.claims.glob(f"{claim.message.id}.*")) == []
    late.give_back(claim, "a worker that was taken for dead")
    assert [group.claim(this_owner("w")).message.block for _ in range(2)] == [2, 3]  # type: ignore[union-attr]
    assert group.counts() == Counts(running=2, done=1)


def test_a_failure_waits_and_a_stop_does_not_count(queue: QueueStore) -> None:
    group = ConsumerGroup(queue, "group")
    claim = group.claim(this_owner("w"))
    assert claim is not None
    group.give_back(claim, None, counted=False)
    claim = group.claim(this_owner("w"))
    assert claim is not None and claim.message.block == 1
    assert (claim.record.delivery, claim.record.attempt) == (2, 1)
    group.give_back(claim, "node down", delay_seconds=3600)
    other = group.claim(this_owner("w"))
    assert other is not None and other.message.block == 2
    assert group.counts() == Counts(waiting=1, running=1, retrying=1)


def test_a_parked_message_keeps_its_evidence_until_it_is_revived(queue: QueueStore) -> None:
    group = ConsumerGroup(queue, "group")
    claim = group.claim(this_owner("w"))
    assert claim is not None
    group.note(claim, {"pid": 1}, Path("/scratch/1"))
    group.park(claim.message.id, claim.record, StageError(ErrorClass.BAD_INPUT, "no PIE"))
    record = group.dead_messages()[block_id(1)]
    assert (record.class_, record.reason, record.work_dir) == (
        ErrorClass.BAD_INPUT,
        "no PIE",
        Path("/scratch/1"),
    )
    assert group.counts() == Counts(waiting=2, dead=1)
    assert group.revive([block_id(1), "never-parked"]) == 1
    again = group.claim(this_owner("w"))
    assert again is not None and (again.message.block, again.record.attempt) == (1, 1)


def test_a_damaged_message_is_parked_and_the_next_is_delivered(queue: QueueStore) -> None:
    (queue.messages / f"{block_id(1)}.json").write_text("{")
    group = ConsumerGroup(queue, "group")
    claim = group.claim(this_owner("w"))
    assert claim is not None and claim.message.block == 2
    assert group.dead_messages()[block_id(1)].class_ is ErrorClass.BAD_INPUT


def test_ids_stay_short_and_differ() -> None:
    name = block_id(1)
    for _ in range(60):
        name = child_id(name, "a_dispatcher_with_a_long_name", 1)
        assert len(name) <= LONGEST_ID and name.startswith(block_id(1))
    assert child_id(name, "x", 1) != child_id(name, "x", 2)
    assert sorted([block_id(10), block_id(9)]) == [block_id(9), block_id(10)]
