"""Recorded chains of the real Starknet OS, settled in order on a real node."""

from pathlib import Path

import pytest
from settlement_support import recorded, recorded_blob, run_settle

from cairn_pipeline.settlement.core_contract import CoreContract, State
from cairn_pipeline.settlement.devnet import Devnet, running_devnet
from cairn_pipeline.settlement.output import parse_output

pytestmark = pytest.mark.ethereum


@pytest.mark.parametrize("data", ["in-transaction", "elsewhere"])
def test_five_empty_blocks_without_blobs(devnet: Devnet, tmp_path: Path, data: str) -> None:
    numbers = range(2002, 2007)
    blocks = [recorded(f"empty-chain/{number}") for number in numbers]
    core = devnet.deploy_core(parse_output(blocks[0][0]), blocks[0][2])
    options = devnet.settle_options(core, data=data)
    for number, (words, facts, _) in zip(numbers, blocks, strict=True):
        receipt = run_settle(tmp_path, words, options, facts)
        assert (receipt["status"], receipt["block"]) == ("settled", number)
        assert receipt["tx_is_ours"] and receipt["fee_wei"] > 0 and receipt["gas_used"] < 200_000
        assert receipt["trust"] == "operator key: no proof is verified on chain"
    last = blocks[-1][0]
    assert CoreContract(devnet.node, core).state() == State(last[1], 2006, last[5])
    # All of them again, in any order: nothing happens.
    before = devnet.node.nonce(devnet.address, "latest")
    for words, facts, _ in blocks[::-1]:
        assert run_settle(tmp_path, words, options, facts)["status"] == "already-settled"
    assert devnet.node.nonce(devnet.address, "latest") == before


@pytest.mark.parametrize("hardfork", ["prague", "osaka"])
def test_three_blocks_with_blobs(ethereum_tools: Path, tmp_path: Path, hardfork: str) -> None:
    names = ["chain/2002", "chain/2003", "chain/2004"]
    blocks = [recorded(name) for name in names]
    with running_devnet(tmp_path / "devnet", hardfork) as devnet:
        assert devnet.node.wants_cell_proofs() is (hardfork == "osaka")
        core = devnet.deploy_core(parse_output(blocks[0][0]), blocks[0][2])
        options = devnet.settle_options(core)
        for name, (words, facts, _) in zip(names, blocks, strict=True):
            receipt = run_settle(tmp_path, words, options, facts, [recorded_blob(name)])
            assert receipt["status"] == "settled" and receipt["blob_gas_used"] == 131072
            transaction = devnet.call("eth_getTransactionByHash", receipt["tx_hash"])
            assert transaction["type"] == "0x3" and len(transaction["blobVersionedHashes"]) == 1
        last = blocks[-1][0]
        assert CoreContract(devnet.node, core).state() == State(last[1], 2004, last[5])


def test_three_blocks_in_one_update(devnet: Devnet, tmp_path: Path) -> None:
    name = "chain/2002-2004"
    words, facts, program_hash = recorded(name)
    core = devnet.deploy_core(parse_output(words), program_hash)
    receipt = run_settle(tmp_path, words, devnet.settle_options(core), facts, [recorded_blob(name)])
    assert (receipt["previous_block"], receipt["block"]) == (2001, 2004)
    assert CoreContract(devnet.node, core).state() == State(words[1], 2004, words[5])
