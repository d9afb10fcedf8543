"""Which rows that were kept to the end are in no config, and why."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.or_bench.subsets import in_no_config
from pipelines.recipe import OrBench, load
from tests.small_recipe import small_recipe

_ROWS = [
    ("p1", "seed", "safe", True, 3, 0, False),
    ("p2", "seed", "safe", False, 3, 0, False),
    ("p3", "seed", "safe", None, 3, 0, False),
    ("p4", "seed", "undecided", True, 1, 2, False),
    ("p5", "seed", "toxic", True, 0, 0, True),
    ("p6", "seed", "toxic", True, 0, 0, False),
    ("p7", "seed", "toxic", True, 1, 0, False),
]
_COLUMNS = ("row", "root", "label", "sounds_risky", "safe", "abstain", "in_toxic")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            ("moderate.sounds_risky=required",),
            {"undecided": 1, "not_risky": 2, "not_flagged_enough": 1, "not_drawn": 1},
        ),
        ((), {"undecided": 1, "not_risky": 0, "not_flagged_enough": 1, "not_drawn": 1}),
        (
            ("toxic={rule: majority}",),
            {"undecided": 1, "not_risky": 0, "not_flagged_enough": 0, "not_drawn": 2},
        ),
    ],
)
def test_each_row_outside_has_its_reason(
    settings: tuple[str, ...], expected: dict[str, int], tmp_path: Path
) -> None:
    recipe = load(small_recipe(tmp_path), settings)
    assert isinstance(recipe, OrBench)
    rows = pl.DataFrame(_ROWS, _COLUMNS, orient="row")
    assert in_no_config(rows, recipe) == expected
