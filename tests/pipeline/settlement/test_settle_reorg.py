"""Reorgs: what one takes away is sent again, what it puts in our place is named."""

import signal
from pathlib import Path
from typing import Any

import pytest
from settlement_support import (
    OS,
    in_background,
    journal_of,
    made_up,
    run_settle,
    stage_process,
    updates,
)

from cairn_pipeline.contract import ErrorClass, read_output
from cairn_pipeline.settlement.core_contract import (
    REGISTER_FACT,
    UPDATE_STATE,
    CoreContract,
    State,
    Update,
)
from cairn_pipeline.settlement.devnet import Devnet, wait_for
from cairn_pipeline.settlement.errors import SettlementError
from cairn_pipeline.settlement.ethereum import Block, EthereumSettlement
from cairn_pipeline.settlement.node import BlockId, Node, RpcError
from cairn_pipeline.settlement.options import EthereumOptions
from cairn_pipeline.settlement.output import fact, parse_output

pytestmark = pytest.mark.ethereum


def test_a_reorg_while_it_waits(devnet: Devnet, core: str, tmp_path: Path) -> None:
    """The update is taken off the chain, transactions and all: it is sent again, and again there is one
    effect."""
    options = devnet.settle_options(core, confirmations=3)
    snapshot = devnet.call("evm_snapshot")
    done: list[dict[str, Any]] = []
    thread = in_background(lambda: done.append(run_settle(tmp_path, made_up(8), options)))
    wait_for(lambda: updates(devnet, core) == 1, "update", 120)
    first = journal_of(tmp_path, 8).steps["update-state"].attempts[0].hash
    assert devnet.call("evm_revert", snapshot)
    wait_for(lambda: updates(devnet, core) == 1, "update again", 120)
    devnet.mine(3)
    thread.join(120)
    assert done and done[0]["status"] == "settled" and done[0]["tx_hash"] == first
    assert CoreContract(devnet.node, core).state().number == 8 and updates(devnet, core) == 1


class LosesHeads(Node):
    """A node whose first heads are gone when they are asked about."""

    def __init__(self, lost: int) -> None:
        self.lost = lost

    def head(self) -> int:
        self.lost -= 1
        return 9 if self.lost >= 0 else 4

    def read(self, to: str, signature: str, returns: str, *arguments: Any, block: BlockId = "latest") -> Any:
        if block != 4:
            raise RpcError("eth_call", {"message": f"block height is 4 but requested was {block}"})
        return 1


def test_a_reorg_between_two_questions() -> None:
    assert CoreContract(LosesHeads(2), "0x").state() == State(1, 1, 1)
    with pytest.raises(RpcError, match="requested was 9"):
        CoreContract(LosesHeads(3), "0x").state()
    with pytest.raises(RpcError, match="requested was 8"):
        CoreContract(LosesHeads(0), "0x").state(8)


class Moves(CoreContract):
    """A core contract of which others have settled blocks since the stage looked."""

    def __init__(self, *states: State) -> None:
        self.states = list(states)

    def state(self, block: BlockId = "latest") -> State:
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def find_update(self, number: int, deployed_at: int) -> Update | None:
        return None


@pytest.mark.parametrize(
    ("now", "name"),
    [
        (State(1008, 8, 2008), "reorg"),  # to look again is all that is left to do
        (State(99, 8, 2008), "settled-otherwise"),
        (State(1009, 9, 2009), "overlap"),
        (State(1007, 7, 2007), "overlap"),
    ],
)
def test_settled_by_others_between_two_questions(tmp_path: Path, now: State, name: str) -> None:
    options = EthereumOptions(rpc_url="", chain_id=1, core="0x" + "11" * 20, unlocked="0x" + "22" * 20)
    block = Block(parse_output(made_up(8, previous=6)), [], {})
    settlement = EthereumSettlement(options, block, tmp_path)
    settlement.core = Moves(State(1006, 6, 2006), now)
    settlement._require_next()
    with pytest.raises(SettlementError) as caught:
        settlement._require_next()
    assert caught.value.name == name


def test_a_reorg_after_the_end_is_noticed_by_a_rerun(devnet: Devnet, core: str, tmp_path: Path) -> None:
    options = devnet.settle_options(core)
    snapshot = devnet.call("evm_snapshot")
    run_settle(tmp_path, made_up(8), options)
    run_settle(tmp_path, made_up(9), options)
    assert devnet.call("evm_revert", snapshot)
    with pytest.raises(SettlementError, match="^out-of-order: "):
        run_settle(tmp_path, made_up(9), options)
    assert run_settle(tmp_path, made_up(8), options)["status"] == "settled"
    assert run_settle(tmp_path, made_up(9), options)["status"] == "settled"
    assert updates(devnet, core) == 2


def test_a_reorg_to_another_root_is_named(devnet: Devnet, core: str, tmp_path: Path) -> None:
    """After the reorg the chain holds the same block with another root, settled by somebody else."""
    snapshot = devnet.call("evm_snapshot")
    options = devnet.settle_options(core, confirmations=3)
    with stage_process(tmp_path, made_up(8), options) as process:
        wait_for(lambda: updates(devnet, core) == 1, "update", 120)
        # It must not see the chain without any update, or it would send its own again.
        process.send_signal(signal.SIGSTOP)
        assert devnet.call("evm_revert", snapshot)
        other = made_up(8, root=99)
        output = parse_output(other)
        registry = CoreContract(devnet.node, core).registry()
        governor = devnet.call("eth_accounts")[0]
        devnet.execute(core, "registerOperator(address)", governor)
        devnet.execute(registry, "registerOperator(address)", governor)
        devnet.execute(registry, REGISTER_FACT, fact(OS, output))
        devnet.execute(core, UPDATE_STATE, output.main, output.data_node, len(output.data))
        process.send_signal(signal.SIGCONT)
        assert process.wait(120) == ErrorClass.REFUSED.exit_code
    ended = read_output(tmp_path / "8" / "1" / "out.json")
    assert ended is not None and ended.error is not None
    assert ended.error.reason.startswith("settled-otherwise: ")
    assert updates(devnet, core) == 1
