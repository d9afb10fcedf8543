"""SIGKILL at any point, then resumed: the same bytes, and only calls in flight repeated."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pipelines.runner.pipeline import context_for, run_pipeline
from tests.servers.chat import Answer, Body, last_text
from tests.servers.counting import Call
from tests.servers.openai_server import Server, serve

_IN_FLIGHT = 4
_CALM_CALLS = 160  # 40 seeds asked once, their 120 rewrites asked once


def _words(body: Body) -> Answer:
    """Three texts that follow from the request alone."""
    asked = hashlib.sha256(repr((last_text(body), body.get("seed"))).encode()).hexdigest()
    return Answer("\n".join(f"a rewritten text {asked[n : n + 8]}" for n in (0, 8, 16)))


def _tables(out: Path) -> dict[str, bytes]:
    folder = out / "runs"
    files = sorted(folder.rglob("*.parquet"))
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a run that nobody disturbs leaves."""
    out = tmp_path_factory.mktemp("calm")
    with serve(_words) as server:
        run_pipeline(context_for(out, server.base_url))
        assert len(server.calls) == _CALM_CALLS
    tables = _tables(out)
    assert len(tables) == 5 * 4 * 3 + 2 * 4  # five stages, four shards; two stages have parents
    return tables


def _victim(out: Path, server: Server, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.pipelines.runner.pipeline", str(out), server.base_url]
    return subprocess.Popen([*command, *arguments])


def _killed_at_call(number: int) -> Callable[[Path, Server], None]:
    def kill(out: Path, server: Server) -> None:
        victims: list[int] = []

        def schedule(call: Call) -> None:
            if call.order == number and victims:
                os.kill(victims[0], signal.SIGKILL)

        server.latency_s = 0.01
        server.faults = schedule
        process = _victim(out, server)
        victims.append(process.pid)
        assert process.wait(60) == -signal.SIGKILL

    return kill


def _killed_before_record(number: int) -> Callable[[Path, Server], None]:
    def kill(out: Path, server: Server) -> None:
        process = _victim(out, server, "--die-before-record", str(number))
        assert process.wait(60) == -signal.SIGKILL

    return kill


def _points(count: int, seed: int) -> list[tuple[str, int]]:
    """Seeded points: two of three between calls, one between a rename and its record."""
    rng = random.Random(seed)
    points = [("call", rng.randrange(_CALM_CALLS)) for _ in range(count - count // 3)]
    return points + [("record", rng.randrange(20)) for _ in range(count // 3)]


def _check(point: tuple[str, int], tmp_path: Path, calm: dict[str, bytes]) -> None:
    kind, number = point
    kill = _killed_at_call(number) if kind == "call" else _killed_before_record(number)
    with serve(_words) as server:
        kill(tmp_path, server)
        server.faults, server.latency_s = lambda call: None, 0.0
        run_pipeline(context_for(tmp_path, server.base_url))
        repeated = sum(count - 1 for count in server.counts().values())
        assert len(server.counts()) == _CALM_CALLS
    assert repeated <= _IN_FLIGHT  # a record's death, too, may meet calls of other shards
    assert _tables(tmp_path) == calm


@pytest.mark.slow
@pytest.mark.parametrize("point", _points(3, seed=1), ids=str)
def test_a_killed_run_goes_on_to_the_same_bytes(
    point: tuple[str, int], tmp_path: Path, calm: dict[str, bytes]
) -> None:
    _check(point, tmp_path, calm)


@pytest.mark.slow
@pytest.mark.parametrize("point", _points(20, seed=2), ids=str)
def test_twenty_killed_runs_go_on_to_the_same_bytes(
    point: tuple[str, int], tmp_path: Path, calm: dict[str, bytes]
) -> None:
    _check(point, tmp_path, calm)
