"""No room, damaged files, neighbours and clocks: each ends in one line, and the run goes on."""

from __future__ import annotations

import resource
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.chaos.auditor import main as audit
from tests.chaos.process import HUNG, Start
from tests.chaos.provider import Mischief, Provider, providing
from tests.chaos.world import write_recipe, write_seeds

pytestmark = pytest.mark.slow

_BOUND_S = 240.0
_MIDWAY = 60  # a call of moderation


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider that is calm."""
    with providing(Mischief()) as running:
        yield running


def _recipe(folder: Path, provider: Provider, **named: str) -> Path:
    write_seeds(folder / "seeds.csv", 10)
    return write_recipe(folder, provider.chat.base_url, provider.messages.base_url, **named)


def _stopped_midway(recipe: Path, provider: Provider) -> None:
    """Leaves a run that was killed, with some replies in its ledger."""
    start = Start(recipe, recipe.parent / "out")

    def on_call(number: int) -> None:
        if number == _MIDWAY:
            start.signal(signal.SIGKILL)

    provider.on_call = on_call
    assert start.ended(_BOUND_S)[0] == -signal.SIGKILL
    provider.on_call = lambda number: None
    provider.kills += 1


def _one_line(ended: tuple[int, str]) -> str:
    """What a start said that ended with an error of the project's own."""
    status, said = ended
    assert status in (1, 2), said
    assert said.count("\n") == 1, said
    return said


def _goes_on(recipe: Path, provider: Provider, capsys: pytest.CaptureFixture[str]) -> None:
    """The same command again ends well, and nothing was lost or bought twice."""
    folder = recipe.parent
    status, said = Start(recipe, folder / "out").ended(_BOUND_S)
    assert status == 0, said
    provider.write_log(folder / "log.json")
    capsys.readouterr()
    assert audit([str(folder / "out"), str(folder / "log.json")]) == 0, capsys.readouterr().out


def _little_room() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))


def test_a_limit_on_the_size_of_files_ends_in_a_line(
    tmp_path: Path, provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = _recipe(tmp_path, provider)
    assert "ledger" in _one_line(
        Start(recipe, tmp_path / "out", prepare=_little_room).ended(_BOUND_S)
    )
    provider.kills += 1  # what arrived then could not be kept
    _goes_on(recipe, provider, capsys)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte, where one may be mounted."""
    place = tmp_path / "small"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True
    )
    if done.returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_ends_in_a_line_and_the_run_goes_on_elsewhere(
    small_disk: Path, tmp_path: Path, provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = _recipe(tmp_path, provider)
    _one_line(Start(recipe, small_disk / "out").ended(_BOUND_S))
    provider.kills += 1  # what arrived then could not be kept
    shutil.copytree(small_disk / "out", tmp_path / "out")
    _goes_on(recipe, provider, capsys)


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for place in range(0, len(data), 997):
        data[place] ^= 0xFF
    path.write_bytes(data)


def _foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE replies (id INTEGER PRIMARY KEY, song TEXT)")


def _no_database(path: Path) -> None:
    path.write_text("a shopping list, nothing more\n" * 200, encoding="utf-8")


@pytest.mark.parametrize("damage", [_truncated, _flipped, _foreign, _no_database])
def test_a_damaged_ledger_is_refused_in_a_line_and_a_copy_of_it_goes_on(
    damage: Callable[[Path], None],
    tmp_path: Path,
    provider: Provider,
    capsys: pytest.CaptureFixture[str],
) -> None:
    recipe = _recipe(tmp_path, provider)
    _stopped_midway(recipe, provider)
    ledger = tmp_path / "out" / "ledger.sqlite"
    with closing(sqlite3.connect(ledger)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = tmp_path / "kept.sqlite"
    shutil.copy(ledger, kept)
    for suffix in ("-wal", "-shm"):
        ledger.with_name(ledger.name + suffix).unlink(missing_ok=True)
    damage(ledger)
    assert "ledger" in _one_line(Start(recipe, tmp_path / "out").ended(_BOUND_S))
    for suffix in ("-wal", "-shm"):
        ledger.with_name(ledger.name + suffix).unlink(missing_ok=True)
    shutil.copy(kept, ledger)
    _goes_on(recipe, provider, capsys)


def test_a_ledger_that_is_locked_for_a_while_is_waited_for(
    tmp_path: Path, provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = _recipe(tmp_path, provider)
    _stopped_midway(recipe, provider)
    other = sqlite3.connect(tmp_path / "out" / "ledger.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    start = Start(recipe, tmp_path / "out")
    time.sleep(5)
    other.execute("ROLLBACK")
    other.close()
    status, said = start.ended(_BOUND_S)
    assert status == 0, said
    _goes_on(recipe, provider, capsys)


def test_a_ledger_that_stays_locked_ends_in_a_line(
    tmp_path: Path, provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = _recipe(tmp_path, provider)
    _stopped_midway(recipe, provider)
    with sqlite3.connect(tmp_path / "out" / "ledger.sqlite", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "locked" in _one_line(Start(recipe, tmp_path / "out").ended(_BOUND_S))
        other.execute("ROLLBACK")
    _goes_on(recipe, provider, capsys)


def _clock_goes_back() -> None:
    told = time.time
    calls = [0]

    def earlier() -> float:
        calls[0] += 1
        return told() - 60.0 * calls[0]

    time.time = earlier


def test_a_clock_that_goes_back_changes_nothing(
    tmp_path: Path, provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = _recipe(tmp_path, provider)
    status, said = Start(recipe, tmp_path / "out", prepare=_clock_goes_back).ended(_BOUND_S)
    assert status == 0, said
    _goes_on(recipe, provider, capsys)


@pytest.mark.parametrize("size", [0, 30])
def test_a_record_that_is_half_written_is_made_anew(
    size: int, tmp_path: Path, provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = _recipe(tmp_path, provider)
    _stopped_midway(recipe, provider)
    records = sorted((tmp_path / "out" / "runs").rglob("*.json"))
    assert len(records) > 5
    for record in records:
        record.write_bytes(record.read_bytes()[:size])
    _goes_on(recipe, provider, capsys)


def test_of_two_runs_of_one_recipe_one_is_refused_by_name(
    tmp_path: Path, provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = _recipe(tmp_path, provider)
    provider.chat.latency_s = provider.messages.latency_s = 0.2
    first = Start(recipe, tmp_path / "out")
    second_recipe = tmp_path / "again" / recipe.name
    second_recipe.parent.mkdir()
    shutil.copy(recipe, second_recipe)
    shutil.copy(tmp_path / "seeds.csv", second_recipe.parent)
    second = Start(second_recipe, tmp_path / "out")
    ends = [first.ended(_BOUND_S), second.ended(_BOUND_S)]
    assert sorted(status for status, _ in ends)[0] == 0
    refused = next(end for end in ends if end[0] != 0)
    assert "chaos" in _one_line(refused)
    provider.chat.latency_s = provider.messages.latency_s = 0.0
    _goes_on(recipe, provider, capsys)


def test_of_two_recipes_of_one_version_one_is_released_and_the_other_refused(
    tmp_path: Path, provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    first = _recipe(tmp_path, provider)
    second = _recipe(tmp_path, provider, name="other")
    starts = [Start(recipe, tmp_path / "out") for recipe in (first, second)]
    ends = [start.ended(_BOUND_S) for start in starts]
    assert HUNG not in [status for status, _ in ends]
    assert [status for status, _ in ends].count(0) == 1, ends
    _one_line(next(end for end in ends if end[0] != 0))
    winner = (first, second)[[status for status, _ in ends].index(0)]
    status, said = Start(winner, tmp_path / "out").ended(_BOUND_S)
    assert status == 0, said
    assert not list((tmp_path / "out" / "releases").rglob("*.part*"))
