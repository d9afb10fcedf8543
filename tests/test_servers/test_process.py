from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

from tests.servers.behaviours import echo
from tests.servers.openai_server import Server, serve

if TYPE_CHECKING:
    from tests.test_servers.conftest import Asks

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.servers.openai_server", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as run:
        try:
            yield run
        finally:
            run.kill()


def address(run: subprocess.Popen[str]) -> str:
    assert run.stdout is not None
    return run.stdout.readline().strip()


def test_the_server_runs_as_a_process_that_prints_its_address(ask: Asks, tmp_path: Path) -> None:
    file = tmp_path / "address"
    with process("--behaviour", "echo", "--latency-ms", "1", "--port-file", str(file)) as run:
        base_url = address(run)
        assert base_url.startswith("http://127.0.0.1:")
        assert file.read_text() == base_url
        answer = ask(Server(echo, base_url=base_url), "Hello from outside")
        assert answer.choices[0].message.content == "Hello from outside"
        run.terminate()
        assert run.wait(10) == 0


def test_the_process_stops_by_itself() -> None:
    with process("--seconds", "0.2") as run:
        address(run)
        assert run.wait(60) == 0


def test_a_port_that_is_taken_is_one_line_and_no_traceback() -> None:
    with serve(echo) as server:
        port = server.base_url.split(":")[2].removesuffix("/v1")
        with process("--port", port) as run:
            assert run.stderr is not None
            assert run.wait(10) == 1
            assert run.stderr.read().startswith(f"cannot listen on port {port}")


def test_the_server_listens_on_loopback_alone() -> None:
    with serve(echo) as server:
        assert server.base_url.startswith("http://127.0.0.1:")
        with urlopen(f"{server.base_url}/models", timeout=5) as response:
            assert response.status == 200
