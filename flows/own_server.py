"""Prefect's temporary server as a child that ends with this process, however that ends."""

import atexit
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any

import httpx
import prefect
from prefect.server.api.server import SubprocessASGIServer
from prefect.settings import (
    PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS,
    get_current_settings,
)

from flows.errors import PrefectLostError, limit_hint

_CHILD = Path(__file__).with_name("server_child.py")
_LOOK_S, _ANSWERS_S, _END_S = 0.1, 5.0, 3.0
_PORT_TAKEN = 3  # uvicorn's exit status where it cannot listen
_PORTS = 10
_SHOWN = 160  # characters of a log's last line


class OwnServer(SubprocessASGIServer):
    """The server that Prefect's clients of this process are given; see `open_server`."""

    def __new__(cls) -> "OwnServer":
        """Another one than Prefect keeps by its port."""
        return object.__new__(cls)

    def __init__(self, port: int | None = None) -> None:
        """Nothing runs yet; Prefect calls this again whenever it asks for its server."""
        if not hasattr(self, "_initialized"):
            super().__init__(None)
            self._log: IO[bytes] | None = None

    def begin(self) -> None:
        """Starts the child where none runs, and waits for nothing."""
        if self.server_process is None or self.server_process.poll() is not None:
            self.running = False
            self.port = self.find_available_port()
            self.server_process = self._run_uvicorn_command()
            atexit.register(self.stop)

    def start(self, timeout: int | None = None) -> None:
        """Waits until the server answers.

        Raises:
            PrefectLostError: It ended, or did not answer in time.
        """
        if self.running:
            return
        most = timeout or PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS.value()
        end, ports = time.monotonic() + most, 1
        self.begin()
        while not self._answers():
            status = None if self.server_process is None else self.server_process.poll()
            if status == _PORT_TAKEN and ports < _PORTS:
                ports += 1
                self.begin()
            elif status is not None or time.monotonic() > end:
                raise self._not_started(status)
            time.sleep(_LOOK_S)
        self.running = True

    def stop(self, most_s: float = _END_S) -> None:
        """Ends the server, killed where it takes longer than `most_s`. Safe to call twice."""
        child, self.server_process, self.running = self.server_process, None, False
        if child is not None:
            if child.stdin is not None:
                child.stdin.close()
            try:
                child.wait(most_s)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if self._log is not None:
            self._log.close()
            self._log = None

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.api_url}/health", timeout=_ANSWERS_S).status_code == 200
        except httpx.TransportError:
            return False

    def _not_started(self, status: int | None) -> PrefectLostError:
        said = "no answer in time" if status is None else f"exit status {status}{self._last_line()}"
        self.stop()
        rule = "Prefect's own server must start; another PREFECT_HOME or a server of yours, named"
        return PrefectLostError(f"{rule} by PREFECT_API_URL, may do{limit_hint()}", said)

    def _last_line(self) -> str:
        """What the server said last; it knows no prompt text."""
        if self._log is None:
            return ""
        self._log.seek(0)
        lines = self._log.read().decode("utf-8", "replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        shown = "".join(each if each.isprintable() else "?" for each in last)
        return f": {shown[:_SHOWN]}" if shown else ""

    def _run_uvicorn_command(self) -> subprocess.Popen[Any]:
        if self._log is None:
            self._log = tempfile.TemporaryFile()
        options = {
            "app-dir": str(Path(prefect.__file__).parents[1]),
            "host": "127.0.0.1",
            "port": str(self.port),
            "log-level": "error",
            "lifespan": "on",
        }
        given = [part for name, value in options.items() for part in (f"--{name}", value)]
        settings = get_current_settings().to_environment_variables(exclude_unset=True)
        # As Prefect starts it: no interface, and services that a temporary server has.
        own = {
            "PREFECT_UI_ENABLED": "0",
            "PREFECT__SERVER_EPHEMERAL": "1",
            "PREFECT__SERVER_FINAL": "1",
        }
        return subprocess.Popen(
            [
                *(sys.executable, "-P", str(_CHILD), "--factory"),
                *("prefect.server.api.server:create_app", *given),
            ],
            env={**os.environ, **own, **settings},
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,  # Ctrl-C is for us; the server ends when we do
        )


def ended_status() -> int | None:
    """The exit status of our server where it answered once and has ended; None while it runs."""
    own = SubprocessASGIServer._instances.get(None)
    if not isinstance(own, OwnServer) or not own.running or own.server_process is None:
        return None
    return own.server_process.poll()
