"""A real Prefect server, and `refusery serve` at it, as processes of a test."""

from __future__ import annotations

import base64
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import orjson

from tests.loopback import own_prefect

Run: TypeAlias = dict[str, Any]
"""A run or a deployment as the server tells it."""

_PASSWORD = "tests:a-password-of-tests"
_BASIC = base64.b64encode(_PASSWORD.encode()).decode()
_START_S, _STOP_S = 600.0, 60.0
_BUSY, _TRIES = 503, 10
_ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


@dataclass(frozen=True, slots=True)
class Scheduler:
    """A Prefect server.

    Attributes:
        folder: Where it keeps everything.
        url: Its address.
    """

    folder: Path
    url: str

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to find it."""
        return own_prefect(self.folder) | {
            "PREFECT_API_URL": self.url, "PREFECT_API_AUTH_STRING": _PASSWORD, "DO_NOT_TRACK": "1",
        }  # fmt: skip

    def ask(self, path: str, body: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401
        """The answer of its API; a body makes it a POST. A busy database is asked again."""
        request = urllib.request.Request(
            self.url + path,
            data=None if body is None else orjson.dumps(body),
            headers={"Content-Type": "application/json", "Authorization": f"Basic {_BASIC}"},
        )
        for tried in range(_TRIES):
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return orjson.loads(answer.read())
            except urllib.error.HTTPError as error:
                if error.code != _BUSY or tried == _TRIES - 1:
                    raise
                time.sleep(1.0)
        raise AssertionError("unreachable")

    def deployments(self) -> dict[str, Run]:
        """What is registered, by name."""
        return {each["name"]: each for each in self.ask("/deployments/filter", {})}

    def start(self, deployment: str, **parameters: object) -> Run:
        """Starts a deployment as a person does, and waits for its end."""
        id = self.deployments()[deployment]["id"]
        wanted = {"parameters": parameters, "idempotency_key": uuid.uuid4().hex}
        made = self.ask(f"/deployments/{id}/create_flow_run", wanted)
        return self.ended(lambda: [self.ask(f"/flow_runs/{made['id']}")])

    def runs(self, deployment: str) -> list[Run]:
        """Its runs that have ended, the oldest first."""
        id = self.deployments()[deployment]["id"]
        found = self.ask(
            "/flow_runs/filter",
            {"flow_runs": {"deployment_id": {"any_": [id]}}, "sort": "START_TIME_ASC"},
        )
        return [each for each in found if each["state_type"] in _ENDED]

    def ended(self, look: Callable[[], list[Run]], seconds: float = 180.0) -> Run:
        """The first run of those looked for that has ended."""
        return self.found(lambda: [run for run in look() if run["state_type"] in _ENDED], seconds)

    def found(self, look: Callable[[], list[Run]], seconds: float = 180.0) -> Run:
        """The first run that is looked for, once there is one."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for run in look():
                return run
            time.sleep(0.5)
        raise TimeoutError(f"a run must be found within {seconds:g} s")


@contextmanager
def scheduler(folder: Path) -> Iterator[Scheduler]:
    """A Prefect server on a free port of 127.0.0.1 with a database of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Scheduler(folder, f"http://127.0.0.1:{port}/api")
    command = ["prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    environment = own_prefect(folder) | {
        "DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_API_AUTH_STRING": _PASSWORD,
    }  # fmt: skip
    with _process(["-m", *command], folder, environment, "server.log") as process:
        _until_healthy(server, process)
        yield server


@contextmanager
def serving(server: Scheduler, *arguments: str, **environment: str) -> Iterator[Path]:
    """`refusery serve` with these arguments; what it prints goes to the file that is given."""
    command = ["-m", "refusery", "serve", *arguments]
    whole = server.environment | environment
    with _process(command, server.folder, whole, "serve.log") as process:
        said = server.folder / "serve.log"
        _until(lambda: "publish/publish" in said.read_text(), process, said)
        _until(lambda: "publish" in server.deployments(), process, said)
        yield said
    assert process.returncode == 143, said.read_text()


@contextmanager
def _process(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], log: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is asked to end with the block, and made to where it does not."""
    with (folder / log).open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder, env=dict(environment), stdout=said, stderr=said,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _until(holds: Callable[[], bool], process: subprocess.Popen[bytes], said: Path) -> None:
    until = time.monotonic() + _START_S
    while not holds():
        assert process.poll() is None, said.read_text()
        assert time.monotonic() < until, said.read_text()
        time.sleep(0.2)


def _until_healthy(server: Scheduler, process: subprocess.Popen[bytes]) -> None:
    def healthy() -> bool:
        try:
            return server.ask("/health") is True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    _until(healthy, process, server.folder / "server.log")
