"""Evaluations in the test's own process: real HTTP, real stages, no Prefect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import yaml

from artifacts.evaluation_facts import EVALUATION, Evaluation, Rate, read_evaluation
from artifacts.tables import read_table
from evaluation.opening import require_evaluation, results_of
from evaluation.pipeline import EVALUATION_RUN, seen_by_judges
from evaluation.record import ANSWERS_FILE, VERDICTS_FILE, write_results
from pipelines.opening import open_run, preflight
from pipelines.recipe import load
from pipelines.runner.context import forget, keep
from pipelines.runner.run import Run


@dataclass(frozen=True, slots=True)
class Done:
    """A finished evaluation.

    Attributes:
        found: Its figures, as read back from its file.
        folder: Where everything is.
        fresh: How many jobs had to run.
    """

    found: Evaluation
    folder: Path
    fresh: int

    @property
    def verdicts(self) -> pl.DataFrame:
        """Its verdicts."""
        return read_table(self.folder / VERDICTS_FILE)

    @property
    def answers(self) -> pl.DataFrame:
        """Its answers."""
        return read_table(self.folder / ANSWERS_FILE)

    def rate(
        self, target: str, data: str, category: str | None = None, style: str | None = None
    ) -> Rate:
        """The one rate of a target in the first setting by the first judge."""
        (rate,) = [
            each
            for each in self.found.rates
            if (each.target, each.data, each.category, each.style)
            == (target, data, category, style)
            and each.setting == self.found.settings[0].name
            and each.judge == self.found.judges[0].name
        ]
        return rate


def write_recipe(
    folder: Path,
    url: str,
    models: Iterable[str],
    data: Mapping[str, object] | None = None,
    /,
    **part: object,
) -> Path:
    """A recipe whose targets are all on one server; `part` goes over the part `evaluate`.

    `models` in `part` names further models that are no targets.
    """
    targets = list(models)
    others = part.pop("models", [])
    assert isinstance(others, list)
    server = {"provider": "openai", "base_url": url, "price": "free", "give_up_s": 3, "attempts": 1}
    recipe = {
        "benchmark": "evaluation",
        "models": {name: {**server, "model": name} for name in [*targets, *others]},
        "evaluate": {
            "data": data,
            "targets": targets,
            "settings": {"cold": {"max_tokens": 64}},
            **part,
        },
    }
    path = folder / "evaluation.yaml"
    path.write_text(yaml.safe_dump(recipe, sort_keys=False), encoding="utf-8")
    return path


def run(recipe: Path, out: Path, overrides: Sequence[str] = ()) -> Done:
    """Evaluates a recipe."""
    loaded = require_evaluation(load(recipe, overrides))
    context, record = open_run(EVALUATION_RUN, preflight(EVALUATION_RUN, loaded, out).recipe, out)
    keep(context)
    try:
        stages = Run(context, record, max_failed=loaded.max_failed)
        stages.build()
        last = seen_by_judges(stages, loaded)
        folder = results_of(loaded, out)
        write_results(stages, loaded, last, folder)
        fresh = sum(result.fresh for result in stages.results)
        return Done(read_evaluation(folder / EVALUATION), folder, fresh)
    finally:
        forget(context)


def write_prompts(
    path: Path, count: int, categories: Sequence[str] = ("hate", "privacy"), word: str = "prompt"
) -> Path:
    """A CSV as OR-Bench publishes them, with mild prompts."""
    rows = [
        {
            "prompt": f"A mild {word} with the number {n:04d}?",
            "category": categories[n % len(categories)],
        }
        for n in range(count)
    ]
    pl.DataFrame(rows).write_csv(path)
    return path
