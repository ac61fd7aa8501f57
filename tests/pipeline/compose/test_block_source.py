"""Where a pipeline begins: --first, then NEXT_BLOCK, then the file, then the latest finalized block."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from cairn_pipeline.compose.block_source import Source, latest_finalized
from cairn_pipeline.compose.pipeline_file import BlockSource
from cairn_pipeline.compose.queue_store import QueueStore
from cairn_pipeline.contract import ErrorClass, StageError


class Node(HTTPServer):
    """A JSON-RPC node that knows one method."""

    def __init__(self) -> None:
        self.asked: list[dict] = []
        self.answer: dict = {"result": {"number": "0x64", "block_number": 7}}
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Node

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(request)
        body = json.dumps({"jsonrpc": "2.0", "id": request["id"], **self.server.answer}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        pass


@pytest.fixture
def node() -> Iterator[Node]:
    with Node() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def source(
    folder: Path, environment: dict[str, str], flag: int | None = None, **settings: object
) -> tuple[Source, QueueStore]:
    queue = QueueStore(folder, "blocks")
    full = BlockSource.model_validate(
        {"strategy": "blocks", "to": "blocks", "poll_seconds": 1e-9, **settings}
    )
    return Source("blocks", full, [queue], folder, environment, flag), queue


def blocks(queue: QueueStore) -> list[int]:
    return [queue.read(message_id).block for message_id in queue.ids()]


@pytest.mark.parametrize(
    ("flag", "next_block", "file", "first"),
    [(98, "97", 96, 98), (None, "97", 96, 97), (None, None, 96, 96), (None, None, None, 100)],
)
def test_where_it_begins(flag, next_block, file, first, node: Node, tmp_path: Path) -> None:
    environment = {"L1_RPC": node.url} | ({"NEXT_BLOCK": next_block} if next_block else {})
    one, queue = source(tmp_path, environment, flag, first=file)
    assert one.step() == 101 - first
    assert blocks(queue) == list(range(first, 101))


def test_it_follows_the_chain_and_goes_on_after_a_restart(node: Node, tmp_path: Path) -> None:
    one, queue = source(tmp_path, {"L1_RPC": node.url})
    assert (one.step(), one.step()) == (1, 0)
    node.answer = {"result": {"number": "0x66"}}
    assert one.step() == 2 and not one.exhausted()
    node.answer = {"result": {"number": "0x67"}}
    again, _ = source(tmp_path, {"L1_RPC": node.url})  # not from block 103, which is the latest now
    again.step()
    assert blocks(queue) == [100, 101, 102, 103]


def test_it_ends_at_the_last_block_and_never_goes_past_finality(node: Node, tmp_path: Path) -> None:
    one, queue = source(tmp_path, {"L1_RPC": node.url}, first=99, last=101)
    one.step()
    assert blocks(queue) == [99, 100] and not one.exhausted()
    node.answer = {"result": {"number": "0xff"}}
    one.step()
    assert blocks(queue) == [99, 100, 101] and one.exhausted()


def test_both_chains_are_asked_for_what_is_final(node: Node) -> None:
    assert latest_finalized(node.url, "ethereum") == 100
    assert latest_finalized(node.url, "starknet") == 7
    asked = [(request["method"], request["params"]) for request in node.asked]
    assert asked == [
        ("eth_getBlockByNumber", ["finalized", False]),
        ("starknet_getBlockWithTxHashes", ["l1_accepted"]),
    ]


def failing(url: str) -> StageError:
    with pytest.raises(StageError) as caught:
        latest_finalized(url, "ethereum")
    return caught.value


def test_a_node_that_fails(node: Node) -> None:
    node.answer = {"error": {"code": -32601, "message": "no such method"}}
    assert failing(node.url).error_class is ErrorClass.CONFIGURATION
    node.answer = {"result": None}
    assert failing(node.url).error_class is ErrorClass.TRANSIENT
    assert failing("http://127.0.0.1:1").error_class is ErrorClass.TRANSIENT


@pytest.mark.parametrize(
    ("environment", "settings", "words"),
    [
        ({"NEXT_BLOCK": "latest"}, {"last": 5}, "NEXT_BLOCK=latest: a block number was wanted"),
        ({}, {"first": 5}, "neither a last block nor an rpc"),
        ({}, {"last": 5}, "no first block and no rpc"),
    ],
)
def test_what_cannot_begin_is_refused(environment, settings, words, tmp_path: Path) -> None:
    with pytest.raises(StageError, match=words) as caught:
        source(tmp_path, environment, **settings)
    assert caught.value.error_class is ErrorClass.CONFIGURATION


def test_another_beginning_needs_another_folder(tmp_path: Path) -> None:
    source(tmp_path, {}, first=5, last=6)[0].step()
    with pytest.raises(StageError, match="began at block 5, not 4"):
        source(tmp_path, {}, first=4, last=6)[0].step()
