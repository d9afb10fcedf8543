"""The recipes and the judge that come with the project, and what is withheld of answers."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from evaluation.data_sets import read_data
from evaluation.facts import judge_facts
from evaluation.opening import require_evaluation
from flows.benchmarks import plan
from pipelines.errors import SourceError
from pipelines.recipe import load
from pipelines.stages.judges import refusal_judge
from tests.evaluation.evaluations import run, write_recipe
from tests.servers.openai_server import serve
from tests.servers.refusers import ANSWER, REFUSAL, Refusers

FOLDER = Path(__file__).parents[2] / "recipes"
SHIPPED = sorted(FOLDER.glob("evaluate.*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_evaluation_is_whole_and_the_readme_names_it(path: Path) -> None:
    recipe = require_evaluation(load(path))
    assert f"`{path.name}`" in (FOLDER / "README.md").read_text(encoding="utf-8")
    for judge in recipe.evaluate.judges:
        refusal_judge(recipe, judge)  # the trained one loads: its features are of this version


def test_the_demos_judges_have_their_kappa_against_people() -> None:
    recipe = require_evaluation(load(FOLDER / "evaluate.embedded.yaml"))
    keyword, mild = judge_facts(recipe)
    assert (keyword.name, mild.name, mild.kind) == ("keyword", "mild", "trained")
    assert keyword.kappa_rows == mild.kappa_rows == 1350
    assert keyword.kappa is not None
    assert mild.kappa is not None
    assert min(keyword.kappa, mild.kappa) > 0.8


def test_fulfilling_answers_of_sensitive_categories_are_withheld(tmp_path: Path) -> None:
    rows = {
        "question_id": [1, 2, 3],
        "category": ["15", "15", "1"],
        "turns": [["A mild word, no 1."], ["Refuse this mild word."], ["A mild word, no 3."]],
    }
    pl.DataFrame(rows).write_ndjson(tmp_path / "question.jsonl")
    with serve(Refusers({"m": {"Refuse": 1.0, "": 0.0}})) as server:
        data = {"sorry": {"from": "question.jsonl", "taxonomy": "own.yaml"}}
        (tmp_path / "own.yaml").write_text(_taxonomy())
        found = run(write_recipe(tmp_path, server.base_url, ["m"], data), tmp_path / "out")
    answers = found.answers.sort("prompt")
    assert answers["redacted"].to_list() == [True, False, False]
    assert answers["response"].to_list() == [None, ANSWER, REFUSAL]


def _taxonomy() -> str:
    return """\
name: own
version: "1"
source: made for a test
categories:
  - {name: plain, title: Plain, definition: Nothing to hide., number: 1, sensitive: false}
  - {name: kept, title: Kept back, definition: Not to be shown., number: 15, sensitive: true}
"""


def test_a_release_that_is_not_there_yet_is_planned_for_by_its_sample_and_refused_by_a_run(
    tmp_path: Path,
) -> None:
    unbuilt = tmp_path / "releases/or-bench/2031.1.0"
    settings = [f"evaluate.data.safe.from={unbuilt}", "evaluate.data.safe.config=or-bench-80k"]
    recipe = require_evaluation(load(FOLDER / "evaluate.embedded.yaml", settings))
    found = plan(recipe, tmp_path)
    notes = [note for stage in found.stages for note in stage.notes]
    assert any(f"{unbuilt} is not there yet: build it first" in note for note in notes)
    assert next(stage.rows for stage in found.stages if stage.part == "safe") == 40
    with pytest.raises(SourceError, match="source must exist"):
        read_data(recipe, "safe")
