"""Who signs. A key comes from a keystore with a password file, never from an option or the environment."""

import os
import stat
from pathlib import Path
from typing import Any, Protocol

from eth_account import Account
from eth_utils.address import to_checksum_address
from pydantic_core import from_json

from cairn_pipeline.settlement.errors import refuse
from cairn_pipeline.settlement.node import Node, RpcError
from cairn_pipeline.settlement.options import EthereumOptions


class Signer(Protocol):
    address: str

    def sign(self, transaction: dict[str, Any]) -> bytes:
        """The raw signed transaction, without the sidecar of its blobs."""


def open_signer(options: EthereumOptions, node: Node) -> Signer:
    """Raises SettlementError(keystore)."""
    if options.unlocked is not None:
        return UnlockedAccount(options.unlocked, node)
    assert options.keystore is not None
    if options.dry_run:
        return NoSigner(keystore_address(options.keystore))
    assert options.password_file is not None
    return KeystoreAccount(options.keystore, options.password_file)


def _read_private(path: Path) -> str:
    try:
        status = path.stat()
        if stat.S_IMODE(status.st_mode) & 0o077:
            refuse("keystore", f"{path}: others may read it, wanted mode 0600: chmod 600 {path}")
        if status.st_uid != os.geteuid():
            refuse("keystore", f"{path}: belongs to user {status.st_uid}, wanted {os.geteuid()}")
        return path.read_text()
    except OSError as error:
        refuse("keystore", f"{path}: {error.strerror}")


def keystore_address(path: Path) -> str:
    """The address that a keystore states, without its password."""
    try:
        address: str = to_checksum_address(from_json(_read_private(path))["address"])
        return address
    except (ValueError, KeyError, TypeError):
        refuse("keystore", f"{path}: is no keystore of version 3 with an address")


class KeystoreAccount:
    def __init__(self, keystore: Path, password_file: Path) -> None:
        content = _read_private(keystore)
        password = _read_private(password_file).rstrip("\r\n")
        try:
            key = Account.decrypt(content, password)
        except (ValueError, KeyError, TypeError):
            # The library's text may quote what it was given.
            refuse("keystore", f"{keystore}: cannot be opened with the password in {password_file}")
        self._account = Account.from_key(key)
        self.address: str = self._account.address

    def sign(self, transaction: dict[str, Any]) -> bytes:
        return bytes(self._account.sign_transaction(transaction).raw_transaction)


class UnlockedAccount:
    """An account for which a node on this machine signs. For tests and private networks."""

    def __init__(self, address: str, node: Node) -> None:
        if not node.is_local:
            refuse("keystore", "unlocked is for a node on this machine only: use keystore and password_file")
        self.address = address
        self._node = node

    def sign(self, transaction: dict[str, Any]) -> bytes:
        if "blobVersionedHashes" in transaction:
            refuse("keystore", "an unlocked account cannot sign for blobs: use keystore and password_file")
        fields = {key: hex(value) if isinstance(value, int) else value for key, value in transaction.items()}
        try:
            raw = self._node.request("eth_signTransaction", {**fields, "from": self.address})
        except RpcError as error:
            refuse("keystore", f"the node does not sign for {self.address}: {error.message}")
        return bytes.fromhex((raw if isinstance(raw, str) else raw["raw"])[2:])


class NoSigner:
    """Knows its address only: of a dry run nothing can be signed."""

    def __init__(self, address: str) -> None:
        self.address = address

    def sign(self, transaction: dict[str, Any]) -> bytes:
        raise AssertionError("a dry run signs nothing")
