"""Everything that settlement refuses, by name, and that nothing is sent then."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from settlement_support import CONFIG, OS, facts_of, made_up, recorded, recorded_blob, run_settle

from cairn_pipeline.contract import ErrorClass
from cairn_pipeline.settlement.core_contract import CoreContract
from cairn_pipeline.settlement.devnet import Devnet
from cairn_pipeline.settlement.errors import SettlementError
from cairn_pipeline.settlement.output import parse_output

pytestmark = pytest.mark.ethereum


@contextmanager
def refused(devnet: Devnet, name: str, error_class: ErrorClass) -> Iterator[None]:
    """The block ends with this error, and our account has sent nothing."""
    before = devnet.node.nonce(devnet.address, "pending")
    with pytest.raises(SettlementError) as caught:
        yield
    assert caught.value.reason.startswith(f"{name}: "), caught.value.reason
    assert caught.value.error_class is error_class
    assert devnet.node.nonce(devnet.address, "pending") == before


def test_a_block_that_is_not_next(devnet: Devnet, core: str, tmp_path: Path) -> None:
    options = devnet.settle_options(core)
    with refused(devnet, "out-of-order", ErrorClass.TRANSIENT):
        run_settle(tmp_path, made_up(9), options)
    assert run_settle(tmp_path, made_up(8), options)["status"] == "settled"
    assert run_settle(tmp_path, made_up(9), options)["status"] == "settled"
    assert CoreContract(devnet.node, core).state().number == 9


def test_a_block_that_starts_from_another_root(devnet: Devnet, core: str, tmp_path: Path) -> None:
    words = made_up(8)
    words[0] += 1
    with refused(devnet, "wrong-root", ErrorClass.REFUSED):
        run_settle(tmp_path, words, devnet.settle_options(core))


def test_a_block_that_starts_from_another_hash(devnet: Devnet, core: str, tmp_path: Path) -> None:
    words = made_up(8)
    words[4] += 1
    with refused(devnet, "wrong-root", ErrorClass.REFUSED):
        run_settle(tmp_path, words, devnet.settle_options(core))


def test_a_block_that_is_settled_with_another_root(devnet: Devnet, core: str, tmp_path: Path) -> None:
    options = devnet.settle_options(core)
    run_settle(tmp_path / "a", made_up(8), options)
    with refused(devnet, "settled-otherwise", ErrorClass.REFUSED):
        run_settle(tmp_path / "b", made_up(8, root=77), options)
    run_settle(tmp_path / "a", made_up(9), options)
    with refused(devnet, "settled-otherwise", ErrorClass.REFUSED):
        run_settle(tmp_path / "b", made_up(8, root=77), options)


def test_ranges_that_overlap(devnet: Devnet, core: str, tmp_path: Path) -> None:
    options = devnet.settle_options(core)
    run_settle(tmp_path, made_up(10, previous=7), options)
    with refused(devnet, "overlap", ErrorClass.REFUSED):
        run_settle(tmp_path, made_up(9), options)
    with refused(devnet, "overlap", ErrorClass.REFUSED):
        run_settle(tmp_path, made_up(11, previous=8), options)


def test_a_block_without_a_verified_proof(devnet: Devnet, core: str, tmp_path: Path) -> None:
    options, words = devnet.settle_options(core), made_up(8)
    good = facts_of(words)
    for wrong in (
        {},
        {**good, "fact": hex(1)},
        {**good, "security_bits": "95.9"},
        {**good, "security_bits": "many"},
        {name: value for name, value in good.items() if name != "fact"},
    ):
        with refused(devnet, "not-verified", ErrorClass.REFUSED):
            run_settle(tmp_path, words, options, wrong)
    # Another output than the one that was verified.
    with refused(devnet, "not-verified", ErrorClass.REFUSED):
        run_settle(tmp_path, made_up(8, data=(3, 1, 5)), options, good)


def test_another_program_or_configuration(devnet: Devnet, core: str, tmp_path: Path) -> None:
    options, words = devnet.settle_options(core), made_up(8)
    with refused(devnet, "program-hash", ErrorClass.CONFIGURATION):
        run_settle(tmp_path, words, options, facts_of(words, OS + 1))
    aggregated = [*words[:6], OS + 1, *words[7:]]
    with refused(devnet, "program-hash", ErrorClass.CONFIGURATION):
        run_settle(tmp_path, aggregated, options)
    words[7] = CONFIG + 1
    with refused(devnet, "config-hash", ErrorClass.CONFIGURATION):
        run_settle(tmp_path, words, options)


def test_an_aggregated_block(devnet: Devnet, tmp_path: Path) -> None:
    aggregator = 0xA66
    words = made_up(10, previous=7)
    words[6] = OS
    core = devnet.deploy_core(parse_output(words), OS, aggregator)
    facts = {"fact": hex(5), "program_hash": hex(6), "security_bits": "100"}
    with refused(devnet, "not-verified", ErrorClass.REFUSED):
        run_settle(tmp_path, words, devnet.settle_options(core), facts)
    trimmed = {**facts, "settlement_fact": facts_of(words, aggregator)["fact"]}
    assert run_settle(tmp_path, words, devnet.settle_options(core), trimmed)["status"] == "settled"


def test_blobs_that_are_not_the_outputs(devnet: Devnet, tmp_path: Path) -> None:
    words, facts, program_hash = recorded("chain/2002")
    core = devnet.deploy_core(parse_output(words), program_hash)
    options = devnet.settle_options(core)
    good = recorded_blob("chain/2002")
    changed = good[:-1] + bytes([good[-1] ^ 1])
    for blobs in ([], [changed], [good, good], [good[:-32]], [b"\xff" * 32 + good[32:]]):
        with refused(devnet, "wrong-data", ErrorClass.REFUSED):
            run_settle(tmp_path, words, options, facts, blobs)


def test_who_is_no_operator(devnet: Devnet, core: str, tmp_path: Path) -> None:
    options = devnet.settle_options(core)
    contract = CoreContract(devnet.node, core)
    devnet.execute(contract.registry(), "unregisterOperator(address)", devnet.address)
    with refused(devnet, "not-operator", ErrorClass.CONFIGURATION):
        run_settle(tmp_path, made_up(8), options)
    devnet.execute(contract.registry(), "registerOperator(address)", devnet.address)
    devnet.execute(core, "unregisterOperator(address)", devnet.address)
    with refused(devnet, "not-operator", ErrorClass.CONFIGURATION):
        run_settle(tmp_path, made_up(8), options)


def test_another_chain_or_contract(devnet: Devnet, core: str, tmp_path: Path) -> None:
    with refused(devnet, "wrong-chain", ErrorClass.CONFIGURATION):
        run_settle(tmp_path, made_up(8), {**devnet.settle_options(core), "chain_id": 1})
    with refused(devnet, "no-contract", ErrorClass.CONFIGURATION):
        run_settle(tmp_path, made_up(8), devnet.settle_options("0x" + "11" * 20))


def test_a_message_that_was_never_sent(devnet: Devnet, core: str, tmp_path: Path) -> None:
    """Not one of our own checks: the simulated update fails, before the fact is registered."""
    words = made_up(8)
    words[11:12] = [5, 1, 2, 0, 4, 0]
    with refused(devnet, "reverted", ErrorClass.REFUSED):
        run_settle(tmp_path, words, devnet.settle_options(core))


def test_fees_over_the_cap(devnet: Devnet, core: str, tmp_path: Path) -> None:
    options = devnet.settle_options(core, fees={"cap": 10**9})
    with refused(devnet, "fee-cap", ErrorClass.TRANSIENT):
        run_settle(tmp_path, made_up(8), options)


def test_an_account_without_ether(devnet: Devnet, core: str, tmp_path: Path) -> None:
    devnet.call("anvil_setBalance", devnet.address, hex(10**9))
    with refused(devnet, "signer-balance", ErrorClass.CAPACITY):
        run_settle(tmp_path, made_up(8), devnet.settle_options(core))


def test_a_pause(devnet: Devnet, core: str, tmp_path: Path) -> None:
    options = devnet.settle_options(core, paused_file=str(tmp_path / "PAUSE"))
    (tmp_path / "PAUSE").touch()
    with refused(devnet, "paused", ErrorClass.TRANSIENT):
        run_settle(tmp_path, made_up(8), options)
    (tmp_path / "PAUSE").unlink()
    assert run_settle(tmp_path, made_up(8), options)["status"] == "settled"


def test_an_account_that_others_use(devnet: Devnet, core: str, tmp_path: Path) -> None:
    devnet.call("evm_setAutomine", False)
    devnet.call("anvil_impersonateAccount", devnet.address)
    devnet.call("eth_sendTransaction", {"from": devnet.address, "to": devnet.address})
    with refused(devnet, "busy-signer", ErrorClass.TRANSIENT):
        run_settle(tmp_path, made_up(8), devnet.settle_options(core))


def test_a_node_that_is_not_there(devnet: Devnet, core: str, tmp_path: Path) -> None:
    options = {**devnet.settle_options(core), "rpc_url": "http://127.0.0.1:9/secret"}
    with pytest.raises(SettlementError, match="^node: ") as caught:
        run_settle(tmp_path, made_up(8), options)
    assert "secret" not in caught.value.reason


def test_a_unit_of_another_block(devnet: Devnet, core: str, tmp_path: Path) -> None:
    from settlement_support import stage_of

    from cairn_pipeline.stages.settle import settle

    stage = stage_of(tmp_path, made_up(8), devnet.settle_options(core))
    with refused(devnet, "output", ErrorClass.BAD_INPUT):
        settle(stage.model_copy(update={"block": 9}))


def test_options_that_are_none(devnet: Devnet, core: str, tmp_path: Path) -> None:
    good = devnet.settle_options(core)
    wrong: list[dict[str, Any]] = [
        {"fees": {"capp": 1}},
        {"core": "0x12"},
        {"confirmations": 0},
        {"keystore": None},
        {"unlocked": devnet.address},
        {"password_file": None},
        {"fees": {"blob_bump": 1.5}},
    ]
    for change in wrong:
        with refused(devnet, "options", ErrorClass.CONFIGURATION):
            run_settle(tmp_path, made_up(8), {**good, **change})


def test_a_dry_run_sends_and_signs_nothing(devnet: Devnet, core: str, tmp_path: Path) -> None:
    options = devnet.settle_options(core, dry_run=True)
    before = devnet.node.nonce(devnet.address, "pending")
    del options["password_file"]
    report = run_settle(tmp_path, made_up(8), options)
    assert report["status"] == "dry-run" and report["signer"] == devnet.address
    assert 50_000 < report["gas"] < 300_000 and report["worst_cost"] > 0 and report["over_cap"] is None
    assert not report["fact_registered"]
    assert devnet.node.nonce(devnet.address, "pending") == before
    assert not (tmp_path / "settlement").exists()
    with refused(devnet, "wrong-root", ErrorClass.REFUSED):
        run_settle(tmp_path, [1, *made_up(8)[1:]], options)
