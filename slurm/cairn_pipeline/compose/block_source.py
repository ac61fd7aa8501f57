"""The collector that begins a pipeline: a message for every block, as the chain finalizes them."""

import json
import time
from collections.abc import Mapping
from pathlib import Path

from cairn_pipeline.compose.message import Message, block_id
from cairn_pipeline.compose.pipeline_file import BlockSource
from cairn_pipeline.compose.queue_store import QueueStore, publish_once
from cairn_pipeline.contract import ErrorClass, StageError

RPC_SECONDS = 30
# Published ahead in one step, so that a long range does not keep the other collectors waiting.
BLOCKS_PER_STEP = 1000


def latest_finalized(url: str, chain: str) -> int:
    """The chain's latest finalized block: for Starknet the latest that Ethereum has accepted.

    Raises StageError: transient if the node does not answer, configuration if it does not know the method.
    """
    from web3 import HTTPProvider  # takes a second to load, which only those who ask a node should pay

    if chain == "ethereum":
        method, parameters, key = "eth_getBlockByNumber", ["finalized", False], "number"
    else:
        method, parameters, key = "starknet_getBlockWithTxHashes", ["l1_accepted"], "block_number"
    try:
        answer = HTTPProvider(url, request_kwargs={"timeout": RPC_SECONDS}).make_request(method, parameters)
    except Exception as error:  # web3 lets its HTTP library's exceptions through
        raise StageError(ErrorClass.TRANSIENT, f"{url}: {method}: {error}") from error
    if answer.get("error"):
        raise StageError(ErrorClass.CONFIGURATION, f"{url}: {method}: {answer['error']}")
    result = answer.get("result")
    number = result.get(key) if isinstance(result, Mapping) else None
    if number is None:
        raise StageError(ErrorClass.TRANSIENT, f"{url}: {method}: no finalized block yet")
    return int(number, 16) if isinstance(number, str) else int(number)


class Source:
    """Publishes first, first + 1, ... up to last or the latest finalized block.

    Where it began is kept in the state folder: a restart goes on from there, whatever is finalized then.
    """

    def __init__(
        self,
        name: str,
        settings: BlockSource,
        targets: list[QueueStore],
        state: Path,
        environment: Mapping[str, str],
        first: int | None = None,
        last: int | None = None,
    ) -> None:
        self.name, self.settings, self.targets = name, settings, targets
        self._url = settings.rpc or environment.get("L1_RPC")
        self._begin = state / "sources" / f"{name}.json"
        self._begin.parent.mkdir(parents=True, exist_ok=True)
        self._first = first if first is not None else _number(environment, "NEXT_BLOCK", settings.first)
        self._last = last if last is not None else settings.last
        self._next: int | None = None
        self._head = -1
        self._asked = -float("inf")
        if self._last is None and self._url is None:
            reason = f"collector {name}: neither a last block nor an rpc: set last, rpc or L1_RPC"
            raise StageError(ErrorClass.CONFIGURATION, reason)
        if self._first is None and self._url is None and self.began() is None:
            reason = (
                f"collector {name}: no first block and no rpc to ask for one: set first, NEXT_BLOCK or L1_RPC"
            )
            raise StageError(ErrorClass.CONFIGURATION, reason)

    def began(self) -> int | None:
        """The first block of this state folder, None before it is known."""
        try:
            first: int = json.loads(self._begin.read_bytes())["first"]
        except FileNotFoundError:
            return None
        return first

    def step(self) -> int:
        """Publishes the blocks that are due. Raises StageError(transient) if the node does not answer."""
        if self._next is None:
            self._next = self._start()
        end = self._last
        if self._url is not None and (end is None or self._head < end):
            end = self._finalized() if end is None else min(end, self._finalized())
        assert end is not None  # the constructor has seen to it
        count = 0
        while self._next <= end and count < BLOCKS_PER_STEP:
            message = Message(id=block_id(self._next), block=self._next, producer=self.name, data=self._next)
            for queue in self.targets:
                queue.publish(message)
            self._next += 1
            count += 1
        return count

    def _start(self) -> int:
        first = self._first
        if first is None:
            began = self.began()
            first = began if began is not None else self._finalized()
        publish_once(self._begin, json.dumps({"first": first}) + "\n")
        began = self.began()
        assert began is not None
        if began != first and self._first is not None:
            reason = f"collector {self.name}: this folder began at block {began}, not {first}: take another"
            raise StageError(ErrorClass.CONFIGURATION, reason)
        return began

    def _finalized(self) -> int:
        assert self._url is not None
        if time.monotonic() - self._asked >= self.settings.poll_seconds:
            self._head = latest_finalized(self._url, self.settings.chain)
            self._asked = time.monotonic()
        return self._head

    def exhausted(self) -> bool:
        """True once all blocks up to the last are published."""
        return self._last is not None and self._next is not None and self._next > self._last


def _number(environment: Mapping[str, str], key: str, default: int | None) -> int | None:
    text = environment.get(key)
    if text is None or text == "":
        return default
    if not text.isdecimal():
        raise StageError(ErrorClass.CONFIGURATION, f"{key}={text}: a block number was wanted")
    return int(text)
