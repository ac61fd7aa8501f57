"""Crashes, replacements, two senders at once: always one effect."""

import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from settlement_support import in_background, journal_of, made_up, run_settle, stage_process, updates

from cairn_pipeline.contract import read_output
from cairn_pipeline.settlement.devnet import Devnet, wait_for
from cairn_pipeline.settlement.errors import SettlementError
from cairn_pipeline.settlement.node import encode_call

pytestmark = pytest.mark.ethereum


class Proxy(ThreadingHTTPServer):
    """Between the stage and the node: may hold back what is sent, before or after the node has got it."""

    daemon_threads = True

    def __init__(self, target: str, hold: str, after: int) -> None:
        super().__init__(("127.0.0.1", 0), ProxyHandler)
        self.target, self.hold, self.after = target, hold, after
        self.sends = 0
        self.held, self.over = threading.Event(), threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def hold_back(self) -> None:
        """Leaves the sender without an answer until the test is over."""
        self.held.set()
        self.over.wait(120)


class ProxyHandler(BaseHTTPRequestHandler):
    server: Proxy

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        holding = False
        if json.loads(body)["method"] == "eth_sendRawTransaction":
            self.server.sends += 1
            holding = self.server.sends == self.server.after
        if holding and self.server.hold == "before":
            self.server.hold_back()
            return
        answer = requests.post(
            self.server.target, data=body, headers={"Content-Type": "application/json"}, timeout=60
        ).content
        if holding:
            self.server.hold_back()
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def proxy(target: str, hold: str, after: int) -> Iterator[Proxy]:
    server = Proxy(target, hold, after)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("hold", ["before", "after"])
@pytest.mark.parametrize("step", ["register-fact", "update-state"])
def test_killed_around_sending(devnet: Devnet, core: str, tmp_path: Path, hold: str, step: str) -> None:
    """kill -9 when the transaction is in the journal and not sent, and when it is sent and nobody knows."""
    words, options = made_up(8), devnet.settle_options(core)
    before = devnet.node.nonce(devnet.address, "latest")
    with proxy(devnet.node.url, hold, 1 if step == "register-fact" else 2) as between:
        with stage_process(tmp_path, words, {**options, "rpc_url": between.url}) as process:
            assert between.held.wait(120)
            process.send_signal(signal.SIGKILL)
            process.wait()
    pending = journal_of(tmp_path, 8).steps[step].attempts
    assert len(pending) == 1 and pending[0].sent_at is None
    receipt = run_settle(tmp_path, words, options)
    assert receipt["status"] == (
        "already-settled" if (step, hold) == ("update-state", "after") else "settled"
    )
    assert receipt["tx_is_ours"]
    attempts = journal_of(tmp_path, 8).steps[step].attempts
    assert [attempt.hash for attempt in attempts] == [pending[0].hash] and attempts[0].outcome in (
        "included",
        "open",
    )
    assert updates(devnet, core) == 1
    assert devnet.node.nonce(devnet.address, "latest") == before + 2


def test_killed_while_it_waits_to_be_included(devnet: Devnet, core: str, tmp_path: Path) -> None:
    words, options = made_up(8), devnet.settle_options(core)
    devnet.call("evm_setAutomine", False)

    def sent() -> bool:
        path = tmp_path / "settlement" / "8.json"
        return (
            path.exists() and journal_of(tmp_path, 8).steps["register-fact"].attempts[0].sent_at is not None
        )

    with stage_process(tmp_path, words, options) as process:
        wait_for(sent, "transaction", 120)
        process.send_signal(signal.SIGKILL)
        process.wait()
    devnet.mine()
    devnet.call("evm_setAutomine", True)
    assert run_settle(tmp_path, words, options)["status"] == "settled"
    assert len(journal_of(tmp_path, 8).steps["register-fact"].attempts) == 1
    assert updates(devnet, core) == 1


def test_stopped_by_a_signal_is_transient(devnet: Devnet, core: str, tmp_path: Path) -> None:
    devnet.call("evm_setAutomine", False)
    with stage_process(tmp_path, made_up(8), devnet.settle_options(core)) as process:
        wait_for(lambda: (tmp_path / "settlement" / "8.json").exists(), "journal", 120)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 5
    output = read_output(tmp_path / "8" / "1" / "out.json")
    assert output is not None and output.error is not None and "SIGTERM" in output.error.reason


def test_submitted_twice_at_once(devnet: Devnet, core: str, tmp_path: Path) -> None:
    """Two operators of one run: the second waits for the first and finds it done."""
    options = devnet.settle_options(core)
    with (
        stage_process(tmp_path, made_up(8), options) as one,
        stage_process(tmp_path, made_up(8), options) as two,
    ):
        assert (one.wait(120), two.wait(120)) == (0, 0)
    results = [read_output(tmp_path / "8" / attempt / "out.json") for attempt in ("1", "2")]
    assert sorted(str(r.facts["settle_status"]) for r in results if r) == ["already-settled", "settled"]
    assert updates(devnet, core) == 1
    assert devnet.node.nonce(devnet.address, "latest") == 2


def test_settled_by_another_run(devnet: Devnet, core: str, tmp_path: Path) -> None:
    options = devnet.settle_options(core)
    first = run_settle(tmp_path / "a", made_up(8), options)
    second = run_settle(tmp_path / "b", made_up(8), options)
    assert (second["status"], second["tx_is_ours"]) == ("already-settled", False)
    assert second["tx_hash"] == first["tx_hash"] and second["fee_wei"] == 0


def test_raised_fees_replace_with_the_same_nonce(devnet: Devnet, core: str, tmp_path: Path) -> None:
    """Nothing is mined until the first transaction was replaced twice."""
    devnet.call("evm_setAutomine", False)
    options = devnet.settle_options(core, fees={"bump_after": 0.2, "max_bumps": 2})

    def mine_after_two_raises() -> None:
        wait_for(
            lambda: (
                (tmp_path / "settlement" / "8.json").exists()
                and len(journal_of(tmp_path, 8).steps["register-fact"].attempts) == 3
            ),
            "second raise",
            120,
        )
        devnet.mine()
        devnet.call("evm_setAutomine", True)

    miner = in_background(mine_after_two_raises)
    assert run_settle(tmp_path, made_up(8), options)["status"] == "settled"
    miner.join(120)
    attempts = journal_of(tmp_path, 8).steps["register-fact"].attempts
    assert len({attempt.nonce for attempt in attempts}) == 1
    fees = [attempt.offer.max_fee for attempt in attempts]
    assert fees[1] >= fees[0] * 1.25 and fees[2] >= fees[1] * 1.25
    assert [attempt.outcome for attempt in attempts].count("included") <= 1


def test_not_included_in_time(devnet: Devnet, core: str, tmp_path: Path) -> None:
    devnet.call("evm_setAutomine", False)
    options = devnet.settle_options(core, deadline=1.0, fees={"bump_after": 0.1, "max_bumps": 1})
    with pytest.raises(SettlementError, match="^not-mined: "):
        run_settle(tmp_path, made_up(8), options)
    assert len(journal_of(tmp_path, 8).steps["register-fact"].attempts) == 2
    devnet.mine()
    devnet.call("evm_setAutomine", True)
    assert run_settle(tmp_path, made_up(8), options | {"deadline": 60})["status"] == "settled"


def test_raises_stop_at_the_cap(devnet: Devnet, core: str, tmp_path: Path) -> None:
    """What was sent stays sent; the named end is the cap."""
    devnet.call("evm_setAutomine", False)
    base_fee, _ = devnet.node.next_fees()
    cap = int(100_000 * (2 * base_fee + 2 * 10**8))  # the first offer fits, a raise by half does not
    options = devnet.settle_options(core, deadline=1.5, fees={"bump_after": 0.1, "cap": cap, "bump": 5.0})
    with pytest.raises(SettlementError, match="^fee-cap: "):
        run_settle(tmp_path, made_up(8), options)
    assert len(journal_of(tmp_path, 8).steps["register-fact"].attempts) == 1


def test_nonce_taken_by_another_transaction(devnet: Devnet, core: str, tmp_path: Path) -> None:
    """The pinned nonce is gone: a new attempt with the next one, still one effect."""
    devnet.call("evm_setAutomine", False)
    options = devnet.settle_options(core, deadline=0.5)
    with pytest.raises(SettlementError, match="^not-mined: "):
        run_settle(tmp_path, made_up(8), options)
    lost = journal_of(tmp_path, 8).steps["register-fact"].attempts[0]
    devnet.call("anvil_dropTransaction", lost.hash)
    devnet.call("anvil_impersonateAccount", devnet.address)
    devnet.call(
        "eth_sendTransaction", {"from": devnet.address, "to": devnet.address, "nonce": hex(lost.nonce)}
    )
    devnet.mine()
    devnet.call("evm_setAutomine", True)
    assert run_settle(tmp_path, made_up(8), options | {"deadline": 60})["status"] == "settled"
    attempts = journal_of(tmp_path, 8).steps["register-fact"].attempts
    assert [(attempt.nonce, attempt.outcome) for attempt in attempts][0] == (lost.nonce, "displaced")
    assert attempts[1].nonce == lost.nonce + 1
    assert updates(devnet, core) == 1


def test_confirmations_are_waited_for(devnet: Devnet, core: str, tmp_path: Path) -> None:
    options = devnet.settle_options(core, confirmations=4)
    done: list[dict[str, Any]] = []
    thread = in_background(lambda: done.append(run_settle(tmp_path, made_up(8), options)))
    wait_for(lambda: updates(devnet, core) == 1, "update", 120)
    devnet.mine(2)
    time.sleep(1)
    assert not done
    devnet.mine(1)
    thread.join(120)
    assert done and done[0]["status"] == "settled"
    depth = devnet.node.head() - done[0]["tx_block"] + 1
    assert depth == 4


def test_a_journal_of_another_output(devnet: Devnet, core: str, tmp_path: Path) -> None:
    devnet.call("evm_setAutomine", False)
    options = devnet.settle_options(core, deadline=0.5)
    with pytest.raises(SettlementError, match="^not-mined: "):
        run_settle(tmp_path, made_up(8), options)
    with pytest.raises(SettlementError, match="^journal: .*may still be included"):
        run_settle(tmp_path, made_up(8, root=5), options)
    (tmp_path / "settlement" / "8.json").write_text("{")
    with pytest.raises(SettlementError, match="^journal: "):
        run_settle(tmp_path, made_up(8), options)


def test_an_update_that_fails_on_chain(devnet: Devnet, core: str, tmp_path: Path) -> None:
    """It passed every check, and then the contract changed before it was included."""
    devnet.call("evm_setAutomine", False)
    options = devnet.settle_options(core, poll=0.05)
    ended: list[str] = []

    def settle_here() -> None:
        try:
            run_settle(tmp_path, made_up(8), options)
        except SettlementError as error:
            ended.append(error.reason)

    thread = in_background(settle_here)

    def attempts(step: str) -> int:
        path = tmp_path / "settlement" / "8.json"
        found = journal_of(tmp_path, 8).steps.get(step) if path.exists() else None
        return sum(attempt.sent_at is not None for attempt in found.attempts) if found else 0

    wait_for(lambda: attempts("register-fact"), "fact", 120)
    devnet.mine()
    wait_for(lambda: attempts("update-state"), "update", 120)
    governor = devnet.call("eth_accounts")[0]
    change = "0x" + encode_call("setConfigHash(uint256)", 1).hex()
    fee = hex(10**12)
    devnet.call(
        "eth_sendTransaction",
        {"from": governor, "to": core, "data": change, "maxFeePerGas": fee, "maxPriorityFeePerGas": fee},
    )
    devnet.mine()
    thread.join(120)
    assert len(ended) == 1 and ended[0].startswith("reverted: update-state: ")
    assert ended[0].endswith("INVALID_CONFIG_HASH")
    assert journal_of(tmp_path, 8).steps["update-state"].attempts[0].outcome == "reverted"
    # The next attempt sees it before it sends anything.
    with pytest.raises(SettlementError, match="^config-hash: "):
        run_settle(tmp_path, made_up(8), options)
