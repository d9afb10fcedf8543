"""No safe config of any release holds a seed's text, of a first-edition parent's neither."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from artifacts.author_files import authors_csv
from artifacts.diff.compare import compare
from artifacts.manifest import read_manifest
from artifacts.releases import open_release
from artifacts.tables import read_table
from artifacts.verify.release import verify
from artifacts.version_facts import ReviewFacts
from artifacts.views import is_unsafe
from checks.identity import content_id
from pipelines.audits.patch import PatchAudit
from pipelines.versions.patches import withdraw
from tests.loopback import models, write_recipe
from tests.pipelines.versions.first_edition import as_first_edition
from tests.pipelines.versions.making import SMALL, version
from tests.servers.openai_server import serve

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SAFE, TOXIC = "or-bench-main", "or-bench-toxic"
_DRAWN = "toxic={rule: majority, size: 6}"
_EXTEND = (*SMALL, _DRAWN, "mode=extend", "rewrite.rounds=4", "rewrite.target=3")
_FIRST, _PATCH, _EXTENDED, _REFRESHED = "2026.11.0", "2026.11.1", "2026.12.0", "2027.1.0"


@dataclass(frozen=True)
class _Lines:
    """Two output folders: releases of today, and what was made of a first-edition one.

    Attributes:
        today: A release, a patch of it, one that extends that with seeds' texts, a refreshed one.
        since: One of the first edition, one that extends it and a patch of it, a refreshed one.
        seeds: The seeds of all runs by their ids.
    """

    today: Path
    since: Path
    seeds: dict[str, str]

    def release(self, line: str, named: str) -> Path:
        return Path(getattr(self, line)) / "releases" / "or-bench" / named


def _patched(out: Path) -> None:
    release = open_release(out / "releases/or-bench" / _FIRST)
    gone = {id: "not harmless" for id in _rows(release.path, SAFE)["id"].to_list()[:1]}
    review = ReviewFacts(release.pinned, 3, 3, 1, 1, {}, None, {})
    audit = PatchAudit(out)
    patch = withdraw(release, gone, review, finish=audit.finish, report=audit.report)
    assert (patch.path.name, patch.fresh) == (_PATCH, True)


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Lines]:
    folder = tmp_path_factory.mktemp("lines")
    today, since = folder / "today", folder / "since"
    seeds: dict[str, str] = {}
    with serve(models(unparseable=0.0)) as server:
        recipe = write_recipe(folder, server.base_url)

        def made(out: Path, named: str, *settings: str) -> Path:
            with version(recipe, out, named, *settings) as found:
                texts = found.run.kept("clean_seeds", ["text"])["text"]
                seeds.update({content_id(text): text for text in texts})
                return found.folder

        first = made(today, _FIRST, *SMALL, _DRAWN)
        shutil.copytree(today, since)
        as_first_edition(since / first.relative_to(today), seeds)
        _patched(today)
        made(today, _EXTENDED, *_EXTEND, "release.seeds=text")
        made(since, _EXTENDED, *_EXTEND)
        _patched(since)
        for out in (today, since):
            made(out, _REFRESHED, *SMALL, _DRAWN, "mode=refresh")
    yield _Lines(today, since, seeds)


def _rows(release: Path, config: str) -> pl.DataFrame:
    (record,) = (each for each in read_manifest(release).configs if each.name == config)
    return pl.concat([read_table(release / file.name) for file in record.files])


def _held(text: str, lines: _Lines) -> list[str]:
    return [id for id, seed in lines.seeds.items() if seed in text]


def _leaks(release: Path, config: str, lines: _Lines) -> list[str]:
    """The seeds whose texts stand in a config, in any column of any depth or in its CSV."""
    rows = _rows(release, config)
    values = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows.to_dicts())
    return _held(values + authors_csv(rows).decode(), lines)


_MADE = pytest.mark.parametrize(
    ("line", "named"),
    [
        ("today", _FIRST),
        *((line, each) for line in ("today", "since") for each in (_PATCH, _EXTENDED, _REFRESHED)),
    ],
)


@_MADE
def test_no_safe_config_and_no_page_holds_a_seeds_text(
    lines: _Lines, line: str, named: str
) -> None:
    release = lines.release(line, named)
    manifest = read_manifest(release)
    safe = [each for each in manifest.configs if not is_unsafe("or-bench", each.name)]
    assert {SAFE} <= {each.name for each in safe if each.rows}
    for config in safe:
        assert "seed" not in config.columns and "seed_id" in config.columns
        if config.rows:
            assert _leaks(release, config.name, lines) == []
    pages = [path for path in release.iterdir() if path.is_file()]
    assert {path.name for path in pages} == {"README.md", "manifest.json", "report.html"}
    for page in pages:
        assert _held(page.read_text(encoding="utf-8"), lines) == []


@_MADE
def test_every_row_names_a_seed_of_the_run_and_the_release_verifies(
    lines: _Lines, line: str, named: str
) -> None:
    release = lines.release(line, named)
    report = verify(release, release.parents[2] / "runs")
    assert (report.problems, report.notes) == ((), ())
    for config in (SAFE, TOXIC):
        assert set(_rows(release, config)["seed_id"]) <= lines.seeds.keys()


def test_the_search_finds_what_the_first_edition_released(lines: _Lines) -> None:
    release = lines.release("since", _FIRST)
    assert len(_leaks(release, SAFE, lines)) > 3
    assert verify(release).problems == ()


def test_an_unsafe_config_has_the_texts_that_the_recipe_asks_for(lines: _Lines) -> None:
    rows = _rows(lines.release("today", _EXTENDED), TOXIC)
    assert rows["seed"].to_list() == [lines.seeds[id] for id in rows["seed_id"]]
    assert not rows.is_empty()


def test_rows_of_one_seed_stay_together_whatever_edition_they_are_carried_from(
    lines: _Lines,
) -> None:
    before = _rows(lines.release("since", _FIRST), SAFE).select("row", "seed")
    after = _rows(lines.release("since", _EXTENDED), SAFE)
    both = before.join(after, on="row")
    assert both.height > 3
    assert both["seed_id"].to_list() == [content_id(text) for text in both["seed"]]


def test_a_patch_of_a_first_edition_release_says_what_became_of_its_seeds(lines: _Lines) -> None:
    manifest = read_manifest(lines.release("since", _PATCH))
    assert manifest.changes is not None
    of_safe = (SAFE, "every config")
    said = [line for line in manifest.changes.columns if line.startswith(of_safe)]
    assert any("column seed is gone" in line for line in said)
    assert any("column seed_id is new" in line for line in said)
    kept = _rows(lines.release("since", _PATCH), TOXIC)
    assert set(kept["seed"]) <= set(lines.seeds.values()), "an unsafe config keeps its values"
    card = (lines.release("since", _PATCH) / "README.md").read_text(encoding="utf-8")
    assert "column seed is gone" in card


def test_releases_of_both_editions_are_compared(lines: _Lines) -> None:
    found = compare(lines.release("since", _FIRST), lines.release("since", _EXTENDED))
    assert found.counts.removed == 0
    assert found.counts.kept > 3
    assert "every config: column seed is gone" in found.columns
