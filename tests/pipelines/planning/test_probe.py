from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from pipelines.planning.servers import Answer, ask_models


class Handler(BaseHTTPRequestHandler):
    """Answers every GET with what the server was given, and remembers who asked."""

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Canned)
        server.asked.append((self.path, self.headers.get("Authorization")))
        self.send_response(server.status)
        for name, value in server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(server.body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


class Canned(ThreadingHTTPServer):
    def __init__(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.body, self.headers = status, body, headers
        self.asked: list[tuple[str, str | None]] = []

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


@contextmanager
def canned(status: int, body: bytes = b"", **headers: str) -> Iterator[Canned]:
    with Canned(status, body, headers) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(5)


def test_a_server_lists_its_models() -> None:
    with canned(200, b'{"data": [{"id": "a"}, {"id": "b"}]}') as server:
        answer = ask_models(server.base_url, {"Authorization": "Bearer k"})
        assert answer == Answer(200, ("a", "b"))
        assert server.asked == [("/v1/models", "Bearer k")]


@pytest.mark.parametrize(
    "body",
    [
        b"<html></html>",
        b'{"data": [',
        b"[]",
        b'{"data": [3]}',
        b'{"data": [{"id": ["a"]}]}',
        b"",
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_an_answer_that_is_no_list_of_models_is_told(body: bytes) -> None:
    with canned(200, body) as server:
        assert ask_models(server.base_url, {}) == Answer(200, None)


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500])
def test_a_refusal_keeps_its_status(status: int) -> None:
    with canned(status, b"no") as server:
        assert ask_models(server.base_url, {}) == Answer(status, None)


def test_a_redirect_is_not_followed_so_that_a_key_stays_with_its_host() -> None:
    with canned(200, b'{"data": []}') as other:
        with canned(302, Location=f"{other.base_url}/models") as server:
            answer = ask_models(server.base_url, {"Authorization": "Bearer k"})
        assert answer == Answer(302, None)
        assert other.asked == []


def test_a_server_that_never_ends_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.planning.servers._TIMEOUT_S", 0.3)

    class Drip(Canned):
        """Sends a byte now and then."""

        def finish_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
            request.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
            with suppress(OSError):
                for _ in range(1000):
                    request.sendall(b" ")
                    time.sleep(0.05)

    with Drip(200, b"", {}) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        assert ask_models(server.base_url, {}) == Answer(None)
        server.shutdown()
        thread.join(5)


def test_where_nobody_listens_there_is_no_answer() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert ask_models(f"http://127.0.0.1:{port}/v1", {}) == Answer(None)
