"""A published release as `datasets` loads it: by name, config and tag."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from artifacts.release import write_release
from artifacts.tables import read_table
from artifacts.views import View
from tests.artifacts.hub.published import REPO, Publisher
from tests.artifacts.small_run import SmallRun

LOAD = """
import json, sys
from datasets import get_dataset_config_names, load_dataset
name, tags = sys.argv[1], sys.argv[2:]
found = {}
for tag in tags:
    for config in get_dataset_config_names(name, revision=tag):
        rows = load_dataset(name, config, revision=tag, split="train")
        found[f"{tag} {config}"] = [rows.column_names, rows.to_list()]
print(json.dumps(found))
"""


def loaded(tmp_path: Path, *tags: str) -> dict[str, tuple[list[str], list[dict[str, object]]]]:
    done = subprocess.run(
        [sys.executable, "-c", LOAD, REPO, *tags],
        env={**os.environ, "HF_HOME": str(tmp_path / "home"), "HF_HUB_DISABLE_XET": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, tuple[list[str], list[dict[str, object]]]] = json.loads(done.stdout)
    return found


def with_other_columns(view: View) -> View:
    """The view with one column more, one less, and one of another type."""
    rows = view.rows.drop("seed_id").with_columns(
        pl.col("refusals").cast(pl.Int64), difficulty=pl.lit(0.5)
    )
    return replace(view, rows=rows, schema=rows.schema)


@pytest.mark.slow
def test_rows_are_the_same_at_each_tag_though_the_columns_changed(
    publisher: Publisher, released: SmallRun, tmp_path: Path
) -> None:
    publisher.publish(released.release)
    views = tuple(with_other_columns(view) for view in released.views())
    write_release(tmp_path / "1.1", views, released.facts(version="1.1"))
    publisher.publish(tmp_path / "1.1")
    found = loaded(tmp_path, "v1.0", "v1.1")
    for tag, folder in (("v1.0", released.release), ("v1.1", tmp_path / "1.1")):
        for view in views:
            rows = read_table(folder / view.config / "train-00000-of-00001.parquet")
            assert tuple(found[f"{tag} {view.config}"]) == (rows.columns, rows.to_dicts())
    card = publisher.repo.card(publisher.repo.tags["v1.1"])
    names = [each["name"] for each in card["dataset_info"][0]["features"]]
    assert "difficulty" in names and "seed_id" not in names
    assert {each["name"]: each.get("dtype") for each in card["dataset_info"][0]["features"]}[
        "refusals"
    ] == "int64"
