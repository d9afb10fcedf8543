"""Prefect's server: one that cannot be used is one line, and ours is gone when its run is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psutil
import pytest

from flows.errors import LibraryError, PrefectUnusableError, contained
from flows.prefect_server import open_server, require_home
from pipelines.errors import NotBuiltError
from tests.loopback import models, own_prefect, process_of, write_recipe
from tests.refusery.signalled import GUARD_S, started, until
from tests.servers.faults import hangs
from tests.servers.openai_server import serve
from tests.servers.schedules import always

pytestmark = pytest.mark.timeout(1500)

_PAGE = b"<!doctype html><html><body>It works!</body></html>"


@contextmanager
def _answering(status: int, body: bytes, kind: str) -> Iterator[str]:
    """A web server that gives the same answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/api"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _refused(url: str) -> str:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: url}), pytest.raises(PrefectUnusableError) as error:
        open_server()
    line = str(error.value)
    assert "PREFECT_API_URL must be the address of a Prefect server" in line
    assert "unset PREFECT_API_URL" in line
    assert "\n" not in line
    return line


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/api", "nonsense", "ftp://127.0.0.1/api"])
def test_a_server_that_does_not_answer_is_refused_in_one_line(url: str) -> None:
    assert url in _refused(url)


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        (200, _PAGE, "text/html", "what answers there is none"),
        (200, b'{"half', "application/json", "what answers there is none"),
        (200, b"\xff\xfe\x00", "application/json", "what answers there is none"),
        (401, b'{"exception_message": "Unauthorized"}', "application/json", "another key (401)"),
        (404, _PAGE, "text/html", "it answered 404"),
        (503, b"", "text/plain", "it answered 503"),
    ],
)
def test_what_answers_and_is_no_server_of_ours_is_refused_in_one_line(
    status: int, body: bytes, kind: str, says: str
) -> None:
    with _answering(status, body, kind) as url:
        assert says in _refused(url)


def test_a_home_that_is_a_file_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.write_text("")
    monkeypatch.setenv("PREFECT_HOME", str(home))
    with pytest.raises(PrefectUnusableError, match="PREFECT_HOME must be a folder") as error:
        require_home()
    assert str(home) in str(error.value)


def test_an_error_of_a_library_leaves_a_task_by_its_type_alone() -> None:
    with pytest.raises(LibraryError) as error, contained():
        raise ValueError("could not convert 'xylophone'")
    assert str(error.value) == "the program or a library failed (got ValueError)"
    assert isinstance(error.value.__cause__, ValueError)
    with pytest.raises(NotBuiltError), contained():
        raise NotBuiltError("a rule", "value")
    with pytest.raises(KeyboardInterrupt), contained():
        raise KeyboardInterrupt


def test_a_panic_of_polars_is_one_of_a_library() -> None:
    import polars as pl

    class PanicException(BaseException):
        """As polars makes it: of no module that can be imported."""

    assert pl.exceptions.PanicException.__name__ == PanicException.__name__
    with pytest.raises(LibraryError, match="PanicException"), contained():
        raise PanicException("byte index 33 is out of bounds of `xylophone`")


@pytest.mark.slow
@pytest.mark.parametrize("wrong", ["dead", "page", "home"])
def test_a_build_at_a_server_that_cannot_be_used_ends_in_one_line(
    tmp_path: Path, wrong: str
) -> None:
    (tmp_path / "file").write_text("")
    recipe = write_recipe(tmp_path, "http://127.0.0.1:9/v1")
    with _answering(200, _PAGE, "text/html") as page:
        given = {
            "dead": {"PREFECT_API_URL": "http://127.0.0.1:9/api"},
            "page": {"PREFECT_API_URL": page},
            "home": {"PREFECT_HOME": str(tmp_path / "file")},
        }[wrong]
        done = process_of("build", recipe, cwd=tmp_path, seconds=GUARD_S, **given)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1, done.stderr
    assert next(iter(given)) in done.stderr


def _server_of(pid: int) -> list[psutil.Process]:
    below = psutil.Process(pid).children(recursive=True)
    return [each for each in below if "server_child" in " ".join(each.cmdline())]


@pytest.mark.slow
def test_our_server_is_gone_after_its_run_was_killed(tmp_path: Path) -> None:
    with serve(models(), faults=always(hangs())) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        with started("build", recipe, cwd=tmp_path) as child:
            until(lambda: server.calls, child)
            (own,) = _server_of(child.pid)
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
            _, left = psutil.wait_procs([own], timeout=30)
    assert left == []


@pytest.mark.slow
def test_a_server_that_vanishes_ends_a_run_in_one_line_and_the_next_one_goes_on(
    tmp_path: Path,
) -> None:
    with serve(models(), latency_s=0.1) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        with started("build", recipe, cwd=tmp_path) as child:
            until(lambda: server.calls, child)
            (own,) = _server_of(child.pid)
            own.kill()
            _, err = child.communicate(timeout=GUARD_S)
        assert child.returncode == 1, err
        assert "Prefect's server must go on answering" in err.splitlines()[-1]
        assert "Traceback" not in err
        again = process_of("build", recipe, "--quiet", cwd=tmp_path, seconds=GUARD_S)
        assert again.returncode == 0, again.stderr


@pytest.mark.slow
def test_a_calm_run_says_nothing_after_its_end_and_leaves_no_server(tmp_path: Path) -> None:
    with serve(models()) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        begun = time.monotonic()
        with started("build", recipe, "--quiet", "--limit", "1", cwd=tmp_path) as child:
            until(lambda: server.calls, child)
            (own,) = _server_of(child.pid)
            out, err = child.communicate(timeout=GUARD_S)
    print(f"{time.monotonic() - begun:.1f} s")  # noqa: T201
    assert (child.returncode, err) == (0, "")
    assert out.strip().endswith("2026.11.0-limit1")
    assert not own.is_running()


@pytest.mark.slow
def test_a_limit_on_files_that_prefect_meets_first_is_one_line(tmp_path: Path) -> None:
    import subprocess
    import sys

    with serve(models()) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        done = subprocess.run(
            ["bash", "-c", f'ulimit -f 256; exec {sys.executable} -m refusery build "{recipe}"'],
            cwd=tmp_path,
            env=own_prefect(tmp_path),
            capture_output=True,
            text=True,
            timeout=GUARD_S,
        )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "ulimit -f" in done.stderr.splitlines()[-1], done.stderr


_UNSENT = """
import asyncio, sys
if sys.argv[1] == "ours":
    import flows
from prefect.events import Event
from prefect.events.clients import NullEventsClient
from prefect.events.worker import EventsWorker
from prefect.logging.configuration import setup_logging

class Slow(NullEventsClient):
    async def emit(self, event):
        await asyncio.sleep(0.3)

setup_logging(incremental=False)
worker = EventsWorker.instance(Slow)
for _ in range(4):
    worker.send(Event(event="a", resource={"prefect.resource.id": "a"}))
EventsWorker.drain_all(timeout=30)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("whose", "told"), [("theirs", True), ("ours", False)])
def test_nobody_is_told_of_events_that_are_still_to_be_sent_when_a_flow_ends(
    whose: str, told: bool, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _UNSENT, whose],
        env=own_prefect(tmp_path),
        capture_output=True,
        text=True,
        timeout=GUARD_S,
    )
    assert done.returncode == 0, done.stderr
    assert ("Still processing items" in done.stderr + done.stdout) is told
