from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.panel import ROWS, SHARES, drawn, expected, report, spread, table, verdicts
from measures.balance import largest_to_smallest
from pipelines.runner.stage import Row

PUBLISHED_RATIO = 12.9


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return table(spread(ROWS, SHARES), verdicts(ROWS, 0.0, seed=1))


def test_a_simulated_panel_finds_as_many_hard_rows_as_its_rates_say(rows: list[Row]) -> None:
    assert expected() == (pytest.approx(10_133, abs=1), pytest.approx(94, abs=1))
    found = Counter(row["hard"] for row in rows)
    assert abs(found["hard"] - 10_133) <= 282
    assert found["hard"] + found["not_hard"] == ROWS == 80_359


def test_a_cap_makes_a_draw_even_that_falls_out_uneven(rows: list[Row]) -> None:
    free, capped = (drawn(rows, balance, seed=7) for balance in ("none", "cap"))
    assert free.total() == capped.total() == 1_000
    assert (largest_to_smallest(free) or 0.0) > 4
    assert (largest_to_smallest(capped) or 99.0) <= 2


def test_missing_answers_make_rows_undecided() -> None:
    categories = spread(2_000, SHARES)
    found = Counter(row["hard"] for row in table(categories, verdicts(2_000, 0.1, seed=1)))
    assert found["undecided"] > 50
    assert found.total() == 2_000


@pytest.mark.slow
def test_the_report_shows_draws_as_uneven_as_the_published_one_made_even() -> None:
    lines = list(report(seed=7, missing=0.0))
    skewed = [line for line in lines if "published" in line]
    ratios = [float(line.split(": ")[1].split()[0]) for line in skewed]
    assert ratios[0] > 0.7 * PUBLISHED_RATIO
    assert ratios[1] <= 2
