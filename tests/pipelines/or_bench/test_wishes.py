"""What further rounds are wanted for, from the tables of rounds that are written down by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from artifacts.records import StageName
from pipelines.or_bench.wishes import (
    Wish,
    even_share,
    hard_wishes,
    rounds_facts,
    still_wanted,
    target_wishes,
)
from pipelines.recipe import OrBench, load
from tests.small_recipe import TEXT, small_recipe

_NAMES = ("hate", "illegal", "privacy")
_PANEL = "panel: {targets: [gpt4o, writer, small]}\n"

Counts = Mapping[str, int]
"""Rows by category."""


@dataclass(frozen=True)
class _Rounds:
    """The tables of rounds: for each, rewrites written, prompts accepted, hard ones among them.

    Accepted and hard rows are those of all rounds so far, as a run's stages have them.
    """

    rounds_: Sequence[tuple[Counts, Counts, Counts]]
    asked: Sequence[Sequence[str]] = ()
    seeds: Sequence[str] = _NAMES

    def rounds(self, stage: str) -> tuple[StageName, ...]:
        if stage in ("rewrite", "moderate", "panel"):
            return tuple(StageName(stage, number) for number in range(len(self.rounds_)))
        if stage == "topup":
            return tuple(StageName(stage, number + 1) for number in range(len(self.asked)))
        return ()

    def kept(self, stage: str | StageName, columns: Sequence[str] | None = None) -> pl.DataFrame:
        if not isinstance(stage, StageName):
            assert stage == "clean_seeds"
            return pl.DataFrame({"category": self.seeds}, {"category": pl.String})
        number = stage.round or 0
        if stage.stage == "topup":
            return pl.DataFrame({"category": self.asked[number - 1]})
        written, accepted, hard = self.rounds_[number]
        counts = written if stage.stage == "rewrite" else accepted
        left = dict(hard)
        rows = []
        for name, count in counts.items():
            for place in range(count):
                is_hard = place < left.get(name, 0)
                rows.append((f"{name}{place}", name, "safe", True, "hard" if is_hard else "not"))
        columns_ = ["row", "category", "label", "sounds_risky", "hard"]
        return pl.DataFrame(rows, columns_, orient="row").select(columns or columns_)

    def table(
        self, stage: str | StageName, table: str, columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        raise AssertionError


def _recipe(folder: Path, *settings: str) -> OrBench:
    loaded = load(small_recipe(folder, TEXT + _PANEL), settings)
    assert isinstance(loaded, OrBench)
    return loaded


def _each(count: int) -> Counts:
    return dict.fromkeys(_NAMES, count)


_FIRST = (_each(100), _each(80), {"hate": 6, "illegal": 20, "privacy": 1})
"""100 rewrites of each category, 80 accepted, of which 6, 20 and 1 are hard."""


def test_any_category_fills_a_set_that_is_drawn_as_it_falls(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path, "hard={size: 40, rounds: 3}")
    tables = _Rounds([_FIRST])
    assert still_wanted(recipe, tables, _NAMES) == _each(40 - 27)
    full = _Rounds([_FIRST, (_each(100), _each(160), _each(14))], [_NAMES])
    assert still_wanted(recipe, full, _NAMES) == {}
    (facts,) = rounds_facts(recipe, full, _NAMES, unpaid=False)
    assert (facts.ended, facts.found, facts.rounds) == ("full", 42, 2)
    assert facts.last_yield == pytest.approx((42 - 27) / 300)


def test_a_round_of_too_little_yield_is_the_last(tmp_path: Path) -> None:
    settings = "hard={{size: 400, rounds: 9, min_yield: {0}}}"
    held = _recipe(tmp_path, settings.format(27 / 300))
    missed = _recipe(tmp_path, settings.format(28 / 300))
    tables = _Rounds([_FIRST])
    assert set(still_wanted(held, tables, _NAMES)) == {*_NAMES}
    assert still_wanted(missed, tables, _NAMES) == {}
    (facts,) = rounds_facts(missed, tables, _NAMES, unpaid=False)
    assert (facts.ended, facts.found, facts.categories) == ("yield", 27, {})


def test_the_rounds_that_a_recipe_allows_are_the_last_word(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path, "hard={size: 400, rounds: 1}")
    tables = _Rounds([_FIRST])
    assert still_wanted(recipe, tables, _NAMES) == {}
    for unpaid, ended in ((False, "rounds"), (True, "budget")):
        (facts,) = rounds_facts(recipe, tables, _NAMES, unpaid)
        assert facts.ended == ended


def test_an_even_set_asks_for_its_small_categories_alone(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path, "hard={size: 24, balance: cap, rounds: 4, min_yield: 0.01}")
    tables = _Rounds([_FIRST])
    assert still_wanted(recipe, tables, _NAMES) == {"hate": 2, "privacy": 7}
    # privacy brings nothing more: what it leaves is shared by the others.
    later = ({"hate": 100, "privacy": 100}, _each(90), {"hate": 8, "illegal": 20, "privacy": 1})
    tables = _Rounds([_FIRST, later], [("hate", "privacy")])
    assert [each.wanted for each in hard_wishes(recipe, tables, _NAMES)] == [12, 12, 12]
    assert still_wanted(recipe, tables, _NAMES) == {"hate": 4}
    last = ({"hate": 100}, _each(90), {"hate": 12, "illegal": 20, "privacy": 1})
    tables = _Rounds([_FIRST, later, last], [("hate", "privacy"), ("hate",)])
    (facts,) = rounds_facts(recipe, tables, _NAMES, unpaid=False)
    assert facts.ended == "full"
    assert facts.categories == {"hate": "full", "illegal": "full", "privacy": "yield"}


def test_a_quota_is_wanted_of_its_categories_and_no_other(tmp_path: Path) -> None:
    quota = "hard={balance: quota, quota: {hate: 9, privacy: 1}, rounds: 2}"
    recipe = _recipe(tmp_path, quota)
    assert still_wanted(recipe, _Rounds([_FIRST]), _NAMES) == {"hate": 3}
    (facts,) = rounds_facts(recipe, _Rounds([_FIRST]), _NAMES, unpaid=False)
    assert (facts.wanted, facts.found, facts.ended) == (10, 7, "rounds")


def test_a_category_below_its_target_is_given_up_by_its_own_yield(tmp_path: Path) -> None:
    settings = ("rewrite.target=90", "rewrite.rounds=3", "rewrite.min_yield=0.1")
    recipe = _recipe(tmp_path, *settings)
    assert still_wanted(recipe, _Rounds([_FIRST]), _NAMES) == _each(10)
    second: tuple[Counts, Counts, Counts] = (
        _each(50),
        {"hate": 90, "illegal": 85, "privacy": 84},
        {},
    )
    tables = _Rounds([_FIRST, second], [_NAMES])
    assert still_wanted(recipe, tables, _NAMES) == {"illegal": 5}
    (facts,) = rounds_facts(recipe, tables, _NAMES, unpaid=False)
    assert facts.categories == {"hate": "full", "illegal": "rounds", "privacy": "yield"}
    assert (facts.wish, facts.wanted, facts.found) == ("rewrite.target", 270, 259)


def test_a_target_and_a_hard_set_share_rounds_and_each_has_its_own_number(tmp_path: Path) -> None:
    both = ("rewrite.target=85", "rewrite.rounds=1", "hard={size: 400, rounds: 3}")
    wanted = still_wanted(_recipe(tmp_path, *both), _Rounds([_FIRST]), _NAMES)
    assert wanted == _each(400 - 27)
    target = ("rewrite.target=85", "rewrite.rounds=3", "hard={size: 20, rounds: 3}")
    assert still_wanted(_recipe(tmp_path, *target), _Rounds([_FIRST]), _NAMES) == _each(5)


def test_a_category_without_seeds_keeps_no_round_going(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path, "rewrite.target=80", "rewrite.rounds=3")
    written, accepted = {"hate": 100}, {"hate": 80}
    tables = _Rounds([(written, accepted, {})], seeds=("hate",))
    assert still_wanted(recipe, tables, _NAMES) == {}
    assert [each.ended(False) for each in target_wishes(recipe, tables, _NAMES)] == [
        *("full", "yield", "yield")
    ]


def test_before_a_panel_is_asked_nothing_is_known_of_hard_rows(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path, "hard={size: 40, rounds: 3}")
    assert hard_wishes(recipe, _Rounds([]), _NAMES) == ()


def test_a_round_that_wrote_nothing_is_dry_whatever_is_asked_of_it() -> None:
    assert Wish(("hate",), 9, asked=True, written=0, least=0.0).dry
    assert not Wish(("hate",), 9, asked=True, written=5, brought=0, least=0.0).dry
    assert not Wish(("hate",), 9, least=0.5).dry


@pytest.mark.parametrize(
    ("given_up", "level"), [([], 10), ([0], 12), ([10], 10), ([3, 40], 11), ([0] * 9, 100)]
)
def test_what_categories_leave_is_shared_by_the_others(given_up: list[int], level: int) -> None:
    assert even_share(100, given_up, 10) == level
    assert even_share(100, [0] * 10, 10) == 0
