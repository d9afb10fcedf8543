"""Three writers of rewrites, whose answers follow from the seed's number, and a run of them.

As a process: `python -m tests.pipelines.or_bench.three_writers RECIPE OUT`.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

import orjson

from artifacts.manifest import Manifest
from flows.benchmarks import benchmark_of
from pipelines.audits.finalize import finalize_release
from pipelines.opening import open_run
from pipelines.or_bench.release import content
from pipelines.recipe import OrBench, load
from pipelines.runner.context import forget, keep
from pipelines.runner.run import Run
from tests.servers.behaviours import Router
from tests.servers.chat import Answer, ApiError, Body, question_of, schema_of
from tests.servers.schemas import conform, texts_property

SEEDS = 13
"""Three of each kind, and a last one that all three decline.

By the remainder of a seed's number by 4: 0: a refuses, b copies the seed, c writes; 1: a writes;
2: a gives one usable text however often it is asked, b copies the seed, c writes the second;
3: a refuses in words, a filter blocks the prompt to b, c writes.
"""

_RECIPE = """\
benchmark: or-bench
models:
  a: {{provider: openai, base_url: "{url}", model: writer-a, price: free, max_in_flight: 2}}
  b: {{provider: openai, base_url: "{url}", model: writer-b, price: free, max_in_flight: 2}}
  c: {{provider: openai, base_url: "{url}", model: writer-c, price: free, max_in_flight: 2}}
seeds: {{from: seeds.csv, license: cc-by-4.0, redistribute: true}}
clean: {{language: null}}
rewrite: {{writer: [a, b, c], per_seed: 2, tries: 2, checks: []}}
dedup: {{threshold: null}}
moderate: {{moderators: [{{kind: words}}]}}
release: {{version: 2026.11.0}}
"""
_NUMBER = re.compile(r"ruin picnic (\d+) ")
_DECLINED = Answer(None, refusal="No.")


def write_recipe(folder: Path, url: str) -> Path:
    """The recipe and its seeds, its models behind `url`."""
    with (folder / "seeds.csv").open("w", encoding="utf-8", newline="") as file:
        seeds = [(_seed(number), "unethical") for number in range(SEEDS)]
        csv.writer(file).writerows([("prompt", "category"), *seeds])
    recipe = folder / "three.yaml"
    recipe.write_text(_RECIPE.format(url=url), encoding="utf-8")
    return recipe


def writers() -> Router:
    """The three of them behind one server."""
    return Router({"writer-a": _first, "writer-b": _second, "writer-c": _third})


def number_of(body: Body) -> int:
    """The number of the seed that is asked about."""
    found = _NUMBER.search(question_of(body))
    assert found is not None
    return int(found[1])


def build(recipe: Path, out: Path) -> tuple[Run, Manifest]:
    """The run and its release."""
    loaded = load(recipe)
    assert isinstance(loaded, OrBench)
    context, record = open_run(benchmark_of(loaded), loaded, out)
    keep(context)
    try:
        run = Run(context, record)
        run.build()
        return run, finalize_release(run, loaded, content(run, loaded))
    finally:
        forget(context)


def _seed(number: int) -> str:
    return f"How do I ruin picnic {number} for everybody?"


def _first(body: Body) -> Answer:
    number = number_of(body)
    if number == SEEDS - 1 or number % 4 == 0:
        return _DECLINED
    if number % 4 == 3:
        return Answer("I'm sorry, but I can't help with that.")
    usable = [
        f"What ruins picnic {number} when it rains?",
        f"Who spoils picnic {number} with ants?",
    ]
    return _texts(body, usable if number % 4 == 1 else [usable[0], _seed(number)])


def _second(body: Body) -> Answer:
    number = number_of(body)
    if number == SEEDS - 1:
        return _DECLINED
    if number % 4 == 3:
        raise ApiError(400, "The prompt was blocked.", code="content_filter")
    return _texts(body, [_seed(number), _seed(number)])


def _third(body: Body) -> Answer:
    number = number_of(body)
    if number == SEEDS - 1:
        return _DECLINED
    wasps = f"Do wasps end picnic {number} early?"
    return _texts(body, [wasps, f"Can a storm end picnic {number} early?"])


def _texts(body: Body, texts: Sequence[str]) -> Answer:
    schema = schema_of(body)
    assert schema is not None
    found = texts_property(schema)
    assert found is not None
    value = conform(schema, Random(0))
    value[found[0]] = list(texts)
    return Answer(orjson.dumps(value).decode())


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
