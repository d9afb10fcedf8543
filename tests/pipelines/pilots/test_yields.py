"""Rows of each config for a seed of a pilot, from the table of its last stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import polars as pl
import pytest

from artifacts.records import StageName
from artifacts.stage_roles import MODERATE_SEEDS
from pipelines.pilots.rates import yields_of
from pipelines.recipe import load
from pipelines.recipe.schema import is_runnable
from pipelines.runner.run import Run
from tests.small_recipe import TEXT, small_recipe

_ROWS = pl.DataFrame(
    [
        {"row": "a", "root": "a", "label": "toxic", "safe": 0},
        {"row": "a1", "root": "a", "label": "toxic", "safe": 0},
        {"row": "b1", "root": "b", "label": "toxic", "safe": 0},
        {"row": "b2", "root": "b", "label": "toxic", "safe": 1},
        {"row": "b3", "root": "b", "label": "safe", "safe": 3},
    ]
).with_columns(abstain=0, sounds_risky=True)
"""A seed and its rewrite, and rewrites of another seed."""


class _Finished:
    """A run whose last stage has these rows."""

    def named(self, stage: str) -> StageName:
        return StageName(stage)

    def last(self, *stages: str) -> StageName | None:
        return StageName(MODERATE_SEEDS) if MODERATE_SEEDS in stages else None

    def kept(self, stage: StageName, columns: Sequence[str] | None = None) -> pl.DataFrame:
        return _ROWS


@pytest.mark.parametrize(
    ("toxic", "rows"),
    [("{}", 3), ("{from: [seeds]}", 1), ("{rule: majority}", 4)],
)
def test_toxic_rows_are_those_that_the_recipe_takes(tmp_path: Path, toxic: str, rows: int) -> None:
    recipe = load(small_recipe(tmp_path, TEXT), [f"toxic={toxic}"])
    assert is_runnable(recipe)
    found = yields_of(cast("Run", _Finished()), recipe, {StageName("seeds"): ["a", "b"]})
    counts = Counter[str]()
    for each in found:
        counts[each.name] += round(each.rows.mean * 2)
    assert counts == {"accepted": 1, "toxic": rows}
