from __future__ import annotations

from dataclasses import replace

import pytest

from artifacts.manifest import ConfigRecord, read_manifest
from artifacts.verify.edges import check_run
from artifacts.verify.lineage import check_lineage
from tests.artifacts.small_run import SmallRun

NEWER = ("rescued", "refusals", "answered", "panel", "in_hard", "in_toxic")


def config(run: SmallRun, name: str) -> ConfigRecord:
    return next(each for each in read_manifest(run.release).configs if each.name == name)


@pytest.mark.parametrize("name", ["or-bench-80k", "or-bench-hard-1k", "or-bench-toxic"])
def test_a_config_is_what_its_condition_selects(released: SmallRun, name: str) -> None:
    tables = check_run(released.folder).stages["subsets"]
    assert list(check_lineage(released.release, config(released, name), tables)) == []


def test_a_release_from_before_rescue_and_panel_is_held_against_what_it_has(
    released: SmallRun,
) -> None:
    found = config(released, "or-bench-80k")
    older = replace(
        found,
        stage="contest",
        columns={name: kind for name, kind in found.columns.items() if name not in NEWER},
    )
    tables = check_run(released.folder).stages["contest"]
    assert list(check_lineage(released.release, older, tables)) == []
    newer = list(check_lineage(released.release, replace(found, stage="contest"), tables))
    assert newer == [
        "contest -> or-bench-80k: cannot be added up: a table must have the column 'answers'"
        " (got kept-00-of-01.parquet)"
    ]


def test_a_condition_on_a_column_that_no_table_has_is_named(released: SmallRun) -> None:
    odd = replace(config(released, "or-bench-80k"), where={"in_soft": True})
    tables = check_run(released.folder).stages["subsets"]
    assert list(check_lineage(released.release, odd, tables)) == [
        "subsets -> or-bench-80k: its condition names columns that no table has: in_soft"
    ]
