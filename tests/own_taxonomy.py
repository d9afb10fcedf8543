"""The example of a taxonomy of one's own, in a folder, with models on loopback; and its release."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from flows.benchmarks import benchmark_of
from pipelines.audits.finalize import finalize_release
from pipelines.opening import preflight, run_opened
from pipelines.recipe import load
from pipelines.recipe.schema import is_buildable
from pipelines.runner.run import Run

HOUSEHOLD = Path(__file__).parents[1] / "docs" / "examples" / "household"
"""The files that docs/taxonomy.md walks through."""

STRONG = """\
benchmark: or-bench
taxonomy: household.yaml
models:
  writer: {{provider: openai, base_url: "{url}", model: writer, price: free, give_up_s: 5}}
  a: {{provider: openai, base_url: "{url}", model: moderator-a, price: free}}
seeds: {{from: llm, writer: writer, per_category: 3, per_call: 3}}
clean: {{language: null}}
rewrite: {{writer: writer, per_seed: 2, checks: []}}
moderate: {{moderators: [a, {{kind: words}}]}}
dedup: {{threshold: null}}
release: {{version: 2026.11.0}}
"""
"""Asks for each of the taxonomy's files but the seeds and the examples for small writers."""

SORRY = """\
benchmark: sorry-bench
taxonomy: household.yaml
base: {from: shipped, license: cc-by-4.0, redistribute: true}
mutate: {styles: [ascii, caesar, morse, atbash]}
dedup: {threshold: null}
release: {version: 2026.11.0, license: cc-by-4.0}
"""
"""A base set from the taxonomy's own seeds, and styles that ask no model."""


def write_household(folder: Path, recipe: str = STRONG, url: str = "http://127.0.0.1:9/v1") -> Path:
    """A copy of the example's files, and a recipe beside them; the recipe's path comes back."""
    shutil.copytree(HOUSEHOLD, folder, dirs_exist_ok=True)
    path = folder / "own.yaml"
    path.write_text(recipe.format(url=url) if "{{" in recipe else recipe, encoding="utf-8")
    return path


def build(recipe: Path, overrides: Sequence[str] = ()) -> Path:
    """The release of a recipe, by the plain runner, in `out` beside it; its folder comes back."""
    loaded, out = load(recipe, overrides), recipe.parent / "out"
    assert is_buildable(loaded)
    benchmark = benchmark_of(loaded)
    checked = preflight(benchmark, loaded, out)
    with run_opened(benchmark, checked, out) as (context, record):
        run = Run(context, record, max_failed=loaded.max_failed)
        run.build()
        finalize_release(run, checked.recipe, benchmark.released(run, checked.recipe))
        return context.layout.release
