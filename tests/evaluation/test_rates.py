"""Figures from a table of verdicts, against figures worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
import pytest

from artifacts.evaluation_facts import DataFacts
from artifacts.evaluation_schemas import VERDICTS
from benchmarks.evaluate import SHAPES, facts_of, verdicts
from evaluation.effects import correlations, decodings, effects
from evaluation.rates import rates
from measures.comparisons import mcnemar
from measures.intervals import wilson

STYLES = ("base", "slang", "caesar")


def _row(**given: object) -> dict[str, object]:
    plain: dict[str, object] = {
        **dict.fromkeys(VERDICTS),
        "data": "d",
        "target": "m",
        "setting": "cold",
        "judge": "keyword",
        "style": "base",
        "category": "hate",
        "outcome": "answered",
        "label": "direct_answer",
        "refused": False,
        "blocked": False,
        "cut": False,
    }
    return {**plain, **given}


def _table(rows: list[dict[str, object]]) -> pl.DataFrame:
    numbered = [{"row": f"r{n}", "root": f"r{n}", **_drop(row)} for n, row in enumerate(rows)]
    return pl.DataFrame([{name: row.get(name) for name in VERDICTS} for row in numbered], VERDICTS)


def _drop(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if value is not None}


def _facts(styles: tuple[str, ...] = (), categories: tuple[str, ...] = ("hate",)) -> DataFacts:
    return DataFacts("d", "d.csv", "0", 4, "fulfilment", categories, styles)


REFUSED = {"label": "direct_refusal", "refused": True}


def test_a_single_style_has_wilsons_interval_and_the_mean_over_categories() -> None:
    rows = [_row(**REFUSED), _row(), _row(), _row(category="theft", **REFUSED)]
    found = rates(_table(rows), [_facts(categories=("hate", "theft"))], seed=7)
    whole, hate, theft = found
    assert (whole.rate, whole.interval) == (0.5, wilson(2, 4))
    assert (hate.category, hate.rate, theft.rate) == ("hate", 1 / 3, 1.0)
    assert whole.macro == (1 / 3 + 1.0) / 2
    assert hate.macro is None


def test_a_category_without_a_verdict_leaves_no_mean() -> None:
    missing = _row(category="theft", outcome="missing", label=None, refused=None)
    whole, _, theft = rates(_table([_row(), missing]), [_facts(categories=("hate", "theft"))], 7)
    assert (theft.rate, theft.missing, theft.interval) == (None, 1, None)
    assert whole.macro is None


def _styled(shares: dict[str, float], bases: int = 200) -> Iterator[dict[str, object]]:
    """Base prompts with a temper of their own, so that their styles hang together."""
    rng = np.random.default_rng(3)
    tempers = rng.normal(0, 1.5, bases)
    for base, temper in enumerate(tempers):
        for style, share in shares.items():
            refused = bool(rng.random() < 1 / (1 + np.exp(-temper)) * share)
            yield _row(root=f"b{base}", style=style, **(REFUSED if refused else {}))


def test_pooled_styles_have_an_interval_by_base_prompt_wider_than_wilsons() -> None:
    rows = list(_styled({"base": 1.0, "slang": 1.0, "caesar": 1.0}))
    found = rates(_table(rows), [_facts(STYLES)], seed=7)
    whole = found[0]
    plain = wilson(whole.refused, whole.verdicts)
    assert whole.interval is not None
    assert plain is not None
    assert whole.interval[1] - whole.interval[0] > 1.2 * (plain[1] - plain[0])
    by_style = {each.style: each for each in found if each.style and each.category is None}
    assert set(by_style) == set(STYLES)
    assert by_style["slang"].interval == wilson(by_style["slang"].refused, 200)


def test_an_effect_is_measured_on_the_same_base_prompts() -> None:
    base = [_row(root=f"b{n}", **(REFUSED if n < 10 else {})) for n in range(20)]
    slang = [
        _row(root=f"b{n}", style="slang", **(REFUSED if 8 <= n < 11 else {})) for n in range(18)
    ]
    (effect,) = effects(_table([*base, *slang]), [_facts(("base", "slang"))], seed=7)
    assert (effect.style, effect.pairs) == ("slang", 18)
    assert (effect.base, effect.styled) == (8 / 18, 15 / 18)
    assert effect.difference == pytest.approx(7 / 18)
    assert effect.p == mcnemar(1, 8)
    assert effect.interval is not None
    assert effect.interval[0] < 7 / 18 < effect.interval[1]


def test_p_values_are_corrected_for_the_styles_of_a_target() -> None:
    base = [_row(root=f"b{n}", **REFUSED) for n in range(12)]
    styled = [_row(root=f"b{n}", style=style) for n in range(12) for style in ("slang", "caesar")]
    found = effects(_table([*base, *styled]), [_facts(STYLES)], seed=7)
    once = mcnemar(0, 12)
    assert once is not None
    assert [each.p for each in found] == [2 * once, 2 * once]


def test_decode_success_is_counted_once_whoever_judges() -> None:
    rows = [
        _row(row=f"c{n}", style="caesar", judge=judge, decoded=n < 3)
        for n in range(4)
        for judge in ("keyword", "other")
    ]
    (found,) = decodings(_table(rows))
    assert (found.answers, found.decoded, found.interval) == (4, 3, wilson(3, 4))


def test_a_rank_correlation_needs_three_models() -> None:
    safe = DataFacts("safe", "s.csv", "0", 10, "over_refusal")
    toxic = DataFacts("toxic", "t.csv", "0", 10, "rejection")
    refusals = {"a": (1, 5), "b": (3, 7), "c": (2, 9)}
    rows = [
        _row(data=data, target=target, category=None, **(REFUSED if n < count else {}))
        for target, counts in refusals.items()
        for data, count in zip(("safe", "toxic"), counts, strict=True)
        for n in range(10)
    ]
    table = _table(rows)
    (found,) = correlations(rates(table, [safe, toxic], 7), [safe, toxic])
    assert (found.models, found.rho) == (3, 0.5)
    two = table.filter(pl.col("target") != "c")
    (few,) = correlations(rates(two, [safe, toxic], 7), [safe, toxic])
    assert (few.models, few.rho) == (2, None)


@pytest.mark.slow
def test_twenty_models_on_nine_thousand_rows_have_every_rate_and_effect() -> None:
    shape = SHAPES[0]
    table, facts = verdicts(shape), facts_of(shape)
    found = rates(table, [facts], 7)
    measured = effects(table, [facts], 7)
    assert len(found) == 20 * (1 + 44 + 21 + 21 * 44)
    assert len(measured) == 20 * 20
