"""The core contract and its fact registry (contracts/src), as settlement reads and calls them."""

from dataclasses import dataclass
from typing import Any

from eth_abi.abi import decode
from eth_utils.crypto import keccak

from cairn_pipeline.settlement.node import BlockId, Node, RpcError, encode_call

UPDATE_STATE = "updateState(uint256[],uint256,uint256)"
UPDATE_STATE_WITH_DATA = "updateStateWithData(uint256[],uint256[])"
UPDATE_STATE_KZG = "updateStateKzgDA(uint256[],bytes[])"
UPDATE_STATE_ALT_DA = "updateStateAltDA(uint256[],bytes[])"
REGISTER_FACT = "registerFact(bytes32)"
STATE_UPDATE_EVENT = "0x" + keccak(text="LogStateUpdate(uint256,int256,uint256)").hex()
LOG_WINDOW = 5000
HEADS = 3  # how many may be taken by a reorg while we read


@dataclass(frozen=True)
class State:
    """What a core contract holds; number -1 before the first block."""

    root: int
    number: int
    hash: int

    def __str__(self) -> str:
        return f"block {self.number}, root {self.root:#x}, hash {self.hash:#x}"


@dataclass(frozen=True)
class Update:
    """An update that the chain holds."""

    state: State
    transaction: str
    block: int


class CoreContract:
    def __init__(self, node: Node, address: str) -> None:
        self.node = node
        self.address = address

    def _read(
        self, signature: str, returns: str = "uint256", *arguments: Any, block: BlockId = "latest"
    ) -> Any:
        return self.node.read(self.address, signature, returns, *arguments, block=block)

    def state(self, block: BlockId = "latest") -> State:
        """Raises RpcError if the node no longer has the state at `block`."""
        if block != "latest":
            return self._state(block)
        for _ in range(HEADS - 1):
            try:
                return self._state(self.node.head())
            except RpcError:  # a reorg has taken this head since: there is another
                continue
        return self._state(self.node.head())

    def _state(self, block: BlockId) -> State:
        """Three reads of one block."""
        return State(
            self._read("stateRoot()", block=block),
            self._read("stateBlockNumber()", "int256", block=block),
            self._read("stateBlockHash()", block=block),
        )

    def program_hash(self) -> int:
        return int(self._read("programHash()"))

    def aggregator_program_hash(self) -> int:
        return int(self._read("aggregatorProgramHash()"))

    def config_hash(self) -> int:
        return int(self._read("configHash()"))

    def allows_alt_da(self) -> bool:
        """Whether it was deployed to settle blobs that are kept elsewhere; no other contract was."""
        try:
            return bool(self._read("altDA()", "bool"))
        except RpcError as error:
            if error.revert_reason is None:
                raise
            return False

    def is_operator(self, address: str) -> bool:
        return bool(self._read("isOperator(address)", "bool", address))

    def registry(self) -> str:
        return str(self._read("verifier()", "address"))

    def find_update(self, number: int, deployed_at: int) -> Update | None:
        """The update to that block number, looked for from the newest block back."""
        last = self.node.head()
        while last >= deployed_at:
            first = max(deployed_at, last - LOG_WINDOW + 1)
            logs = self.node.request(
                "eth_getLogs",
                {
                    "address": self.address,
                    "topics": [STATE_UPDATE_EVENT],
                    "fromBlock": hex(first),
                    "toBlock": hex(last),
                },
            )
            for log in reversed(logs):
                update = update_of_log(log)
                if update.state.number == number:
                    return update
                if update.state.number < number:
                    return None
            last = first - 1
        return None


def update_of_log(log: dict[str, Any]) -> Update:
    root, number, block_hash = decode(["uint256", "int256", "uint256"], bytes.fromhex(log["data"][2:]))
    return Update(State(root, number, block_hash), log["transactionHash"], int(log["blockNumber"], 16))


class FactRegistry:
    # Bytecode that answers every call with the word 1: in the registry's place while an update is
    # simulated whose fact is not registered yet.
    ALWAYS_TRUE = "0x600160005260206000f3"

    def __init__(self, node: Node, address: str) -> None:
        self.node = node
        self.address = address

    def is_valid(self, fact: bytes, block: BlockId = "latest") -> bool:
        return bool(self.node.read(self.address, "isValid(bytes32)", "bool", fact, block=block))

    def is_operator(self, address: str) -> bool:
        return bool(self.node.read(self.address, "isOperator(address)", "bool", address))

    def trust_model(self) -> str:
        """What stands behind its facts, in words."""
        try:
            return str(self.node.read(self.address, "trustModel()", "string"))
        except RpcError:
            return "unknown: the registry does not say"

    @staticmethod
    def register(fact: bytes) -> bytes:
        return encode_call(REGISTER_FACT, fact)
