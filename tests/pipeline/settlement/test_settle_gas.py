"""The batcher's model of gas against what a node charges: never less, and not much more."""

from pathlib import Path

import pytest
from settlement_support import facts_of, made_up, recorded, recorded_blob, run_settle

from cairn_pipeline.batching.batcher import call_bytes
from cairn_pipeline.batching.gas import gas
from cairn_pipeline.batching.limits import Limits
from cairn_pipeline.settlement.core_contract import CoreContract
from cairn_pipeline.settlement.devnet import Devnet
from cairn_pipeline.settlement.output import parse_output

pytestmark = pytest.mark.ethereum
FELT = int("07" + "ab" * 31, 16)  # no byte is zero: the dearest
REFUND = 4_800  # for a message's counter that is set to zero


def model(words: list[int], da: str) -> int:
    """What the batcher would say of this output."""
    snos = parse_output(words).snos
    to_l1, to_l2 = snos.messages_to_l1, snos.messages_to_l2
    felts = sum(3 + len(m.payload) for m in to_l1) + sum(5 + len(m.payload) for m in to_l2)
    blobs = len(snos.kzg.commitments) if snos.kzg else 0
    size = call_bytes(snos.main_words, blobs, len(snos.da_segment), Limits.model_validate({"da": da}))
    return gas(size, blobs, len(to_l1), len(to_l2), felts)


def with_messages(number: int, to_l1: list[int], to_l2: list[int], data: tuple[int, ...]) -> list[int]:
    return [*made_up(number)[:10], len(to_l1), *to_l1, len(to_l2), *to_l2, *data]


def test_calldata_and_messages(devnet: Devnet, core: str, tmp_path: Path) -> None:
    sender = devnet.call("eth_accounts")[0]
    send = "sendMessageToL2(uint256,uint256,uint256[])"
    to_l2: list[int] = []
    for nonce in range(16):
        devnet.execute(core, send, 5, 6, [FELT], value=100)
        to_l2 += [int(sender, 16), 5, nonce, 6, 1, FELT]
    to_l1 = [word for number in range(16) for word in (number, 7, 20, *[FELT] * 20)]
    long = [1, 7, 1000, *[FELT] * 1000]
    few = (3, 1, 4)
    cases = [([], [], few, "elsewhere"), ([], [], few, "calldata"), (to_l1, [], few, "calldata")]
    cases += [(long, [], few, "calldata"), ([], to_l2, few, "calldata"), ([], [], (FELT,) * 3000, "calldata")]
    for number, (l1, l2, data, da) in enumerate(cases, 8):
        words = with_messages(number, l1, l2, data)
        options = devnet.settle_options(core, data="elsewhere" if da == "elsewhere" else "in-transaction")
        used = run_settle(tmp_path, words, options, facts_of(words))["gas_used"]
        # A refund is at most a fifth of what is used; what is refunded must be offered all the same.
        offered = used + min(REFUND * l2.count(FELT), used // 4)
        said = model(words, da)
        assert offered <= said <= 1.5 * offered + 90_000, (number, used, offered, said)


def test_a_blob(devnet: Devnet, tmp_path: Path) -> None:
    words, facts, program_hash = recorded("chain/2002")
    core = devnet.deploy_core(parse_output(words), program_hash)
    options = devnet.settle_options(core)
    receipt = run_settle(tmp_path, words, options, facts, [recorded_blob("chain/2002")])
    said = model(words, "blob")
    assert receipt["gas_used"] <= said <= 1.5 * receipt["gas_used"] + 90_000, (receipt["gas_used"], said)
    assert CoreContract(devnet.node, core).state().number == 2002
