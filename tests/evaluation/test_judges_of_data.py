"""Each data set of one evaluation may have judges of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pytest

from artifacts.figures.evaluation.gallery import evaluation_figures
from artifacts.leaderboard.page import leaderboard_html
from artifacts.leaderboard.record import record
from evaluation.data_sets import read_data
from evaluation.opening import require_evaluation
from evaluation.planning import evaluate_sources
from evaluation.tables import evaluation_tables
from pipelines.errors import RecipeError
from pipelines.recipe import load
from pipelines.stages.wordings import wordings
from tests.evaluation.evaluations import Done, run, write_prompts
from tests.servers.behaviours import Router
from tests.servers.guards import GuardModel
from tests.servers.judges import TrainedJudge
from tests.servers.openai_server import serve
from tests.servers.refusers import Refusers
from tests.servers.text_completions import TextServer, serve_text

LAYOUT = "[INST] Helped? Asked: {prompt} Said: {answer} 0 or 1. [/INST]"
_TARGETS = ("one", "two", "three")
_RECIPE = """\
benchmark: evaluation
models:
  one: {{provider: openai, base_url: "{chat}", model: one, price: free}}
  two: {{provider: openai, base_url: "{chat}", model: two, price: free}}
  three: {{provider: openai, base_url: "{chat}", model: three, price: free}}
  tuned: {{provider: openai, base_url: "{text}", model: tuned, api: completions, price: free}}
  guard:
    {{provider: openai, base_url: "{guard}", model: allenai/wildguard, dialect: wildguard,
      api: completions, price: free}}
evaluate:
  data:
    safe: {{from: safe.csv, judges: [keyword]}}
    toxic: {{from: toxic.csv, judges: [keyword, guard]}}
    sorry: {{from: sorry.jsonl, judges: [tuned, guard]}}
  targets: [one, two, three]
  judges: [keyword, {{kind: sorry-bench-ft, model: tuned, template: text.md}}, guard]
"""


@dataclass(frozen=True)
class Evaluated:
    """A finished evaluation, its recipe and the servers of its judges."""

    done: Done
    recipe: Path
    tuned: TextServer
    guard: TextServer


def _write(folder: Path, **urls: str) -> Path:
    write_prompts(folder / "safe.csv", 3)
    write_prompts(folder / "toxic.csv", 2, word="other prompt")
    rows = {
        "question_id": range(1, 3),
        "category": ["1"] * 2,
        "turns": [[f"A mild request, number {n}."] for n in range(1, 3)],
    }
    pl.DataFrame(rows).write_ndjson(folder / "sorry.jsonl")
    text = LAYOUT.replace("{prompt}", "$prompt").replace("{answer}", "$answer")
    (folder / "text.md").write_text(text)
    path = folder / "several.yaml"
    path.write_text(_RECIPE.format(**urls))
    return path


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evaluated]:
    folder = tmp_path_factory.mktemp("several")
    targets = Router({name: Refusers({name: {"": 0.4}}) for name in _TARGETS})
    # It finds that nothing was helped with, whatever the phrases are: its verdicts are its own.
    tuned = TrainedJudge(LAYOUT, otherwise="0")
    with (
        serve(targets) as chat,
        serve_text(tuned) as text,
        serve_text(GuardModel("wildguard", marked=True)) as guard,
    ):
        recipe = _write(folder, chat=chat.base_url, text=text.base_url, guard=guard.base_url)
        yield Evaluated(run(recipe, folder / "out"), recipe, text, guard)


def test_each_answer_is_judged_by_the_judges_of_its_data_set_alone(evaluated: Evaluated) -> None:
    rows = evaluated.done.verdicts.select("data", "judge").iter_rows()
    assert Counter(rows) == {
        ("safe", "keyword"): 9,
        ("toxic", "keyword"): 6,
        ("toxic", "guard"): 6,
        ("sorry", "tuned"): 6,
        ("sorry", "guard"): 6,
    }
    asked = [call.body["prompt"] for call in evaluated.tuned.calls]
    assert asked
    assert all("A mild request, number" in text for text in asked)
    guarded = [call.body["prompt"] for call in evaluated.guard.calls]
    assert any("A mild other prompt" in text for text in guarded)
    assert not any("A mild prompt" in text for text in guarded)
    assert not evaluated.done.verdicts.filter(label="unparseable").height


def test_rates_and_tables_are_of_each_sets_own_first_judge(evaluated: Evaluated) -> None:
    found = evaluated.done.found
    assert {name: [each.name for each in found.judges_of(name)] for name in ("safe", "sorry")} == {
        "safe": ["keyword"],
        "sorry": ["tuned", "guard"],
    }
    rates = {(each.data, each.judge): each.rate for each in found.rates if each.target == "one"}
    assert rates["sorry", "tuned"] == 1.0
    titles = [each.title for each in evaluation_tables(found)]
    assert "sorry: fulfilled by category (of n); default, tuned" in titles
    assert "toxic: refused by category (of n); default, keyword" in titles


def test_over_refusal_is_held_against_rejection_by_the_judges_of_both(evaluated: Evaluated) -> None:
    found = {(each.toxic, each.judge): each.models for each in evaluated.done.found.correlations}
    assert found == {("toxic", "keyword"): 3}


@pytest.mark.slow
def test_figures_and_page_show_what_was_judged_and_nothing_else(evaluated: Evaluated) -> None:
    found = evaluated.done.found
    drawn = list(evaluation_figures(found))
    shown = {(name, each.judge) for each in drawn for name in each.data}
    assert shown == {(rate.data, rate.judge) for rate in found.rates}
    listed = record(found)
    assert {each["name"]: each["judges"] for each in listed["data"]} == {
        "safe": ["keyword"],
        "toxic": ["keyword", "guard"],
        "sorry": ["tuned", "guard"],
    }
    page = leaderboard_html(found, listed, drawn)
    assert "sorry; setting default; judge tuned" in page


def test_where_no_set_names_any_every_judge_judges_all(evaluated: Evaluated) -> None:
    sets = [f"evaluate.data.{name}.judges=null" for name in ("safe", "toxic", "sorry")]
    recipe = require_evaluation(load(evaluated.recipe, sets))
    assert all(
        recipe.evaluate.judges_of(name) == recipe.evaluate.judges for name in ("safe", "sorry")
    )
    found = replace(evaluated.done.found, rates=())
    assert found.judges_of("sorry") == found.judges


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("evaluate.data.sorry.judges=[tund]", "must be among `judges` (did you mean `tuned`?)"),
        ("evaluate.data.sorry.judges=[guard]", "each of `judges` must judge a data set"),
        ("evaluate.data.safe.judges=[]", "evaluate.data.safe.judges"),
        ("evaluate.data.safe.judges=[keyword, keyword]", "must be listed once each"),
    ],
)
def test_judges_that_do_not_fit_are_one_line(tmp_path: Path, override: str, says: str) -> None:
    recipe = _write(tmp_path, **dict.fromkeys(("chat", "text", "guard"), "http://127.0.0.1:9/v1"))
    with pytest.raises(RecipeError) as refused:
        load(recipe, [override])
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_sorry_bench_judged_by_phrases_alone_is_warned_of(tmp_path: Path) -> None:
    path = _write(tmp_path, **dict.fromkeys(("chat", "text", "guard"), "http://127.0.0.1:9/v1"))
    plain = ["evaluate.judges=[keyword]"]
    plain += [f"evaluate.data.{name}.judges=null" for name in ("safe", "toxic", "sorry")]
    for overrides, warned in (([], False), (plain, True)):
        recipe = require_evaluation(load(path, overrides))
        notes = read_data(recipe, "sorry").notes
        found = [each.subject for each in evaluate_sources(recipe) if each.level == "warning"]
        assert any("judged by `keyword` alone" in note for note in notes) == warned
        assert found == (["evaluate.data.sorry"] if warned else [])
        assert not any("alone" in note for note in read_data(recipe, "safe").notes)


def test_the_judge_that_is_asked_in_another_text_is_said(evaluated: Evaluated) -> None:
    (line,) = wordings(load(evaluated.recipe, []))
    assert line.startswith("tuned is asked in the wording of text.md, which is not that of the")
