"""An Ethereum node by JSON-RPC: what settlement asks of one, with its failures named."""

import urllib.parse
from typing import Any, Literal

import requests
from eth_abi.abi import decode, encode
from eth_utils.abi import function_signature_to_4byte_selector
from eth_utils.address import to_checksum_address

from cairn_pipeline.settlement.errors import refuse

BlockId = int | Literal["latest", "pending", "finalized"]


class RpcError(Exception):
    """The node understood and refused. `data` is a revert's, if it is one."""

    def __init__(self, method: str, error: Any) -> None:
        fields = error if isinstance(error, dict) else {}
        self.message = str(fields.get("message", error))
        data = fields.get("data")
        self.data = bytes.fromhex(data[2:]) if isinstance(data, str) and data.startswith("0x") else b""
        super().__init__(f"{method}: {self.message}")

    @property
    def revert_reason(self) -> str | None:
        """The text of a require(), or what is known of another revert; None if it is none."""
        if self.data[:4] == function_signature_to_4byte_selector("Error(string)"):
            return str(decode(["string"], self.data[4:])[0])
        if "revert" in self.message.lower():
            return self.message
        return None


def encode_call(signature: str, *arguments: Any) -> bytes:
    """Call data of a function such as `isValid(bytes32)`."""
    types = signature[signature.index("(") + 1 : -1]
    return function_signature_to_4byte_selector(signature) + encode(
        types.split(",") if types else [], arguments
    )


def block_word(block: BlockId) -> str:
    return hex(block) if isinstance(block, int) else block


class Node:
    def __init__(self, url: str, timeout: float) -> None:
        self.url = url
        self._timeout = timeout
        self._session = requests.Session()

    @property
    def is_local(self) -> bool:
        return urllib.parse.urlsplit(self.url).hostname in ("127.0.0.1", "localhost", "::1")

    def request(self, method: str, *parameters: Any) -> Any:
        """Raises RpcError if the node refuses, SettlementError(node) if it cannot be reached."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        try:
            # With any status: some nodes answer a refusal with 4xx and a body that says why.
            response = self._session.post(self.url, json=body, timeout=self._timeout).json()
            if not isinstance(response, dict):
                raise ValueError("no JSON object")
        except (requests.RequestException, ValueError) as error:
            host = urllib.parse.urlsplit(self.url).hostname  # the URL itself may hold a key
            refuse("node", f"{method} at {host}: {type(error).__name__}: wanted an answer; run it again")
        if "error" in response:
            raise RpcError(method, response["error"])
        return response.get("result")

    def number(self, method: str, *parameters: Any) -> int:
        return int(self.request(method, *parameters), 16)

    def chain_id(self) -> int:
        return self.number("eth_chainId")

    def head(self) -> int:
        return self.number("eth_blockNumber")

    def block(self, block: BlockId) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.request("eth_getBlockByNumber", block_word(block), False)
        return found

    def nonce(self, address: str, block: BlockId) -> int:
        return self.number("eth_getTransactionCount", address, block_word(block))

    def balance(self, address: str) -> int:
        return self.number("eth_getBalance", address, "latest")

    def has_code(self, address: str) -> bool:
        return len(self.request("eth_getCode", address, "latest")) > 2

    def read(self, to: str, signature: str, returns: str, *arguments: Any, block: BlockId = "latest") -> Any:
        """Calls a view function. Raises RpcError; SettlementError(no-contract) if nothing fitting answers."""
        call = {"to": to, "data": "0x" + encode_call(signature, *arguments).hex()}
        raw = bytes.fromhex(self.request("eth_call", call, block_word(block))[2:])
        try:
            value = decode([returns], raw)[0]
        except Exception:  # eth_abi raises several of its own
            refuse("no-contract", f"{to} does not answer {signature}: is it the right address?")
        return to_checksum_address(value) if returns == "address" else value

    def receipt(self, transaction: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.request("eth_getTransactionReceipt", transaction)
        return found

    def knows(self, transaction: str) -> bool:
        """Whether it is included or waits to be."""
        return self.request("eth_getTransactionByHash", transaction) is not None

    def next_fees(self) -> tuple[int, int]:
        """The base fee and the blob base fee of the next block; the latter is 0 before EIP-4844."""
        history = self.request("eth_feeHistory", "0x1", "latest", [])
        blob = history.get("baseFeePerBlobGas") or ["0x0"]
        return int(history["baseFeePerGas"][-1], 16), int(blob[-1], 16)

    def wants_cell_proofs(self) -> bool | None:
        """True from Osaka on (EIP-7594), by EIP-7910's eth_config; None if the node does not say.

        Forks are not named there; Osaka is the one that brought the precompile P256VERIFY.
        """
        try:
            config = self.request("eth_config")
            return "P256VERIFY" in config["current"]["precompiles"]
        except (RpcError, KeyError, TypeError):
            return None
