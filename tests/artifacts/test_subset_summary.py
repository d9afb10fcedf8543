from __future__ import annotations

from dataclasses import replace

import pytest

from artifacts.manifest import read_manifest
from artifacts.release_facts import (
    CategorySeeds,
    RoundsFacts,
    SeedsEnd,
    TargetFacts,
    WrittenSeedFacts,
)
from artifacts.summary import (
    panel_table,
    rounds_lines,
    seeds_lines,
    subset_tables,
    written_seeds_table,
)
from tests.artifacts.diff.two_releases import facts
from tests.artifacts.small_run import SmallRun


def test_the_summary_names_every_config_and_how_even_it_is(
    run: SmallRun,
) -> None:
    manifest = run.publish(run.without_hard(), balance={"or-bench-80k": 12.94})
    tables = {table.title: table for table in subset_tables(manifest)}
    assert tables["Configs"].rows == (
        ("or-bench-80k", 2, 1, "12.94"),
        ("or-bench-hard-1k", 0, 3, None),
        ("or-bench-toxic", 1, 2, None),
    )
    assert not any("no rows" in title for title in tables)


def test_the_summary_counts_rescue_panel_and_draws(released: SmallRun) -> None:
    tables = {table.title: table.rows for table in subset_tables(read_manifest(released.release))}
    assert tables["Rescue"][0] == ("prompts that were flagged", 1)
    assert tables["Panel"][0] == ("p", 2, 2, 0, 1, 0, 2, 1, "100.0%", "100.0%")
    assert tables["Missing answers by reason"] == (("q", "empty", 1),)
    assert [row[0] for row in tables["Subsets"]] == ["hard", "toxic"]
    assert tables["Models with more than one part"] == (
        ("guard is a moderator and the model of target p",),
    )


def test_lines_say_in_words_which_categories_are_not_full_and_why() -> None:
    ends = {"hate": "yield", "privacy": "full", "sexual": "rounds", "violence": "yield"}
    rounds = RoundsFacts("hard", 40, 12, 2, 2, "rounds", 0.005, 0.1, ends)  # type: ignore[arg-type]
    first, *others = rounds_lines(facts("2026.11.0", rounds=(rounds,)))
    assert first.startswith("Of 40 hard rows 12 were found in 2 rounds of at most 2; stopped: as")
    assert others == [
        "Categories that are not full (stopped: the last round brought too few rows):"
        " hate, violence.",
        "Categories that are not full (stopped: as many rounds as the recipe allows were run):"
        " sexual.",
    ]


def _asked_for(filled: int | None, *ends: SeedsEnd) -> WrittenSeedFacts:
    each = {
        name: CategorySeeds(90, 6, filled, 2, end) for name, end in zip("ab", ends, strict=True)
    }
    return WrittenSeedFacts(100, 3, each)


def test_written_seeds_are_told_with_the_cells_that_they_fill() -> None:
    found = _asked_for(5, "full", "out_of_cells")
    table = written_seeds_table(found)
    assert table.header[3:6] == ("calls", "cells filled", "rounds")
    assert table.rows == (
        ("a", 90, 100, 6, 5, 2, 3, "full"),
        ("b", 90, 100, 6, 5, 2, 3, "out of cells: a call was made for each"),
    )
    (line,) = seeds_lines(facts("2026.11.0", written_seeds=found))
    assert line == (
        "A model was asked for seeds in 12 calls and 2 of at most 3 rounds, each about a cell of"
        " its own: 10 of these have a seed. Kept: 180 seeds; 1 of 2 categories full."
    )


def test_where_calls_are_about_no_cell_none_is_told() -> None:
    found = _asked_for(None, "dry", "out_of_rounds")
    assert "cells filled" not in written_seeds_table(found).header
    (line,) = seeds_lines(facts("2026.11.0", written_seeds=found))
    assert "cell" not in line
    assert [*seeds_lines(facts("2026.11.0"))] == []


def test_what_a_recipe_does_not_have_is_in_no_table(run: SmallRun) -> None:
    bare = run.publish(rescue=None, panel=None, hard=None, toxic=None, relatives=())
    assert [table.title for table in subset_tables(bare)] == ["Configs"]


@pytest.mark.parametrize(
    ("changed", "rate", "own_rate"),
    [
        ({}, 0.4, 0.25),
        ({"unjudged": 2}, 0.5, 1 / 3),
        ({"refused": 2}, 0.2, 0.0),
        ({"answered": 2, "refused": 2}, 1.0, None),
        ({"answered": 0, "refused": 0, "blocked": 0}, None, None),
    ],
)
def test_rates_are_among_verdicts_with_provider_blocks_and_without(
    changed: dict[str, int], rate: float | None, own_rate: float | None
) -> None:
    target = replace(TargetFacts("p", 12, 10, {"empty": 2}, 0, 0, 4, 2), **changed)
    assert target.rate == rate
    assert target.own_rate == (None if own_rate is None else pytest.approx(own_rate))


def test_a_target_that_never_answered_has_no_rate(released: SmallRun) -> None:
    panel = read_manifest(released.release).panel
    assert panel is not None
    silent = replace(panel, targets=(TargetFacts("p", 3, 0, {"empty": 3}, 0, 0, 0, 0),))
    assert panel_table(silent).rows == (("p", 3, 0, 3, 0, 0, 0, 0, "", ""),)
