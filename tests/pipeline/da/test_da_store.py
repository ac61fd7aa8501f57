"""The alternative store: a directory, and a real HTTP server that behaves well or badly."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from cairn_pipeline.contract import ErrorClass
from cairn_pipeline.da.errors import DaError, Reason
from cairn_pipeline.da.store import publish


class Server(http.server.BaseHTTPRequestHandler):
    objects: ClassVar[dict[str, bytes]] = {}
    puts: ClassVar[list[str]] = []
    answer: ClassVar[int] = 0  # to a PUT, instead of doing it
    forgets: ClassVar[bool] = False
    damages: ClassVar[bool] = False

    def do_GET(self) -> None:
        if self.path not in self.objects:
            self.send_error(404)
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.objects[self.path])

    def do_PUT(self) -> None:
        self.puts.append(self.headers.get("Authorization", ""))
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if self.answer:
            self.send_error(self.answer)
            return
        if not self.forgets:
            self.objects[self.path] = data[:-1] if self.damages else data
        self.send_response(201)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[str, type[Server]]]:
    handler = type("Handler", (Server,), {"objects": {}, "puts": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/da", handler
        running.shutdown()
        thread.join()


def refusal(store: str) -> DaError:
    with pytest.raises(DaError) as error:
        publish(store, "0xab", b"data", timeout=60)
    return error.value


def test_directory_gets_it_once(tmp_path: Path) -> None:
    first = publish(str(tmp_path), "0xab", b"data")
    inode = (tmp_path / "0xab").stat().st_ino

    second = publish(str(tmp_path), "0xab", b"data")

    assert first == second
    assert (tmp_path / "0xab").stat().st_ino == inode
    assert (tmp_path / "0xab").read_bytes() == b"data"
    assert first.url.startswith("file:///") and first.bytes == 4


def test_server_gets_it_once(server: tuple[str, type[Server]]) -> None:
    url, handler = server

    first = publish(url, "0xab", b"data", token="secret")
    second = publish(url, "0xab", b"data", token="secret")

    assert first == second
    assert handler.objects == {"/da/0xab": b"data"}
    assert handler.puts == ["Bearer secret"]
    assert first.url == f"{url}/0xab"


@pytest.mark.parametrize(
    "answer, error_class",
    [(503, ErrorClass.TRANSIENT), (429, ErrorClass.TRANSIENT), (403, ErrorClass.CONFIGURATION)],
)
def test_refusing_server_is_classed(
    server: tuple[str, type[Server]], answer: int, error_class: ErrorClass
) -> None:
    server[1].answer = answer

    error = refusal(server[0])

    assert error.error_class is error_class
    assert str(answer) in error.reason and "PUT" in error.reason


def test_forgetful_server_is_noticed(server: tuple[str, type[Server]]) -> None:
    server[1].forgets = True

    assert refusal(server[0]).name is Reason.STORE_UNAVAILABLE


def test_damaging_server_is_noticed(server: tuple[str, type[Server]]) -> None:
    server[1].damages = True

    assert refusal(server[0]).name is Reason.STORE_CONFLICT


def test_other_data_on_the_server_is_left_alone(server: tuple[str, type[Server]]) -> None:
    server[1].objects["/da/0xab"] = b"other"

    assert refusal(server[0]).name is Reason.STORE_CONFLICT
    assert server[1].objects == {"/da/0xab": b"other"}


def test_absent_server_is_transient() -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), Server) as closed:
        url = f"http://127.0.0.1:{closed.server_port}"

    assert refusal(url).name is Reason.STORE_UNAVAILABLE
