"""One run of a recipe at a time, whoever starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelines.runner.lock import LOCK, RunLockedError, release_lock, run_lock
from pipelines.runner.run_folders import OWNER_FILE

_HOLDS = (
    "import sys, time; from pathlib import Path; from pipelines.runner.lock import run_lock\n"
    "with run_lock(Path(sys.argv[1]), 'set'):\n"
    "    print('held', flush=True); time.sleep(60)\n"
)


def _other(out: Path) -> subprocess.Popen[str]:
    """A process that holds the lock of recipe `set`."""
    root = str(Path(__file__).parents[3])
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDS, str(out)],
        env=os.environ | {"PYTHONPATH": root}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_run_of_a_recipe_is_refused_with_who_holds_it(tmp_path: Path) -> None:
    with _other(tmp_path) as other:
        with pytest.raises(RunLockedError) as refused, run_lock(tmp_path, "set"):
            pass
        other.kill()
    assert str(refused.value).startswith("one run of recipe `set` at a time (got one that began")
    assert f"process {other.pid} on " in str(refused.value)
    assert refused.value.exit_code == 1


def test_another_recipe_and_another_output_folder_are_free(tmp_path: Path) -> None:
    with run_lock(tmp_path, "set"), run_lock(tmp_path, "other"), run_lock(tmp_path / "o", "set"):
        pass


def test_a_second_run_in_the_same_process_is_refused_too(tmp_path: Path) -> None:
    with run_lock(tmp_path, "set"), pytest.raises(RunLockedError), run_lock(tmp_path, "set"):
        pass


def test_the_lock_of_a_process_that_was_killed_is_free_at_once(tmp_path: Path) -> None:
    with _other(tmp_path) as other:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
    assert str(other.pid) in (tmp_path / "runs/set" / LOCK).read_text()
    with run_lock(tmp_path, "set"):
        assert f'"pid":{os.getpid()}' in (tmp_path / "runs/set" / LOCK).read_text()


def test_a_block_that_fails_frees_the_lock(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside"), run_lock(tmp_path, "set"):
        raise ValueError("inside")
    with run_lock(tmp_path, "set"):
        pass


def test_a_lock_file_of_anyones_making_is_no_lock(tmp_path: Path) -> None:
    (tmp_path / "runs/set").mkdir(parents=True)
    (tmp_path / "runs/set" / LOCK).write_text("not ours")
    with run_lock(tmp_path, "set"):
        pass


def test_a_folder_where_the_lock_should_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "runs/set" / LOCK).mkdir(parents=True)
    with (
        pytest.raises(RunLockedError, match=r"must be able to lock .*Is a directory"),
        run_lock(tmp_path, "set"),
    ):
        pass


def test_a_version_that_is_under_way_is_refused_with_the_recipe_that_makes_it(
    tmp_path: Path,
) -> None:
    release = tmp_path / "releases" / "or-bench" / "2026.11.0"
    with release_lock(release, "mine"):
        with pytest.raises(RunLockedError) as refused, release_lock(release, "other"):
            pass
        with release_lock(release.with_name("2026.11.1"), "other"):
            pass
    said = str(refused.value)
    assert said.startswith("one run at a time may make or-bench 2026.11.0 (got one that began")
    assert said.endswith("by `mine`)")
    with release_lock(release, "other"):
        pass
    assert not release.exists()


def test_a_run_that_came_to_nothing_leaves_no_folder(tmp_path: Path) -> None:
    release = tmp_path / "releases" / "mine" / "2026.11.0"
    with run_lock(tmp_path, "set"), release_lock(release, "set"):
        (tmp_path / "runs/set" / OWNER_FILE).write_text("{}")
    assert not (tmp_path / "runs/set").exists()
    assert not release.parent.exists()
    with run_lock(tmp_path, "set"):
        (tmp_path / "runs/set/2026.11.0").mkdir()
    assert (tmp_path / "runs/set" / LOCK).exists()


def test_a_folder_that_is_cleared_away_is_locked_by_one_at_a_time(tmp_path: Path) -> None:
    inside, most, lost = 0, 0, 0

    def hold() -> None:
        nonlocal inside, most, lost
        for _ in range(200):
            try:
                with run_lock(tmp_path, "set"):
                    inside += 1
                    most = max(most, inside)
                    inside -= 1
            except RunLockedError as error:
                assert "one run of recipe" in str(error)
                lost += 1

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(hold) for _ in range(4)]:
            done.result()
    assert most == 1
    assert lost < 800
