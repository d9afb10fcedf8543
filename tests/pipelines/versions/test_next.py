from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from artifacts.records import RunRecord, write_run
from base.errors import FileUnwritableError
from pipelines.errors import RunFolderTakenError
from pipelines.recipe import OrBench, load
from pipelines.versions.next_version import (
    forget_version,
    next_version,
    preview_version,
    resolve_version,
    with_current_version,
    with_preview_version,
)
from tests.artifacts.diff.two_releases import OLD, write
from tests.loopback import RECIPE, own_prefect

NOVEMBER = date(2026, 11, 20)
DECEMBER = date(2026, 12, 1)
TEXT = RECIPE.format(url="http://127.0.0.1:9/v1").replace("2026.11.0", "next")


def recipe(folder: Path, name: str = "mine", text: str = TEXT) -> OrBench:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    found = load(path)
    assert isinstance(found, OrBench)
    return found


def version(found: OrBench) -> str:
    return found.release.version


def release(out: Path, *versions: str) -> None:
    for each in versions:
        write(out, each, OLD)


def begin(out: Path, name: str, version: str, benchmark: str = "or-bench") -> None:
    """A run of some recipe that has begun and released nothing."""
    write_run(out / "runs" / name / version, RunRecord(name, benchmark, "t", version, 1, ()))


def test_a_recipe_that_names_its_version_stays_as_it_is(tmp_path: Path) -> None:
    mine = recipe(tmp_path, text=RECIPE.format(url="http://127.0.0.1:9/v1"))
    assert resolve_version(mine, tmp_path / "out") is mine
    assert preview_version(mine, tmp_path / "out") is None
    assert (
        with_preview_version(mine, tmp_path / "out")
        is with_current_version(mine, tmp_path / "out")
        is mine
    )
    forget_version(mine, tmp_path / "out")
    assert not (tmp_path / "out" / "runs" / "mine").exists()


def test_the_first_version_is_the_month_s_patch_0(tmp_path: Path) -> None:
    found = resolve_version(recipe(tmp_path), tmp_path / "out", NOVEMBER)
    assert version(found) == "2026.11.0"
    assert (found.name, found.path) == ("mine", tmp_path / "mine.yaml")


@pytest.mark.parametrize(
    ("there", "today", "next_one"),
    [
        (["2026.10.0", "2026.10.1"], NOVEMBER, "2026.11.0"),
        (["2026.10.7", "2026.11.0", "2026.11.9"], NOVEMBER, "2026.11.10"),
        (["2026.09.0", "2026.9.1"], date(2026, 9, 30), "2026.9.2"),
        (["2026.12.4"], date(2027, 1, 1), "2027.1.0"),
    ],
)
def test_a_new_month_begins_with_patch_0_and_others_follow(
    tmp_path: Path, there: list[str], today: date, next_one: str
) -> None:
    release(tmp_path / "out", *there)
    assert version(resolve_version(recipe(tmp_path), tmp_path / "out", today)) == next_one


def test_a_clock_that_goes_back_never_gives_an_older_version_and_it_is_said(
    tmp_path: Path,
) -> None:
    release(tmp_path / "out", "2026.12.3")
    upcoming = preview_version(recipe(tmp_path), tmp_path / "out", NOVEMBER)
    assert upcoming is not None
    assert upcoming.version == "2026.12.4"
    assert "it follows 2026.12.3, though the clock shows 2026.11" in upcoming.says
    resolve_version(recipe(tmp_path), tmp_path / "out", NOVEMBER)
    later = preview_version(recipe(tmp_path), tmp_path / "out", DECEMBER)
    assert later is not None
    assert later.note == upcoming.note


def test_a_killed_run_resumes_the_same_version_even_in_another_month(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert version(resolve_version(recipe(tmp_path), out, NOVEMBER)) == "2026.11.0"
    begin(out, "mine", "2026.11.0")
    release(out, "2026.11.0-limit2")
    assert version(resolve_version(recipe(tmp_path), out, DECEMBER)) == "2026.11.0"


def test_a_written_release_frees_the_next_version(tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = resolve_version(recipe(tmp_path), out, NOVEMBER)
    forget_version(first, out)  # nothing is written yet
    assert version(resolve_version(recipe(tmp_path), out, DECEMBER)) == "2026.11.0"
    release(out, "2026.11.0")
    forget_version(first, out)
    assert not (out / "runs" / "mine" / "next.json").exists()
    assert version(resolve_version(recipe(tmp_path), out, NOVEMBER)) == "2026.11.1"


def test_a_run_that_was_killed_after_its_release_was_written_is_over(tmp_path: Path) -> None:
    out = tmp_path / "out"
    resolve_version(recipe(tmp_path), out, NOVEMBER)
    release(out, "2026.11.0")
    assert version(resolve_version(recipe(tmp_path), out, NOVEMBER)) == "2026.11.1"


def test_writing_another_version_frees_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    resolve_version(recipe(tmp_path), out, NOVEMBER)
    release(out, "2026.10.0")
    forget_version(recipe(tmp_path, text=TEXT.replace("next", "2026.10.0")), out)
    assert (out / "runs" / "mine" / "next.json").exists()


def test_a_look_resolves_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    upcoming = preview_version(recipe(tmp_path), out, NOVEMBER)
    assert upcoming is not None
    assert (upcoming.version, upcoming.resolved) == ("2026.11.0", False)
    assert upcoming.says == "release.version next: 2026.11.0, as things stand now"
    assert version(with_preview_version(recipe(tmp_path), out, NOVEMBER)) == "2026.11.0"
    assert not out.exists()
    resolve_version(recipe(tmp_path), out, NOVEMBER)
    upcoming = preview_version(recipe(tmp_path), out, DECEMBER)
    assert upcoming is not None
    assert upcoming.says == "release.version next: 2026.11.0, resolved for the run under way"


def test_what_another_recipe_has_under_way_is_taken(tmp_path: Path) -> None:
    out = tmp_path / "out"
    resolve_version(recipe(tmp_path, "other"), out, NOVEMBER)
    begin(out, "third", "2026.11.5")
    begin(out, "fourth", "2026.11.8", benchmark="sorry-bench")
    begin(out, "fifth", "2026.11.9-limit3")
    assert version(resolve_version(recipe(tmp_path), out, NOVEMBER)) == "2026.11.6"
    assert version(resolve_version(recipe(tmp_path, "other"), out, NOVEMBER)) == "2026.11.0"


def test_a_recipe_s_own_unfinished_run_is_not(tmp_path: Path) -> None:
    begin(tmp_path / "out", "mine", "2026.11.0")
    assert version(resolve_version(recipe(tmp_path), tmp_path / "out", NOVEMBER)) == "2026.11.0"


def test_a_run_record_that_nobody_can_read_takes_its_version(tmp_path: Path) -> None:
    path = tmp_path / "out" / "runs" / "other" / "2026.11.0" / "run.json"
    path.parent.mkdir(parents=True)
    path.write_text("{")
    assert version(resolve_version(recipe(tmp_path), tmp_path / "out", NOVEMBER)) == "2026.11.1"


def test_a_recipe_of_another_benchmark_under_the_same_name_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    resolve_version(recipe(tmp_path), out, NOVEMBER)
    kept = out / "runs" / "mine" / "next.json"
    kept.write_text(kept.read_text().replace("or-bench", "sorry-bench"))
    with pytest.raises(RunFolderTakenError, match=r"must be of or-bench; .* \(got sorry-bench\)"):
        resolve_version(recipe(tmp_path), out, NOVEMBER)


@pytest.mark.parametrize("text", ["", "{", "{}", '{"benchmark": "or-bench", "version": "../x"}'])
def test_what_was_resolved_and_breaks_off_is_resolved_anew_to_the_run_under_way(
    tmp_path: Path, text: str
) -> None:
    out = tmp_path / "out"
    kept = out / "runs" / "mine" / "next.json"
    resolve_version(recipe(tmp_path), out, NOVEMBER)
    kept.write_text(text)
    assert version(resolve_version(recipe(tmp_path), out, NOVEMBER)) == "2026.11.0"
    begin(out, "mine", "2026.11.0")
    kept.write_text(text)
    assert version(with_preview_version(recipe(tmp_path), out, DECEMBER)) == "2026.11.0"
    assert version(resolve_version(recipe(tmp_path), out, DECEMBER)) == "2026.11.0"
    assert json.loads(kept.read_text())["version"] == "2026.11.0"
    release(out, "2026.11.0")
    kept.write_text(text)
    assert version(resolve_version(recipe(tmp_path), out, DECEMBER)) == "2026.12.0"


def test_what_another_recipe_resolved_and_breaks_off_stops_nobody(tmp_path: Path) -> None:
    out = tmp_path / "out"
    resolve_version(recipe(tmp_path, "other"), out, NOVEMBER)
    (out / "runs" / "other" / "next.json").write_text("{")
    assert version(resolve_version(recipe(tmp_path), out, NOVEMBER)) == "2026.11.0"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileUnwritableError, match="a file must be writable: Not a directory"):
        resolve_version(recipe(tmp_path), tmp_path / "file", NOVEMBER)


def test_a_review_looks_at_the_run_under_way_or_else_the_newest(tmp_path: Path) -> None:
    out = tmp_path / "out"
    today = datetime.now(UTC).date()
    assert version(with_current_version(recipe(tmp_path), out)) == f"{today.year}.{today.month}.0"
    for each in ("2026.9.0", "2026.10.2", "2026.11.0-limit5"):
        begin(out, "mine", each)
    assert version(with_current_version(recipe(tmp_path), out)) == "2026.10.2"
    resolve_version(recipe(tmp_path), out, NOVEMBER)
    assert version(with_current_version(recipe(tmp_path), out)) == "2026.11.0"


def test_following_counts_from_the_newest_however_odd_it_is() -> None:
    assert next_version([(2026, 99, 1), (2026, 11, 4)], NOVEMBER)[0] == "2026.99.2"
    assert next_version([], NOVEMBER) == ("2026.11.0", None)


SETTLE = """
import sys
from datetime import date
from pathlib import Path
from pipelines.recipe import load
from pipelines.versions.next_version import resolve_version
ready, out, *recipes = map(Path, sys.argv[1:])
loaded = [load(path) for path in recipes]
print("ready", flush=True)
sys.stdin.readline()
for each in loaded:
    print(resolve_version(each, out, date(2026, 11, 20)).release.version, flush=True)
"""


@pytest.mark.slow
def test_processes_that_ask_at_once_take_different_versions(tmp_path: Path) -> None:
    for number in range(12):
        recipe(tmp_path, f"r{number}")
    started = [
        subprocess.Popen(
            [
                *(sys.executable, "-c", SETTLE, "x", str(tmp_path / "out")),
                *(str(tmp_path / f"r{number}.yaml") for number in range(first, 12, 3)),
            ],
            env=own_prefect(tmp_path),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for first in range(3)
    ]
    for each in started:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in started:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    said = [each.communicate(timeout=60)[0].split() for each in started]
    taken = [version for each in said for version in each]
    assert sorted(int(each.split(".")[2]) for each in taken) == list(range(12))
    kept = (tmp_path / "out" / "runs").glob("*/next.json")
    assert len({json.loads(path.read_text())["version"] for path in kept}) == 12
