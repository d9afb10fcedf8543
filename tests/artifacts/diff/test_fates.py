from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from artifacts.diff.rows import change_of, counts_of, fates_of

CONFIGS = ("safe", "hard", "toxic")
Rows = dict[str, set[str]]

# By id, the configs that have it; ids of few letters, so that the two sides share some.
SIDES = st.dictionaries(
    st.sampled_from("abcdefgh"), st.sets(st.sampled_from(CONFIGS), min_size=1), max_size=8
)


def side(rows: Rows, label: str) -> pl.DataFrame:
    schema = pl.Schema(dict.fromkeys(("config", "id", "category", "label"), pl.String()))
    placed = [
        {"config": config, "id": id, "category": "hate", "label": label}
        for config in CONFIGS
        for id in sorted(rows)
        if config in rows[id]
    ]
    return pl.DataFrame(placed, schema)


def ids(rows: Rows, config: str) -> set[str]:
    return {id for id, configs in rows.items() if config in configs}


@given(SIDES, SIDES, st.sets(st.sampled_from("abcdefgh")))
def test_whatever_two_releases_hold_each_config_s_rows_add_up(
    old: Rows, new: Rows, withdrawn: set[str]
) -> None:
    fates = fates_of(side(old, "safe"), side(new, "toxic"), withdrawn)
    for config in CONFIGS:
        before, now = ids(old, config), ids(new, config)
        found = change_of(config, fates)
        assert (found.before, found.now) == (len(before), len(now))
        assert found.kept == len(before & now)
        assert found.added == len(now - old.keys())
        assert found.removed == len(before - new.keys())
        assert found.relabelled == len(now & old.keys())
    counts = counts_of(fates)
    assert (counts.before, counts.now) == (len(old), len(new))
    assert counts.withdrawn == len((old.keys() - new.keys()) & withdrawn)
    assert counts.moved == sum(old[id] != new[id] for id in old.keys() & new.keys())


@given(SIDES)
def test_a_missing_label_is_no_other_label(rows: Rows) -> None:
    without = side(rows, "safe").with_columns(label=pl.lit(None, pl.String))
    assert counts_of(fates_of(without, side(rows, "safe"), ())).relabelled == 0
