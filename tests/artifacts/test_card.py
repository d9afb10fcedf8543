from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
import yaml

from artifacts.arrow import arrow_schema
from artifacts.features import features
from artifacts.manifest import Cost, read_manifest
from artifacts.schemas import MODERATED, OR_BENCH, VOTES
from tests.artifacts.small_run import SmallRun


def parts(run: SmallRun) -> tuple[dict[str, Any], str]:
    _, front, body = (run.release / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front), body


def test_the_front_matter_names_the_configs_that_have_rows_and_a_default(
    released: SmallRun,
) -> None:
    front, _ = parts(released)
    assert front["configs"] == [
        {
            "config_name": "or-bench-80k",
            "data_files": [{"split": "train", "path": "or-bench-80k/train-*.parquet"}],
            "default": True,
        },
        {
            "config_name": "or-bench-toxic",
            "data_files": [{"split": "train", "path": "or-bench-toxic/train-*.parquet"}],
        },
    ]
    assert front["license"] == "cc-by-4.0"
    assert front["language"] == ["en"]
    assert front["size_categories"] == ["n<1K"]
    assert front["pretty_name"] == "or-bench 1.0"
    assert {"tags", "task_categories"} <= front.keys()


@pytest.mark.parametrize("schema", [OR_BENCH, MODERATED, VOTES])
def test_features_are_those_that_datasets_derives_from_the_file(schema: Any) -> None:  # noqa: ANN401
    from datasets import Features  # heavy: only here

    arrow: pa.Schema = arrow_schema(schema)
    assert features(schema) == Features.from_arrow_schema(arrow)._to_yaml_list()


def test_the_card_states_counts_canary_and_licence(released: SmallRun) -> None:
    _, body = parts(released)
    assert read_manifest(released.release).canary in body
    assert "| privacy | 0 | 0 | 0 |" in body
    assert "| total | 2 | 1 | 0 |" in body
    assert "| rewrite -> dedup | 7 | 5 | 2 | 0 |  |" in body
    assert "| US dollars | unknown |" in body
    assert "$" not in body
    assert "demo" not in body


def test_a_demo_says_so_before_anything_else(run: SmallRun) -> None:
    run.publish(demo=True, cost=Cost(12, 1, 1, 1.5))
    front, body = parts(run)
    assert front["pretty_name"] == "or-bench 1.0 (demo)"
    assert body.split("\n\n")[1].startswith("> **This is a demo.**")
    assert "| US dollars | 1.50 |" in body


def test_the_lines_of_the_card_s_prose_fit_a_terminal(released: SmallRun) -> None:
    _, body = parts(released)
    prose = [line for line in body.splitlines() if not line.startswith(("|", "rows", "import"))]
    assert max(map(len, prose)) <= 100
