from __future__ import annotations

from typing import Any

import polars as pl
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
    run: SmallRun,
) -> None:
    run.publish(run.without_hard())
    front, body = parts(run)
    assert "A config of 0 rows has no file" in body
    assert [info["config_name"] for info in front["dataset_info"]] == [
        "or-bench-80k",
        "or-bench-toxic",
    ]
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
    assert "| total | 2 | 1 | 1 |" in body
    assert "| rewrite -> dedup | 7 | 5 | 2 | 0 |  |  |" in body
    assert "| rescue -> panel | 4 | 4 | 0 | 0 |  | 4 |" in body
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


def test_the_card_says_how_rescue_panel_and_subsets_came_about(released: SmallRun) -> None:
    _, body = parts(released)
    assert "| prompts that were flagged | 1 |" in body
    assert "| p | 2 | 2 | 0 | 1 | 0 | 2 | 1 | 1 | 1 |" in body
    assert "| q | empty | 1 |" in body
    assert "| p | guard | Be careful. |" in body
    assert "| q | guard | none |" in body
    assert "| hard | safe, and refused by at least 2 targets | 1 | 1 | 1 | all | 7 |" in body
    flowing = " ".join(body.split())
    assert "Answers of the panel were cut at 24 tokens (1 of 3 were)" in flowing
    assert "The targets p, q are one model, guard, under different system prompts" in flowing
    assert "Not independent: guard is a moderator and the model of target p." in flowing


def test_the_card_of_a_recipe_without_rescue_and_panel_says_that_there_was_none(
    run: SmallRun,
) -> None:
    run.publish(rescue=None, panel=None, hard=None, relatives=())
    _, body = parts(run)
    assert "has no rescue" in body
    assert "has no panel" in body
    assert "Not independent" not in body
    assert "were cut at" not in body


def test_no_answer_is_anywhere_in_a_release(released: SmallRun) -> None:
    asked = (released.folder / "panel").glob("answers-*.parquet")
    assert any("MARKED ANSWER" in str(pl.read_parquet(path)["text"].to_list()) for path in asked)
    for path in released.release.rglob("*"):
        if path.suffix == ".parquet":
            assert "MARKED ANSWER" not in str(pl.read_parquet(path).to_dicts())
        elif path.is_file():
            assert b"MARKED ANSWER" not in path.read_bytes()
