from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from artifacts.manifest import read_manifest
from artifacts.release_files import release_file
from artifacts.verify.across_configs import check_across_configs
from tests.artifacts.diff.two_releases import write_styles
from tests.artifacts.small_run import SmallRun


def _changed(release: Path, config: str, **columns: pl.Expr) -> None:
    """Rewrites a config's one shard."""
    found = next(each for each in read_manifest(release).configs if each.name == config)
    path = release_file(release, found.files[0].name)
    pl.read_parquet(path).with_columns(**columns).write_parquet(path)


def _problems(release: Path) -> list[str]:
    return list(check_across_configs(release, read_manifest(release)))


def test_rows_that_say_which_subsets_they_are_in_are_held_against_these(
    released: SmallRun,
) -> None:
    assert _problems(released.release) == []


@pytest.mark.parametrize("column", ["in_hard", "in_toxic"])
def test_a_row_that_says_that_it_is_in_another_config_must_be(
    released: SmallRun, column: str
) -> None:
    rows = pl.read_parquet(released.release / "or-bench-80k" / "*.parquet")
    wrong = int((~rows[column]).sum())
    assert wrong > 0
    _changed(released.release, "or-bench-80k", **{column: pl.lit(True)})
    rows_are = "1 row is" if wrong == 1 else f"{wrong} rows are"
    assert _problems(released.release) == [f"or-bench-80k: {rows_are} wrong on {column}"]


def test_a_row_of_the_hard_config_must_say_so_in_the_main_one(released: SmallRun) -> None:
    hard = pl.read_parquet(released.release / "or-bench-hard-1k" / "*.parquet").height
    assert hard > 0
    _changed(released.release, "or-bench-80k", in_hard=pl.lit(False))
    (problem,) = _problems(released.release)
    assert problem.startswith("or-bench-80k: ")
    assert problem.endswith("wrong on in_hard")


def test_a_flag_may_not_be_left_open(released: SmallRun) -> None:
    _changed(released.release, "or-bench-80k", in_hard=pl.lit(None, pl.Boolean))
    assert _problems(released.release)


def test_each_mutation_has_the_text_of_its_own_base_request(tmp_path: Path) -> None:
    release = write_styles(tmp_path, "2026.11.0", ["a", "b", "c"])
    for config in ("base", "slang", "all"):
        own = pl.col("id").str.replace("-slang", "")
        texts = {"base_row": own, "base": pl.lit("MARKED TEXT"), "row": pl.col("id")}
        texts["category_name"] = pl.lit("hate")
        _changed(release, config, **texts)
    assert _problems(release) == []
    _changed(release, "slang", base=pl.lit("another"))
    assert _problems(release) == ["slang: 3 rows are of another base request"]


def test_a_release_without_such_columns_has_nothing_to_check(released: SmallRun) -> None:
    for config in read_manifest(released.release).configs:
        path = release_file(released.release, config.files[0].name)
        pl.read_parquet(path).drop("in_hard", "in_toxic").write_parquet(path)
    manifest = read_manifest(released.release)
    from dataclasses import replace

    older = [
        replace(
            config,
            columns={n: k for n, k in config.columns.items() if n not in ("in_hard", "in_toxic")},
        )
        for config in manifest.configs
    ]
    assert list(check_across_configs(released.release, replace(manifest, configs=(*older,)))) == []


def test_a_category_has_its_name_and_one_domain_in_the_whole_set(tmp_path: Path) -> None:
    release = write_styles(tmp_path, "2026.11.0", ["a", "b", "c"])
    for config in ("base", "slang", "all"):
        own = pl.col("id").str.replace("-slang", "")
        said = {"category_name": pl.lit("hate"), "domain": pl.lit("one")}
        said |= {"base_row": own, "base": pl.lit("MARKED TEXT"), "row": pl.col("id")}
        _changed(release, config, **said)
    assert _problems(release) == []
    _changed(release, "slang", domain=pl.lit("two"))
    assert _problems(release) == ["slang: 3 rows are of another domain than its category"]
    _changed(release, "base", category_name=pl.lit("privacy"))
    assert "base: 3 rows are of a category by another name" in _problems(release)
