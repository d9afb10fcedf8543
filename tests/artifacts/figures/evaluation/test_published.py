"""Rates that others have published come out in the published order, with the published rho."""

from __future__ import annotations

import random
import re
from itertools import combinations

import pytest

from artifacts.evaluation_facts import Evaluation
from artifacts.figures.evaluation.gallery import evaluation_figures, files_of
from artifacts.figures.evaluation.scatter import Box, place
from artifacts.figures.figure import Figure
from tests.artifacts.figures.evaluation.published import FULFILMENT, REFUSED, or_bench, sorry_bench

_ROW_LABEL = r'<text text-anchor="end" transform="translate\([^,]*,([\d.]+)\)"[^>]*>([^<]+)<'


def _figure(evaluation: Evaluation, key: str) -> Figure:
    found = [each.figure for each in evaluation_figures(evaluation)]
    return next(each for each in found if each.key.startswith(key))


def _shuffled() -> tuple[str, ...]:
    models = list(FULFILMENT)
    random.Random(7).shuffle(models)
    return tuple(models)


def test_the_heatmap_has_the_published_models_in_the_published_order() -> None:
    heatmap = _figure(sorry_bench(_shuffled()), "heatmap")
    labels = [name for _, name in re.findall(_ROW_LABEL, heatmap.svg)]
    models = [name for name in labels if name in FULFILMENT]
    assert len(models) == 56
    # Models that share a rate stand in the recipe's order, so that rates are compared, not names.
    assert [FULFILMENT[name] for name in models] == list(FULFILMENT.values())
    assert [row[0] for row in heatmap.table.rows] == models
    assert [row[1] for row in heatmap.table.rows] == [
        f"{share:.1%}" for share in FULFILMENT.values()
    ]


def test_the_heatmap_keeps_the_order_of_models_that_share_a_rate() -> None:
    heatmap = _figure(sorry_bench(tuple(FULFILMENT)), "heatmap")
    assert [row[0] for row in heatmap.table.rows] == list(FULFILMENT)


def test_the_published_correlation_stands_under_the_scatter() -> None:
    evaluation = or_bench()
    (found,) = evaluation.correlations
    # The paper says 0.89; from its plot's unrounded figures it is 0.893, from these 0.891.
    assert (found.models, round(found.rho or 0.0, 2)) == (32, 0.89)
    drawn = _figure(evaluation, "tradeoff")
    assert "Spearman's rho 0.89 over 32 models" in drawn.note
    assert "n = 32 models; 42,208 and 20,960 verdicts" in drawn.rests_on
    assert all(f">{name}</text>" in drawn.svg for name in REFUSED)


def test_the_scatter_has_a_fit_and_puts_each_dot_where_it_belongs() -> None:
    drawn = _figure(or_bench(), "tradeoff").svg
    assert "stroke-dasharray" in drawn
    assert "60%" in drawn and "100%" in drawn
    dots = re.findall(r'<path transform="translate\(([\d.]+),([\d.]+)\)"[^>]*fill="#24507a"', drawn)
    assert len(dots) == 32
    x, y = map(float, dots[list(REFUSED).index("GPT-3.5-0125")])
    # The axis to the right begins at 50 %: the intervals reach below 60 %.
    assert (round(x / 600, 3), round(1 - y / 460, 3)) == (pytest.approx(0.242, abs=0.001), 0.127)


def test_names_in_the_published_scatter_cover_neither_each_other_nor_dots() -> None:
    points = [(15 * (toxic - 60), 4.6 * (100 - safe)) for safe, toxic in REFUSED.values()]
    labels = place(list(REFUSED), points, Box(4, -16, 720, 456))
    assert [each.text for each in labels] == list(REFUSED)
    assert not [pair for pair in combinations(labels, 2) if pair[0].box.shared(pair[1].box) > 1]
    dots = [Box(x - 3, y - 3, x + 3, y + 3) for x, y in points]
    assert not [each.text for each in labels for dot in dots if each.box.shared(dot)]
    assert place(list(REFUSED), points, Box(4, -16, 720, 456)) == labels


@pytest.mark.parametrize("name", ["rates-or-hard-default-gpt-4", "rates-or-toxic-default-gpt-4"])
def test_rates_by_model_begin_with_the_best(name: str) -> None:
    drawn = files_of(evaluation_figures(or_bench()))[name]
    first, last = (
        ("Llama-3.1-70B", "Claude-2.1") if "hard" in name else ("Claude-2.1", "GPT-3.5-0125")
    )
    assert drawn.index(f">{first}</text>") < drawn.index(f">{last}</text>")
