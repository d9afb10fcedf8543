"""Chaos runs: whatever the provider, a signal or an edit does, the same set comes out."""

from __future__ import annotations

import signal
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any, SupportsIndex, cast

import pytest

from tests.chaos.run import SMALL, Calm, Size, Stop, Stops, compared, planned
from tests.prefect_server import used

_QUICK, _BLOCK, _BLOCKS = 20, 100, 5


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Calm:
    """The calm runs that others are held against."""
    return Calm(tmp_path_factory.mktemp("calm"))


def _problems(seeds: range, calm: Calm, folder: Path, size: Size) -> list[str]:
    """What is wrong with any of the runs of these seeds, one line each."""
    found: list[str] = []
    for seed in seeds:
        place = folder / str(seed)
        place.mkdir()
        outcome = compared(planned(seed, size), calm, place)
        found += [f"seed {seed}: {problem}" for problem in outcome.wrong]
    return found


@pytest.mark.parametrize("first", range(0, _QUICK, 5))
def test_runs_in_which_everything_goes_wrong_end_in_the_same_bytes(
    first: int, calm: Calm, tmp_path: Path
) -> None:
    assert _problems(range(first, first + 5), calm, tmp_path, SMALL) == []


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("block", range(_BLOCKS))
def test_a_hundred_runs_end_in_the_same_bytes(block: int, calm: Calm, tmp_path: Path) -> None:
    seeds = range(1000 + block * _BLOCK, 1000 + (block + 1) * _BLOCK)
    assert _problems(seeds, calm, tmp_path, Size()) == []


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_of_fifty_killed_runs_all_end_in_the_same_bytes(calm: Calm, tmp_path: Path) -> None:
    found: list[str] = []
    for seed in range(2000, 2050):
        place = tmp_path / str(seed)
        place.mkdir()
        plan = planned(seed, stops=("kill",), always=True)
        outcome = compared(plan, calm, place)
        assert any(status < 0 for status, _ in outcome.starts), "no kill struck"
        found += [f"seed {seed}: {problem}" for problem in outcome.wrong]
    assert found == []


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("first", [3000, 3013])
def test_runs_under_prefect_end_in_the_same_bytes(first: int, calm: Calm, tmp_path: Path) -> None:
    found: list[str] = []
    count = 13 if first == 3000 else 12
    with used() as server:
        for seed in range(first, first + count):
            place = tmp_path / str(seed)
            place.mkdir()
            plan = planned(seed, Size(seeds=10, shards=1))
            outcome = compared(replace(plan, prefect={"PREFECT_API_URL": server}), calm, place)
            found += [f"seed {seed}: {problem}" for problem in outcome.wrong]
    assert found == []


class _Contended(list[tuple[int, Stop]]):
    """Whoever looks at its first entry waits a moment for another one who does."""

    def __init__(self, entries: list[tuple[int, Stop]]) -> None:
        super().__init__(entries)
        self._both = Barrier(2)

    def __getitem__(self, place: SupportsIndex | slice) -> Any:  # noqa: ANN401 - of either
        found = super().__getitem__(place)
        with suppress(BrokenBarrierError):
            self._both.wait(0.2)
        return found


def test_a_stop_strikes_once_though_both_servers_see_its_call() -> None:
    class Double:
        """A start and a provider in one."""

        kills = 0

        def __init__(self) -> None:
            self.sent: list[signal.Signals] = []

        def signal(self, number: signal.Signals) -> None:
            self.sent.append(number)

    double = Double()
    stops, both = Stops(_Contended([(1, "kill"), (9, "interrupt")])), cast("Any", double)
    threads = [Thread(target=stops.strike, args=(number, both, both)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (double.sent, double.kills, stops.left) == ([signal.SIGKILL], 1, [(9, "interrupt")])
