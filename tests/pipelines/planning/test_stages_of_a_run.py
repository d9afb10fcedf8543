"""A plan names the stages that the run then runs, in its order, for every shipped recipe.

Its models are put on loopback, where any question is answered by something of the right form, and
its sizes are cut.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.benchmarks import benchmark_of, plan
from pipelines.opening import open_run
from pipelines.planning import Plan
from pipelines.recipe import load
from pipelines.recipe.schema import Runnable, is_runnable
from pipelines.runner.context import forget, keep
from pipelines.runner.run import Run
from tests.sampling import marked
from tests.servers.behaviours import conforming
from tests.servers.openai_server import Server, serve

pytestmark = pytest.mark.embedded

_SHIPPED = Path(__file__).parents[3] / "recipes"
_RECIPES = sorted(each.name for each in _SHIPPED.glob("*.yaml"))
_WORDS = "poem letter speech list note song".split()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(conforming) as found:
        yield found


def _small(name: str, folder: Path, url: str) -> Path:
    """A shipped recipe with its models on loopback, its tables at hand and its sizes cut."""
    recipe = yaml.safe_load((_SHIPPED / name).read_text(encoding="utf-8"))
    for called, model in recipe["models"].items():
        kept = {key: model[key] for key in ("family", "dialect") if key in model}
        model.clear()
        model.update(kept, provider="openai", base_url=url, model=called, price="free", give_up_s=5)
    recipe.pop("budget", None)
    recipe.pop("max_failed", None)
    recipe.pop("plan_only", None)
    _cut(recipe, folder)
    if (templates := recipe.get("mutate", {}).get("template")) is not None:
        templates.update({key: str(_SHIPPED / file) for key, file in templates.items()})
    path = folder / name
    path.write_text(yaml.safe_dump(recipe, sort_keys=False), encoding="utf-8")
    return path


def _cut(recipe: dict[str, Any], folder: Path) -> None:
    if recipe["benchmark"] == "or-bench":
        recipe["seeds"] |= {"per_category": 1, "per_call": 1} | (
            {"max_rounds": 2} if recipe["seeds"]["from"] == "llm" else {}
        )
        if recipe["seeds"]["from"] != "llm":
            del recipe["seeds"]["per_call"]
        recipe["rewrite"] |= {"per_seed": 1, "tries": 1}
    elif recipe["benchmark"] == "sorry-bench":
        _cut_base(recipe, folder)
    else:
        part = recipe["evaluate"]
        part["data"] = {key: {"from": _questions(folder)} for key in part["data"]}
        part["scores"] = str(_SHIPPED / part["scores"])
        part["judges"] = json.loads(
            json.dumps(part["judges"]).replace("judges/mild", str(_SHIPPED / "judges" / "mild"))
        )


def _cut_base(recipe: dict[str, Any], folder: Path) -> None:
    base = recipe["base"]
    if "sources" in base:
        base["sources"] = [{"from": _table(folder), "column": "prompt"}]
        base |= {"per_category": 1, "tries": 1}
    else:
        recipe["base"] = {"from": _table(folder), "category_column": "category"}
        recipe["mutate"] |= {"pilot": 1, "tries": 1}


def _table(folder: Path) -> str:
    with (folder / "base.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("prompt", "category"))
        rows.writerows(
            (f"Write a rude {word} about a mayor.", place) for place, word in enumerate(_WORDS, 1)
        )
    return "base.csv"


def _questions(folder: Path) -> str:
    rows = [
        {"prompt": f"What is a {word}?", "prompt_style": style}
        for word, style in zip(_WORDS, ("base", "caesar", "translate-fr") * 2, strict=True)
    ]
    text = "\n".join(json.dumps(row) for row in rows)
    (folder / "questions.jsonl").write_text(text, encoding="utf-8")
    return "questions.jsonl"


def _run(recipe: Runnable, out: Path) -> list[str]:
    """The stages of a run in its order, those of an evaluation by their groups."""
    context, record = open_run(benchmark_of(recipe), recipe, out)
    keep(context)
    try:
        run = Run(context, record, max_failed=1_000)
        run.build()
        return list(dict.fromkeys(each.name.group for each in run.results))
    finally:
        forget(context)


def _planned_and_run(name: str, folder: Path, server: Server) -> tuple[Plan, list[str]]:
    recipe = load(_small(name, folder, server.base_url))
    assert is_runnable(recipe)
    return plan(recipe), _run(recipe, folder / "out")


@pytest.mark.parametrize("name", marked(_RECIPES, lambda name: "embedded" not in name))
def test_a_plan_names_the_stages_that_the_run_then_runs_in_its_order(
    name: str, tmp_path: Path, server: Server
) -> None:
    found, ran = _planned_and_run(name, tmp_path, server)
    later = {each.name for each in found.stages if each.later}
    assert list(found.names) == [each for each in ran if each not in later]


def test_a_round_that_hangs_on_answers_is_named_once_and_marked(
    tmp_path: Path, server: Server
) -> None:
    path = _small("or_bench.paper.yaml", tmp_path, server.base_url)
    recipe = load(path, ["rewrite.target=3", "rewrite.rounds=2", "rewrite.min_yield=0"])
    assert is_runnable(recipe)
    found, ran = plan(recipe), _run(recipe, tmp_path / "out")
    names = [each.name for each in found.stages]
    assert len(set(names)) == len(names)
    assert {each.name for each in found.stages if each.repeated} >= {
        "calls", "seed_writing", "seeds", "rewrite", "clean", "dedup", "moderate", "topup",
    }  # fmt: skip
    assert ran == names
