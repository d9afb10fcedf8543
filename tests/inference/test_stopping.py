"""An engine that is stopped, and a wait for it that is ended, also while a model hangs."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from inference import engine as engines
from inference.engine import Engine
from inference.errors import EngineStoppedError
from tests.inference.tasks import asking, engine_for
from tests.servers.behaviours import echo
from tests.servers.faults import hangs
from tests.servers.openai_server import Server, serve
from tests.servers.schedules import containing

_HANGS = containing('"slow', hangs())


def _in_flight(server: Server, number: int) -> None:
    ends = time.monotonic() + 60
    while len(server.calls) < number and time.monotonic() < ends:
        time.sleep(0.01)


def test_a_stopped_engine_ends_all_batches_and_keeps_what_was_answered(tmp_path: Path) -> None:
    ended: list[BaseException] = []

    def run(engine: Engine, name: str) -> None:
        try:
            engine.run([asking(f"{name} answered"), asking(f"slow {name}")])
        except EngineStoppedError as error:
            ended.append(error)

    with serve(echo, faults=_HANGS) as server:
        with engine_for(server.base_url, tmp_path / "ledger", timeout_s=600.0) as engine:
            threads = [threading.Thread(target=run, args=(engine, str(n))) for n in range(3)]
            for thread in threads:
                thread.start()
            _in_flight(server, 6)
            time.sleep(0.2)
            engine.stop()
            for thread in threads:
                thread.join(30)
            assert len(ended) == 3
            with pytest.raises(EngineStoppedError, match="what was answered is kept"):
                engine.run([asking("q")])
        sent = len(server.calls)
        with engine_for(server.base_url, tmp_path / "ledger") as engine:
            engine.run(asking(f"{name} answered") for name in range(3))
        assert len(server.calls) == sent


def test_an_engine_closes_while_a_model_hangs(tmp_path: Path) -> None:
    with (
        serve(echo, faults=_HANGS) as server,
        engine_for(server.base_url, tmp_path / "ledger", timeout_s=600.0) as engine,
    ):
        ended: list[BaseException] = []

        def run() -> None:
            try:
                engine.run([asking("slow")])
            except EngineStoppedError as error:
                ended.append(error)

        waiting = threading.Thread(target=run)
        waiting.start()
        _in_flight(server, 1)
        engine.close()
        engine.close()
        waiting.join(30)
        assert len(ended) == 1


def test_all_engines_are_stopped_while_another_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking, added = threading.Event(), threading.Event()

    class Watched(weakref.WeakSet[Engine]):
        def add(self, item: Engine) -> None:
            super().add(item)
            if looking.is_set():
                added.set()

        def __iter__(self) -> Iterator[Engine]:
            for each in super().__iter__():
                looking.set()
                added.wait(0.2)
                yield each

    def start() -> None:
        looking.wait(30)
        with engine_for("http://127.0.0.1:9/v1", tmp_path / "other"):
            pass

    monkeypatch.setattr(engines, "_running", Watched())
    with engine_for("http://127.0.0.1:9/v1", tmp_path / "ledger"):
        starting = threading.Thread(target=start)
        starting.start()
        assert engines.stop_engines() == 1
        starting.join(30)
        assert added.is_set()


_PROGRAM = """
import sys
import polars  # its handler of signals makes waits without an end deaf
from pathlib import Path
from tests.inference.tasks import asking, engine_for

with engine_for(sys.argv[1], Path(sys.argv[2]), timeout_s=600.0) as engine:
    try:
        engine.run([asking("slow")])
    except KeyboardInterrupt:
        print("interrupted", flush=True)
print("closed", flush=True)
"""


@pytest.mark.slow
def test_ctrl_c_ends_a_wait_for_a_model_that_hangs(tmp_path: Path) -> None:
    with serve(echo, faults=_HANGS) as server:
        arguments = [sys.executable, "-c", _PROGRAM, server.base_url, str(tmp_path / "ledger")]
        child = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        try:
            _in_flight(server, 1)
            time.sleep(0.5)
            child.send_signal(signal.SIGINT)
            said, _ = child.communicate(timeout=60)
        finally:
            child.kill()
    assert said.split() == ["interrupted", "closed"]
    assert child.returncode == 0
