"""A pilot and the whole after it, through the plain runner, on one loopback server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.benchmarks import benchmark_of
from inference.accounts import total
from pipelines.opening import layout_of, preflight, run_opened
from pipelines.pilots.run import Piloted, run_pilot
from pipelines.recipe import load
from pipelines.recipe.schema import Runnable, is_runnable
from pipelines.runner.run import Run

SMALL = """\
benchmark: or-bench
models:
  writer: {{provider: openai, base_url: "{url}", model: writer, price: {{input: 1, output: 4}}}}
  a: {{provider: openai, base_url: "{url}", model: moderator-a, price: {{input: 1, output: 4}}}}
seeds: {{from: shipped, per_category: 1}}
clean: {{language: null}}
rewrite: {{writer: writer, per_seed: 2, checks: []}}
moderate: {{moderators: [a]}}
dedup: {{threshold: null}}
release: {{version: 2026.11.0}}
"""
"""Ten seeds, a call each for their rewrites and for each rewrite's vote."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A run of the whole.

    Attributes:
        used: Replies that it used.
        sent: How many of them it asked a server for.
    """

    used: int
    sent: int


def loaded(path: Path, overrides: Sequence[str] = ()) -> Runnable:
    """A recipe that has stages."""
    found = load(path, overrides)
    assert is_runnable(found)
    return found


def piloted(
    path: Path, seeds: int, overrides: Sequence[str] = (), out: Path | None = None
) -> Piloted:
    """A pilot of a recipe, by default in `out` beside it."""
    recipe = loaded(path, overrides)
    return run_pilot(benchmark_of(recipe), recipe, out or path.parent / "out", seeds)


def run_whole(path: Path, overrides: Sequence[str] = ()) -> Whole:
    """The stages of the whole, without a release."""
    recipe, out = loaded(path, overrides), path.parent / "out"
    benchmark = benchmark_of(recipe)
    checked = preflight(benchmark, recipe, out)
    with run_opened(benchmark, checked, out) as (context, record):
        Run(context, record, max_failed=recipe.max_failed).build()
        engine = context.engine()
        used = total(engine.spent(layout_of(checked.recipe, out).run_name).values())
        return Whole(used.replies, sum(each.sent for each in engine.account.spends().values()))
