from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from artifacts.records import StageEntry
from artifacts.seed_browser.families import Family, Member, _add_opinions, families_of
from artifacts.stage_tables import StageTables
from base.errors import RecordUnreadableError
from tests.artifacts.small_run import SmallRun


def _found(run: SmallRun) -> dict[str, Family]:
    return {family.root: family for family in families_of(run.folder)}


def _members(run: SmallRun) -> dict[str, Member]:
    return {member.row: member for family in _found(run).values() for member in family.made}


def test_each_row_of_the_run_is_in_the_family_of_its_seed_once(run: SmallRun) -> None:
    families = _found(run)
    for root, family in families.items():
        assert family.seed is not None
        assert family.seed.row == root
        assert all(member.row[0] == root[0] for member in family.made)
    rows = [member.row for family in families.values() for member in family.made]
    assert len(rows) == len({*rows})


def test_families_stand_by_category(run: SmallRun) -> None:
    categories = [family.category for family in families_of(run.folder)]
    assert categories == sorted(categories)


def test_a_dropped_row_says_where_and_why(run: SmallRun) -> None:
    dropped = [member for member in _members(run).values() if member.reason]
    assert {member.stage for member in dropped} >= {"rewrite", "dedup"}
    assert any("of " in member.reason for member in dropped)  # of what it is a copy


def test_a_kept_row_has_its_votes_and_answers_once(run: SmallRun) -> None:
    asked = [each for each in _members(run).values() if any(o.answer for o in each.opinions)]
    assert asked
    for each in asked:
        said = [(opinion.model, opinion.said, opinion.answer) for opinion in each.opinions]
        assert len(said) == len({*said})
        assert {"guard", "judge"} <= {model for model, _, _ in said}


def test_what_became_of_a_row_stands_with_it(run: SmallRun) -> None:
    facts = {fact for each in _members(run).values() for fact in each.facts}
    assert {"in the hard config", "in the toxic config"} <= facts
    assert {each.label for each in _members(run).values()} >= {"safe", "toxic"}


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordUnreadableError, match="must hold its record"):
        families_of(tmp_path)


def test_votes_on_an_answer_stand_behind_it_and_say_so(tmp_path: Path) -> None:
    row = {"row": "r", "root": "r"}
    votes = [{**row, "model": name, "label": "toxic", "reason": ""} for name in ("b", "a")]
    answers = [{**row, "model": "small", "label": None, "outcome": "answered", "text": "Sure."}]
    for name, rows in (("votes", votes), ("answers", answers)):
        pl.DataFrame(rows).write_parquet(tmp_path / f"{name}.parquet")
    paths = {name: (tmp_path / f"{name}.parquet",) for name in ("votes", "answers")}
    tables = StageTables(StageEntry("rescue", "annotate", (), 1), paths)
    members = {"r": Member("r", "t", "c", "s", "rescue")}
    _add_opinions(tables, members, of_answer=False)
    _add_opinions(tables, members, of_answer=True)
    who = [opinion.model for opinion in members["r"].opinions]
    assert who == ["a", "b", "small", "a on that answer", "b on that answer"]
