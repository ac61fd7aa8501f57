"""A private Ethereum node with the contracts on it: anvil, on a port and in a folder of its own.

For tests and the demo.

`python -m cairn_pipeline.settlement.devnet FOLDER --output OUTPUT.json --program-hash 0x..` starts one,
deploys a core contract that waits for the block of that output, prints the options of the settle stage, and
stops it at the end of input.
"""

import argparse
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_abi.abi import encode
from eth_account import Account

from cairn_pipeline.files import write_atomic, write_json
from cairn_pipeline.settlement.errors import SettlementError, refuse
from cairn_pipeline.settlement.node import Node, RpcError, encode_call
from cairn_pipeline.settlement.output import Output, parse_output

CHAIN_ID = 31337
# anvil computes its KZG tables with the first point evaluation: seconds of CPU, a minute of a busy machine.
REQUEST_TIMEOUT = 300
ROOT = Path(__file__).resolve().parents[3]


def tools_folder() -> Path:
    """Where anvil is: $CAIRN_ETHEREUM, or build/ethereum of the source tree."""
    return Path(os.environ.get("CAIRN_ETHEREUM") or ROOT / "build" / "ethereum")


def artifacts_folder() -> Path:
    """Where the compiled contracts are: $CAIRN_CONTRACTS, or build/contracts/out of the source tree."""
    return Path(os.environ.get("CAIRN_CONTRACTS") or ROOT / "build" / "contracts" / "out")


@dataclass
class Devnet:
    """A running node. `keystore` holds an account with plenty of ether."""

    node: Node
    process: subprocess.Popen[bytes]
    folder: Path
    address: str
    keystore: Path
    password_file: Path

    def call(self, method: str, *parameters: Any) -> Any:
        return self.node.request(method, *parameters)

    def mine(self, blocks: int = 1) -> None:
        self.call("anvil_mine", hex(blocks))

    def _send(self, fields: dict[str, Any]) -> dict[str, Any]:
        """From the node's own first account, which governs the contracts."""
        governor = self.call("eth_accounts")[0]
        transaction = self.call("eth_sendTransaction", {"from": governor, **fields})
        receipt = wait_for(lambda: self.node.receipt(transaction), "a receipt")
        assert isinstance(receipt, dict)
        if receipt["status"] != "0x1":
            refuse("reverted", f"{transaction} of the private node failed")
        return receipt

    def deploy(self, contract: str, types: list[str], *arguments: Any) -> str:
        """Returns the address. Raises SettlementError(options) if the contracts are not compiled."""
        path = artifacts_folder() / f"{contract}.sol" / f"{contract}.json"
        try:
            bytecode = json.loads(path.read_text())["bytecode"]["object"]
        except (OSError, ValueError, KeyError):
            refuse("options", f"{path}: no compiled contract: contracts/build, or set CAIRN_CONTRACTS")
        return str(self._send({"data": bytecode + encode(types, arguments).hex()})["contractAddress"])

    def execute(self, to: str, signature: str, *arguments: Any, value: int = 0) -> None:
        data = "0x" + encode_call(signature, *arguments).hex()
        self._send({"to": to, "data": data, "value": hex(value)})

    def deploy_core(
        self, first: Output, program_hash: int, aggregator_hash: int = 0, alt_da: bool = False
    ) -> str:
        """A core contract that holds the state before `first`; our account operates it and its registry.

        alt_da: it may settle blobs that are kept elsewhere.
        """
        registry = self.deploy("OperatorFactRegistry", [])
        core = self.deploy(
            "StarknetCore",
            ["uint256", "uint256", "uint256", "address", "uint256", "int256", "uint256", "bool"],
            program_hash,
            aggregator_hash,
            first.config_hash,
            registry,
            first.old_root,
            first.old_number,
            first.old_hash,
            alt_da,
        )
        for contract in (registry, core):
            self.execute(contract, "registerOperator(address)", self.address)
        return core

    def settle_options(self, core: str, **more: Any) -> dict[str, Any]:
        """Options of the settle stage for this node."""
        return {
            "rpc_url": self.node.url,
            "chain_id": CHAIN_ID,
            "core": core,
            "keystore": str(self.keystore),
            "password_file": str(self.password_file),
            "confirmations": 1,
            "poll": 0.1,
            "request_timeout": REQUEST_TIMEOUT,
            **more,
        }

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def wait_for(condition: Any, what: str, seconds: float = 60) -> Any:
    """The first true value of condition(). Raises SettlementError(node)."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            refuse("node", f"no {what} after {seconds:.0f} s")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_devnet(folder: Path, hardfork: str = "osaka", port: int | None = None, *extra: str) -> Devnet:
    """Starts anvil and makes a funded keystore in folder. Raises SettlementError."""
    anvil = tools_folder() / "bin" / "anvil"
    if not anvil.exists():
        refuse("options", f"{anvil}: no anvil: ./run setup --pipeline, or set CAIRN_ETHEREUM")
    folder.mkdir(parents=True, exist_ok=True)
    chosen = port or free_port()
    with open(folder / "anvil.log", "ab") as log:
        process = subprocess.Popen(
            [str(anvil), "--host", "127.0.0.1", "--port", str(chosen), "--hardfork", hardfork]
            + ["--chain-id", str(CHAIN_ID), *extra],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    node = Node(f"http://127.0.0.1:{chosen}", REQUEST_TIMEOUT)
    devnet = Devnet(node, process, folder, "", folder / "keystore.json", folder / "password")
    try:
        wait_for(lambda: _answers(devnet), "answer of anvil")
        _make_account(devnet)
    except BaseException:
        devnet.stop()
        raise
    return devnet


def _answers(devnet: Devnet) -> bool:
    if devnet.process.poll() is not None:
        refuse("node", f"anvil ended with {devnet.process.returncode}: see {devnet.folder}/anvil.log")
    try:
        return devnet.node.chain_id() == CHAIN_ID
    except (SettlementError, RpcError):
        return False


def _make_account(devnet: Devnet) -> None:
    """A fresh key, under few iterations: it guards nothing but the private node's ether."""
    account = Account.create()
    password = secrets.token_hex(16)
    keystore = Account.encrypt(account.key, password, kdf="pbkdf2", iterations=1000)
    write_atomic(devnet.password_file, password + "\n", mode=0o600)
    write_atomic(devnet.keystore, json.dumps(keystore), mode=0o600)
    devnet.address = account.address
    devnet.call("anvil_setBalance", account.address, hex(10**21))


@contextmanager
def running_devnet(folder: Path, hardfork: str = "osaka", *extra: str) -> Iterator[Devnet]:
    devnet = start_devnet(folder, hardfork, None, *extra)
    try:
        yield devnet
    finally:
        devnet.stop()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--output", type=Path, required=True, help="JSON array of the first block's output words"
    )
    parser.add_argument("--program-hash", type=lambda text: int(text, 16), required=True)
    parser.add_argument("--alt-da", action="store_true", help="blobs may be kept elsewhere")
    arguments = parser.parse_args()
    try:
        words = [int(word, 16) for word in json.loads(arguments.output.read_text())]
        with running_devnet(arguments.folder) as devnet:
            core = devnet.deploy_core(parse_output(words), arguments.program_hash, alt_da=arguments.alt_da)
            options = devnet.settle_options(core)
            write_json(arguments.folder / "settle-options.json", options)
            print(json.dumps(options), flush=True)
            sys.stdin.read()
    except (SettlementError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        sys.exit(error.error_class.exit_code if isinstance(error, SettlementError) else 2)


if __name__ == "__main__":
    main()
