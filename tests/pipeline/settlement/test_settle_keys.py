"""Keys: a keystore that only we can read, or an account of a node on this machine."""

import json
from pathlib import Path

import pytest
from eth_account import Account
from settlement_support import made_up, run_settle

from cairn_pipeline.settlement.devnet import Devnet
from cairn_pipeline.settlement.errors import SettlementError
from cairn_pipeline.settlement.keys import KeystoreAccount, UnlockedAccount, keystore_address
from cairn_pipeline.settlement.node import Node


@pytest.fixture
def keystore(tmp_path: Path) -> Path:
    account = Account.create()
    (tmp_path / "password").write_text("a word\n")
    path = tmp_path / "keystore.json"
    path.write_text(json.dumps(Account.encrypt(account.key, "a word", kdf="pbkdf2", iterations=10)))
    path.chmod(0o600)
    (tmp_path / "password").chmod(0o600)
    return path


def test_it_opens(keystore: Path) -> None:
    account = KeystoreAccount(keystore, keystore.with_name("password"))
    assert account.address == keystore_address(keystore)


@pytest.mark.parametrize("name", ["keystore.json", "password"])
def test_files_that_others_may_read(keystore: Path, name: str) -> None:
    keystore.with_name(name).chmod(0o640)
    with pytest.raises(SettlementError, match="^keystore: .*wanted mode 0600"):
        KeystoreAccount(keystore, keystore.with_name("password"))


def test_files_that_are_none(keystore: Path) -> None:
    password = keystore.with_name("password")
    with pytest.raises(SettlementError, match="^keystore: .*No such file"):
        KeystoreAccount(keystore.with_name("absent"), password)
    keystore.write_text("{}")
    with pytest.raises(SettlementError, match="^keystore: .*cannot be opened"):
        KeystoreAccount(keystore, password)
    with pytest.raises(SettlementError, match="^keystore: .*is no keystore"):
        keystore_address(keystore)


def test_a_wrong_password_is_not_repeated(keystore: Path) -> None:
    password = keystore.with_name("password")
    password.write_text("another word")
    with pytest.raises(SettlementError, match="^keystore: .*cannot be opened") as caught:
        KeystoreAccount(keystore, password)
    assert "another word" not in caught.value.reason


def test_unlocked_accounts_are_for_this_machine() -> None:
    with pytest.raises(SettlementError, match="^keystore: .*on this machine only"):
        UnlockedAccount("0x" + "11" * 20, Node("https://example.org", 1))


@pytest.mark.ethereum
def test_an_unlocked_account_settles(devnet: Devnet, core: str, tmp_path: Path) -> None:
    account = devnet.call("eth_accounts")[1]
    options = devnet.settle_options(core, unlocked=account)
    del options["keystore"], options["password_file"]
    with pytest.raises(SettlementError, match="^not-operator: "):
        run_settle(tmp_path, made_up(8), options)
    from cairn_pipeline.settlement.core_contract import CoreContract

    for contract in (core, CoreContract(devnet.node, core).registry()):
        devnet.execute(contract, "registerOperator(address)", account)
    assert run_settle(tmp_path, made_up(8), options)["status"] == "settled"
    unknown = {**options, "unlocked": "0x" + "11" * 20}
    with pytest.raises(SettlementError, match="^not-operator: "):
        run_settle(tmp_path, made_up(9), unknown)
