"""What further rounds are wanted for, from the tables of rounds that are written down by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from artifacts.records import StageName
from pipelines.or_bench.round_history import Wish, even_share
from pipelines.or_bench.supply import open_categories
from pipelines.or_bench.wishes import hard_wishes, rounds_facts, still_wanted, target_wishes
from pipelines.recipe import OrBench, load, taxonomy_of
from tests.small_recipe import TEXT, small_recipe

_NAMES = ("hate", "illegal", "privacy")
_COLUMNS = dict.fromkeys(("row", "category", "label"), pl.String) | {
    "sounds_risky": pl.Boolean,
    "hard": pl.String,
}
_PANEL = "panel: {targets: [gpt4o, writer, small]}\n"

Counts = Mapping[str, int]
"""Rows by category."""


@dataclass(frozen=True)
class _Rounds:
    """The tables of rounds: for each, rewrites written, prompts accepted, hard ones among them.

    Accepted and hard rows are those of all rounds so far, as a run's stages have them. Of a set
    that extends another the first round has a `topup` too, and the panel is asked about `carried`
    rows, a category each; of these the first so many are hard.
    """

    rounds_: Sequence[tuple[Counts, Counts, Counts]]
    asked: Sequence[Sequence[str]] = ()
    seeds: Sequence[str] = _NAMES
    carried: Sequence[str] | None = None
    carried_hard: int = 0

    def rounds(self, stage: str) -> tuple[StageName, ...]:
        if stage in ("rewrite", "moderate", "panel"):
            return tuple(StageName(stage, number) for number in range(len(self.rounds_)))
        if stage == "topup":
            first = 1 if self.carried is None else 0
            return tuple(StageName(stage, number + first) for number in range(len(self.asked)))
        return (StageName(stage),) if stage == "carried" and self.carried is not None else ()

    def kept(self, stage: str | StageName, columns: Sequence[str] | None = None) -> pl.DataFrame:
        if not isinstance(stage, StageName):
            assert stage == "clean_seeds"
            return pl.DataFrame({"category": self.seeds}, {"category": pl.String})
        number = stage.round or 0
        if stage.stage == "topup":
            asked = self.asked[number - (self.carried is None)]
            return pl.DataFrame({"category": asked}, {"category": pl.String})
        rows = []
        if stage.stage in ("carried", "panel"):
            for place, name in enumerate(self.carried or ()):
                is_hard = place < self.carried_hard
                rows.append((f"c{place}", name, "safe", True, "hard" if is_hard else "not"))
        if stage.stage == "carried":
            return pl.DataFrame(rows, _COLUMNS, orient="row").select(columns or [*_COLUMNS])
        written, accepted, hard = self.rounds_[number]
        counts = written if stage.stage == "rewrite" else accepted
        left = dict(hard)
        for name, count in counts.items():
            for place in range(count):
                is_hard = place < left.get(name, 0)
                rows.append((f"{name}{place}", name, "safe", True, "hard" if is_hard else "not"))
        return pl.DataFrame(rows, _COLUMNS, orient="row").select(columns or [*_COLUMNS])

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
    assert still_wanted(recipe, tables, _NAMES, {}) == _each(40 - 27)
    full = _Rounds([_FIRST, (_each(100), _each(160), _each(14))], [_NAMES])
    assert still_wanted(recipe, full, _NAMES, {}) == {}
    (facts,) = rounds_facts(recipe, full, _NAMES, unpaid=False)
    assert (facts.ended, facts.found, facts.rounds) == ("full", 42, 2)
    assert facts.last_yield == pytest.approx((42 - 27) / 300)


def test_a_round_of_too_little_yield_is_the_last(tmp_path: Path) -> None:
    settings = "hard={{size: 400, rounds: 9, min_yield: {0}}}"
    held = _recipe(tmp_path, settings.format(27 / 300))
    missed = _recipe(tmp_path, settings.format(28 / 300))
    tables = _Rounds([_FIRST])
    assert set(still_wanted(held, tables, _NAMES, {})) == {*_NAMES}
    assert still_wanted(missed, tables, _NAMES, {}) == {}
    (facts,) = rounds_facts(missed, tables, _NAMES, unpaid=False)
    assert (facts.ended, facts.found, facts.categories) == ("yield", 27, {})


def test_the_rounds_that_a_recipe_allows_are_the_last_word(tmp_path: Path) -> None:
    tables = _Rounds([_FIRST])
    once = _recipe(tmp_path, "hard={size: 400, rounds: 1}")
    assert still_wanted(once, tables, _NAMES, {}) == {}
    twice = _recipe(tmp_path, "hard={size: 400, rounds: 2}")
    for recipe, unpaid, ended in ((once, False, "rounds"), (twice, True, "budget")):
        (facts,) = rounds_facts(recipe, tables, _NAMES, unpaid)
        assert facts.ended == ended


def test_an_even_set_asks_for_its_small_categories_alone(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path, "hard={size: 24, balance: cap, rounds: 4, min_yield: 0.01}")
    tables = _Rounds([_FIRST])
    assert still_wanted(recipe, tables, _NAMES, {}) == {"hate": 2, "privacy": 7}
    # privacy brings nothing more: what it leaves is shared by the others.
    later = ({"hate": 100, "privacy": 100}, _each(90), {"hate": 8, "illegal": 20, "privacy": 1})
    tables = _Rounds([_FIRST, later], [("hate", "privacy")])
    assert [each.wanted for each in hard_wishes(recipe, tables, _NAMES, {})] == [12, 12, 12]
    assert still_wanted(recipe, tables, _NAMES, {}) == {"hate": 4}
    last = ({"hate": 100}, _each(90), {"hate": 12, "illegal": 20, "privacy": 1})
    tables = _Rounds([_FIRST, later, last], [("hate", "privacy"), ("hate",)])
    (facts,) = rounds_facts(recipe, tables, _NAMES, unpaid=False)
    assert facts.ended == "full"
    assert facts.categories == {"hate": "full", "illegal": "full", "privacy": "yield"}


def test_a_quota_is_wanted_of_its_categories_and_no_other(tmp_path: Path) -> None:
    quota = "hard={balance: quota, quota: {hate: 9, privacy: 1}, rounds: 2}"
    recipe = _recipe(tmp_path, quota)
    assert still_wanted(recipe, _Rounds([_FIRST]), _NAMES, {}) == {"hate": 3}
    (facts,) = rounds_facts(recipe, _Rounds([_FIRST]), _NAMES, unpaid=False)
    assert (facts.wanted, facts.found, facts.ended) == (10, 7, "rounds")


def test_a_category_below_its_target_is_given_up_by_its_own_yield(tmp_path: Path) -> None:
    settings = ("rewrite.target=90", "rewrite.rounds=3", "rewrite.min_yield=0.1")
    recipe = _recipe(tmp_path, *settings)
    assert still_wanted(recipe, _Rounds([_FIRST]), _NAMES, {}) == _each(10)
    second: tuple[Counts, Counts, Counts] = (
        _each(50),
        {"hate": 90, "illegal": 85, "privacy": 84},
        {},
    )
    tables = _Rounds([_FIRST, second], [_NAMES])
    assert still_wanted(recipe, tables, _NAMES, {}) == {"illegal": 5}
    (facts,) = rounds_facts(recipe, tables, _NAMES, unpaid=False)
    assert facts.categories == {"hate": "full", "illegal": "rounds", "privacy": "yield"}
    assert (facts.wish, facts.wanted, facts.found) == ("rewrite.target", 270, 259)


def test_a_target_and_a_hard_set_share_rounds_and_each_has_its_own_number(tmp_path: Path) -> None:
    both = ("rewrite.target=85", "rewrite.rounds=1", "hard={size: 400, rounds: 3}")
    wanted = still_wanted(_recipe(tmp_path, *both), _Rounds([_FIRST]), _NAMES, {})
    assert wanted == _each(400 - 27)
    target = ("rewrite.target=85", "rewrite.rounds=3", "hard={size: 20, rounds: 3}")
    assert still_wanted(_recipe(tmp_path, *target), _Rounds([_FIRST]), _NAMES, {}) == _each(5)


def test_a_category_without_seeds_keeps_no_round_going(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path, "rewrite.target=80", "rewrite.rounds=3")
    written, accepted = {"hate": 100}, {"hate": 80}
    tables = _Rounds([(written, accepted, {})], seeds=("hate",))
    assert still_wanted(recipe, tables, _NAMES, {}) == {}
    assert [each.ended(False) for each in target_wishes(recipe, tables, _NAMES)] == [
        *("full", "yield", "yield")
    ]


def test_before_a_panel_is_asked_nothing_is_known_of_hard_rows(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path, "hard={size: 40, rounds: 3}")
    assert hard_wishes(recipe, _Rounds([]), _NAMES, {}) == ()


_EXTEND = ("mode=extend", "rewrite.target=2", "hard={size: 9, rounds: 1}")
_CARRIED = tuple(name for name in _NAMES for _ in range(2))
"""Two rows a category: `rewrite.target` is met by what is carried."""


def test_a_set_that_extends_another_asks_for_hard_rows_from_its_first_round_on(
    tmp_path: Path,
) -> None:
    recipe, tables = _recipe(tmp_path, *_EXTEND), _Rounds([], carried=_CARRIED)
    assert still_wanted(recipe, tables, _NAMES, {"hate": 2}) == _each(9 - 2)
    assert still_wanted(recipe, tables, _NAMES, {"hate": 2, "privacy": 7}) == {}
    even = _recipe(tmp_path, *_EXTEND[:2], "hard={size: 9, balance: cap, rounds: 1}")
    assert still_wanted(even, tables, _NAMES, {"hate": 5}) == {"illegal": 3, "privacy": 3}


def test_a_first_round_that_rewrote_nothing_is_none_of_those_that_are_allowed(
    tmp_path: Path,
) -> None:
    recipe = _recipe(tmp_path, *_EXTEND)
    nothing: tuple[Counts, Counts, Counts] = ({}, {}, {})
    first = _Rounds([nothing], [()], carried=_CARRIED, carried_hard=4)
    # All nine were thought to be there; the panel of this version says that four are.
    assert still_wanted(recipe, first, _NAMES, {"hate": 9}) == _each(5)
    second = (_each(100), _each(80), {"hate": 2})
    tables = _Rounds([nothing, second], [(), _NAMES], carried=_CARRIED, carried_hard=4)
    assert still_wanted(recipe, tables, _NAMES, {}) == {}
    hard, target = rounds_facts(recipe, tables, _NAMES, unpaid=True)
    assert (hard.rounds, hard.most, hard.found, hard.ended) == (1, 1, 6, "rounds")
    assert hard.last_yield == pytest.approx(2 / 300)
    assert (target.rounds, target.most, target.ended) == (1, 1, "full")


def test_seeds_are_written_for_what_a_set_lacks_that_extends_another(tmp_path: Path) -> None:
    recipe, tables = _recipe(tmp_path, *_EXTEND), _Rounds([], carried=_CARRIED, seeds=())
    taxonomy = taxonomy_of(recipe)
    others = {name for name in taxonomy.names if name not in _NAMES}
    assert {*open_categories(recipe, tables, taxonomy, {"hate": 9})} == others
    assert open_categories(recipe, tables, taxonomy, {"hate": 2}) == taxonomy.names
    quota = "hard={balance: quota, quota: {hate: 3, privacy: 1}, rounds: 2}"
    recipe = _recipe(tmp_path, *_EXTEND[:2], quota)
    found = open_categories(recipe, tables, taxonomy, {"hate": 2, "privacy": 1})
    assert {*found} == {*others, "hate"}


def test_a_wish_that_is_dry_once_stays_so_whatever_others_bring_it(tmp_path: Path) -> None:
    recipe = _recipe(
        tmp_path, "rewrite.target=90", "rewrite.rounds=9", "hard={size: 400, rounds: 9}"
    )
    dry = (_each(100), _each(85), {"hate": 6, "illegal": 20, "privacy": 1})
    assert still_wanted(recipe, _Rounds([_FIRST, dry], [_NAMES]), _NAMES, {}) == _each(5)
    lucky = ({"hate": 9}, {"hate": 88, "illegal": 90, "privacy": 90}, {"hate": 15, "illegal": 20})
    tables = _Rounds([_FIRST, dry, lucky], [_NAMES, _NAMES])
    assert still_wanted(recipe, tables, _NAMES, {}) == {"hate": 2}
    hard, target = rounds_facts(recipe, tables, _NAMES, unpaid=False)
    assert (hard.ended, target.categories["hate"]) == ("yield", "rounds")


def test_each_part_is_told_of_its_own_rounds(tmp_path: Path) -> None:
    both = ("rewrite.target=99", "rewrite.rounds=1", "hard={size: 400, rounds: 3}")
    recipe = _recipe(tmp_path, *both)
    second = (_each(100), _each(80), {"hate": 60, "illegal": 60, "privacy": 60})
    tables = _Rounds([_FIRST, second], [_NAMES])
    hard, target = rounds_facts(recipe, tables, _NAMES, unpaid=True)
    assert (hard.rounds, hard.most, hard.ended) == (2, 3, "budget")
    # A second round brought no accepted row, and a third was not paid: neither was the target's.
    assert (target.rounds, target.most, target.ended) == (1, 1, "rounds")
    assert set(target.categories.values()) == {"rounds"}


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
