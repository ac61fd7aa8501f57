"""Workers, programs and whole engines die at any step: nothing is lost, nothing comes twice."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from composed import BLOCKS, PATIENCE_SECONDS, compose, finished

from cairn_pipeline.compose.consumer_group import ConsumerGroup
from cairn_pipeline.compose.message import block_id
from cairn_pipeline.compose.owner import Owner, process_start
from cairn_pipeline.compose.queue_store import QueueStore
from cairn_pipeline.contract import ErrorClass

PROVE = """
[dispatchers.prove]
from = "blocks"
to = "proofs"
run = "{program}"
format = "plain"
retry_seconds = 0
"""


def prove(program: Path, more: str = "") -> str:
    return BLOCKS + PROVE.replace('"{program}"', f'["{program}"]') + more


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.02)


def test_a_killed_engine_loses_and_doubles_nothing(tmp_path: Path, program, runs, messages) -> None:
    # The first run of block 2's program hangs, as one does whose node went away.
    hung = tmp_path / "hung"
    hang = f"if [[ $(cat $input) == 2 && ! -e {hung} ]]; then touch {hung}; sleep 1000 & wait; fi"
    path = program("prove", f'{hang}; cp "$input" "$output"')
    file = tmp_path / "p.toml"
    file.write_text('name = "test"\n' + prove(path))
    arguments = ("run", file, "--state", tmp_path / "state", "--first", "1", "--last", "4", "--until-idle")
    first = compose(*arguments)
    wait_until(hung.exists, "block 2's program runs")
    first.send_signal(signal.SIGKILL)
    finished(first)
    code, _, err = finished(compose(*arguments))
    assert code == 0, err
    assert [message.data for message in messages("proofs")] == [1, 2, 3, 4]
    assert sorted(runs("prove")) == ["1", "2", "2", "3", "4"]  # block 2 once more, no other
    for line in (tmp_path / "prove.runs").read_text().splitlines():  # the orphan was ended, with its children
        assert process_start(int(line.split()[0])) is None


def test_a_stopped_engine_gives_its_message_back_uncounted(tmp_path: Path, program, messages) -> None:
    path = program(
        "prove",
        f'if [[ ! -e {tmp_path}/begun ]]; then touch {tmp_path}/begun; sleep 1000; fi; cp "$input" "$output"',
    )
    file = tmp_path / "p.toml"
    file.write_text('name = "test"\n' + prove(path, "attempts = 1"))
    arguments = ("run", file, "--state", tmp_path / "state", "--first", "1", "--last", "1", "--until-idle")
    engine = compose(*arguments)
    wait_until((tmp_path / "begun").exists, "the program runs")
    engine.send_signal(signal.SIGTERM)
    assert finished(engine)[0] == ErrorClass.TRANSIENT.exit_code
    code, _, err = finished(compose(*arguments))
    assert code == 0, err
    assert [message.data for message in messages("proofs")] == [1]


@pytest.mark.parametrize("step", ["keep", "publish", "finish"])
def test_a_worker_that_dies_between_two_steps(
    step: str, tmp_path: Path, program, runs, pipeline, messages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next worker goes on with the step that was not reached; the program runs twice only before keep."""
    text = prove(program("prove", 'cp "$input" "$output"'))
    place = {
        "keep": (ConsumerGroup, "keep"),
        "publish": (QueueStore, "publish"),
        "finish": (ConsumerGroup, "finish"),
    }
    owner, name = place[step]
    real = getattr(owner, name)

    def dies(self, *arguments):
        if name != "publish" or self.name == "proofs":
            raise KeyboardInterrupt
        return real(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, dies)
        with pytest.raises(KeyboardInterrupt):
            pipeline(text, last=1)
    # This process lives on, so say for it that the worker which had the message is gone.
    for claim in (tmp_path / "state/queues/blocks/groups/prove/claims").glob("*.json"):
        claim.write_text(claim.read_text().replace(f'"pid":{os.getpid()}', '"pid":4194305'))
    assert pipeline(text, last=1).exit_code == 0
    assert [message.data for message in messages("proofs")] == [1]
    assert len(runs("prove")) == (2 if step == "keep" else 1)


def test_a_transient_failure_is_tried_again(tmp_path: Path, program, runs, pipeline, messages) -> None:
    path = program(
        "prove",
        f'if [[ ! -e {tmp_path}/tried ]]; then touch {tmp_path}/tried; exit 5; fi; cp "$input" "$output"',
    )
    events: list[dict] = []
    assert pipeline(prove(path), last=1, events=events).exit_code == 0
    assert [message.data for message in messages("proofs")] == [1]
    assert [event["event"] for event in events] == ["started", "retry", "started", "done"]


@pytest.mark.parametrize(
    ("body", "error_class", "count"),
    [
        ("echo no PIE >&2; exit 2", ErrorClass.BAD_INPUT, 1),
        ("echo invalid >&2; exit 3", ErrorClass.REFUSED, 1),
        ("exit 4", ErrorClass.CAPACITY, 3),
        ("exit 5", ErrorClass.TRANSIENT, 3),
        ("kill -KILL $$", ErrorClass.TRANSIENT, 3),
        ("exit 70", ErrorClass.BUG, 1),
        ("echo not JSON >$output", ErrorClass.BUG, 1),
        ("true", ErrorClass.BUG, 1),
    ],
)
def test_failures_by_class_and_only_of_their_block(
    body: str, error_class: ErrorClass, count: int, program, runs, pipeline, messages
) -> None:
    path = program("prove", f'if [[ $(cat $input) == 2 ]]; then {body}; exit; fi; cp "$input" "$output"')
    outcome = pipeline(prove(path), last=3)
    record = outcome.dead["prove"][block_id(2)]
    assert record.class_ is error_class
    assert outcome.exit_code == error_class.exit_code
    assert runs("prove").count("2") == count
    assert [message.data for message in messages("proofs")] == [1, 3]
    if "echo" in body and ">&2" in body:
        assert body.split()[1] in record.reason


def test_a_message_that_kills_its_worker_each_time_is_parked(tmp_path: Path, program, pipeline) -> None:
    path = program("prove", "exit 1")
    text = prove(path, "attempts = 2")
    claims = tmp_path / "state/queues/blocks/groups/prove/claims"
    store = QueueStore(tmp_path / "state", "blocks")
    group = ConsumerGroup(store, "prove")
    gone = Owner(place="elsewhere", pid=1, started=1, worker="w")
    pipeline(text.replace("exit 1", ""), last=1, only=["blocks"])
    for _ in range(2):
        claim = group.claim(gone)
        assert claim is not None
        os.utime(claim.path, (0, 0))
    assert len(list(claims.glob("*.json"))) == 2
    outcome = pipeline(text, last=1)
    assert "its worker died in each of 2 attempts" in outcome.dead["prove"][block_id(1)].reason


def test_a_program_that_takes_too_long_is_ended(program, pipeline, tmp_path: Path) -> None:
    path = program("prove", "sleep 1000 & wait")
    outcome = pipeline(prove(path, "timeout_seconds = 1\nattempts = 1"), last=1)
    assert outcome.dead["prove"][block_id(1)].reason == "prove ran past its timeout of 1 s"
    assert process_start(int((tmp_path / "prove.runs").read_text().split()[0])) is None


def test_a_program_that_is_not_there_is_a_configuration_error(pipeline, tmp_path: Path) -> None:
    outcome = pipeline(prove(tmp_path / "nowhere"), last=1)
    assert outcome.dead["prove"][block_id(1)].class_ is ErrorClass.CONFIGURATION


def test_retry_delivers_parked_messages_again(tmp_path: Path, program, messages) -> None:
    path = program("prove", f'[[ -e {tmp_path}/repaired ]] || exit 2; cp "$input" "$output"')
    file, state = tmp_path / "p.toml", tmp_path / "state"
    file.write_text('name = "test"\n' + prove(path))
    arguments = ("run", file, "--state", state, "--first", "1", "--last", "1", "--until-idle")
    code, _, err = finished(compose(*arguments))
    assert code == 2 and "bad-input" in err
    (tmp_path / "repaired").touch()
    assert finished(compose("retry", file, "--state", state, "prove"))[:2] == (
        0,
        "1 messages will be delivered again\n",
    )
    assert finished(compose(*arguments))[0] == 0
    assert [message.data for message in messages("proofs")] == [1]
