"""The rate limiter in the engine, against servers on loopback."""

from __future__ import annotations

from pathlib import Path

import pytest

from inference.errors import CircuitOpenError
from inference.types import Failed
from tests.inference.tasks import asking, engine_for
from tests.servers.behaviours import echo
from tests.servers.faults import rate_limited
from tests.servers.limits import Always429, Bucket, Crowded, Sliding
from tests.servers.openai_server import serve
from tests.servers.schedules import on_calls


@pytest.mark.slow
@pytest.mark.parametrize("wait_s", [None, 0.2, 3600.0])
def test_429_for_ever_ends_the_run_and_names_the_way_to_go_on(
    tmp_path: Path, wait_s: float | None
) -> None:
    with (
        serve(echo, door=Always429(wait_s)) as server,
        engine_for(server.base_url, tmp_path / "ledger", give_up_s=1.5) as engine,
    ):
        batch = engine.run(asking(f"q{number}") for number in range(200))
        trouble = engine.troubles()["m"]
        assert len(server.calls) < 40
    assert all(isinstance(result, Failed) for result in batch.results)
    assert isinstance(trouble, CircuitOpenError)
    assert "model `m`" in str(trouble)
    assert "429" in str(trouble)
    assert "run the same command again to go on" in str(trouble)


def test_one_429_is_not_followed_by_one_per_call(tmp_path: Path) -> None:
    told = {number: rate_limited(seconds=0.5) for number in range(8)}
    with (
        serve(echo, faults=on_calls(told)) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        batch = engine.run(asking(f"q{number}") for number in range(300))
        assert not any(isinstance(result, Failed) for result in batch.results)
        assert len(server.calls) == 308


def test_a_server_whose_headers_say_what_is_left_never_has_to_say_429(tmp_path: Path) -> None:
    with (
        serve(echo, door=Sliding(40, window_s=0.5, tells=True)) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        batch = engine.run(asking(f"q{number}") for number in range(100))
        assert not any(isinstance(result, Failed) for result in batch.results)
        assert sum(server.counts(429).values()) == 0


@pytest.mark.slow
def test_a_limit_that_nobody_told_is_kept_to_by_its_429s(tmp_path: Path) -> None:
    with (
        serve(echo, door=Bucket(20, window_s=0.4)) as server,
        engine_for(server.base_url, tmp_path / "ledger", give_up_s=30.0) as engine,
    ):
        batch = engine.run(asking(f"q{number}") for number in range(60))
        assert not any(isinstance(result, Failed) for result in batch.results)
        assert sum(server.counts(200).values()) == 60


def test_a_crowded_server_is_asked_by_fewer_at_once(tmp_path: Path) -> None:
    with (
        serve(echo, door=Crowded(4, 0.02)) as server,
        engine_for(server.base_url, tmp_path / "ledger", give_up_s=30.0) as engine,
    ):
        batch = engine.run(asking(f"q{number}") for number in range(100))
        assert not any(isinstance(result, Failed) for result in batch.results)
        assert engine._clients["m"].limiter.concurrency <= 32  # of 64
