"""Blocks whose data lie in another store, settled on a real node by what the da stage leaves."""

from pathlib import Path
from typing import Any

import pytest
from eth_utils.crypto import keccak
from settlement_support import recorded, recorded_segment, run_da, run_settle

from cairn_pipeline.contract import Fact
from cairn_pipeline.da.blob import build_blob
from cairn_pipeline.da.felts import WORD_BYTES
from cairn_pipeline.da.kzg import commit, versioned_hash
from cairn_pipeline.settlement.core_contract import (
    UPDATE_STATE,
    UPDATE_STATE_ALT_DA,
    CoreContract,
    State,
)
from cairn_pipeline.settlement.devnet import Devnet
from cairn_pipeline.settlement.errors import SettlementError
from cairn_pipeline.settlement.output import parse_output

pytestmark = pytest.mark.ethereum


@pytest.fixture
def store(tmp_path: Path) -> Path:
    (tmp_path / "store").mkdir()
    return tmp_path / "store"


def prepared(folder: Path, name: str, store: Path) -> tuple[list[int], dict[str, Fact], dict[str, Path]]:
    """Output, facts and files of a recorded block after its da stage."""
    words, facts, _ = recorded(name)
    segment = recorded_segment(name) if words[8] else None
    files, da_facts = run_da(folder, words, segment, mode="alt-da", store=str(store))
    assert list(files) == ["da_manifest"] and da_facts["da_mode"] == "alt-da"
    return words, {**facts, **da_facts}, files


def deploy(devnet: Devnet, name: str, alt_da: bool) -> str:
    words, _, program_hash = recorded(name)
    return devnet.deploy_core(parse_output(words), program_hash, alt_da=alt_da)


def require_call(devnet: Devnet, receipt: dict[str, Any], signature: str) -> None:
    """That the receipt is of a transaction without blobs that calls this function."""
    assert receipt["status"] == "settled" and receipt["blob_gas_used"] == 0
    transaction = devnet.call("eth_getTransactionByHash", receipt["tx_hash"])
    assert transaction["type"] == "0x2"
    assert transaction["input"].startswith("0x" + keccak(text=signature)[:4].hex())


def names_shown(devnet: Devnet, receipt: dict[str, Any]) -> list[bytes]:
    """The versioned hashes that the chain shows for the block."""
    event = "0x" + keccak(text="LogAltDA(uint256,bytes32[])").hex()
    topics = [event, f"{receipt['block']:#066x}"]
    [log] = devnet.call("eth_getLogs", {"fromBlock": hex(receipt["tx_block"]), "topics": topics})
    words = bytes.fromhex(log["data"][2:])[64:]
    return [words[i : i + 32] for i in range(0, len(words), 32)]


def test_three_blocks_of_another_store(devnet: Devnet, tmp_path: Path, store: Path) -> None:
    names = ["chain/2002", "chain/2003", "chain/2004"]
    core = deploy(devnet, names[0], alt_da=True)
    for name in names:
        words, facts, files = prepared(tmp_path, name, store)
        receipt = run_settle(tmp_path, words, devnet.settle_options(core), facts, **files)
        require_call(devnet, receipt, UPDATE_STATE_ALT_DA)
        # Whoever sees the chain alone finds the data in the store, and needs not trust it.
        [shown] = names_shown(devnet, receipt)
        raw = (store / f"0x{shown.hex()}").read_bytes()
        found = [int.from_bytes(raw[i : i + WORD_BYTES], "big") for i in range(0, len(raw), WORD_BYTES)]
        assert found == recorded_segment(name)
        assert versioned_hash(commit(build_blob(found))) == shown
    assert CoreContract(devnet.node, core).state() == State(words[1], 2004, words[5])


def test_two_blocks_of_another_store_without_kzg(devnet: Devnet, tmp_path: Path, store: Path) -> None:
    """Any core contract takes them: updateState never held the data, only their hash."""
    names = ["empty-chain/2002", "empty-chain/2003"]
    core = deploy(devnet, names[0], alt_da=False)
    for name in names:
        words, facts, files = prepared(tmp_path, name, store)
        receipt = run_settle(tmp_path, words, devnet.settle_options(core), facts, **files)
        require_call(devnet, receipt, UPDATE_STATE)
    assert CoreContract(devnet.node, core).state() == State(words[1], 2003, words[5])


def test_a_chain_that_promises_blobs(devnet: Devnet, tmp_path: Path, store: Path) -> None:
    core = deploy(devnet, "chain/2002", alt_da=False)
    words, facts, files = prepared(tmp_path, "chain/2002", store)
    before = devnet.node.nonce(devnet.address, "pending")
    with pytest.raises(SettlementError, match="^no-alt-da: .* was not deployed for data kept elsewhere"):
        run_settle(tmp_path, words, devnet.settle_options(core), facts, **files)
    assert devnet.node.nonce(devnet.address, "pending") == before
    contract = CoreContract(devnet.node, core)
    assert contract.state().number == 2001
    # A contract that has no such function allows nothing either.
    assert not CoreContract(devnet.node, contract.registry()).allows_alt_da()
