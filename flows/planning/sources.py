"""The files that a recipe reads: whether they are there, and on the Hub at which revision."""

from __future__ import annotations

from collections.abc import Iterator

from flows.errors import FlowError
from flows.planning.findings import Finding
from flows.recipe.models import EmbeddedModel
from flows.recipe.schema import OrBench, Recipe
from flows.recipe.seeds import ImportedSeeds
from flows.recipe.specs import located
from flows.sources.hub_names import Kind, hub_name, is_hub_name
from flows.sources.source import seeds_source
from taxonomy.errors import TaxonomyError

_SHORT = 8


def sources(recipe: Recipe) -> Iterator[Finding]:
    """What is to be said of seeds, of tables that rows are held against, and of model files."""
    for name, entry in recipe.models.items():
        if isinstance(entry, EmbeddedModel) and entry.path and is_hub_name(entry.path):
            yield on_the_hub(f"models.{name}", entry.path, "model")
    if isinstance(recipe, OrBench):
        yield from _seeds(recipe)
        for place, name in enumerate(recipe.dedup.against):
            yield reference(recipe, f"dedup.against.{place}", name)


def _seeds(recipe: OrBench) -> Iterator[Finding]:
    seeds = recipe.seeds
    if isinstance(seeds, ImportedSeeds) and is_hub_name(seeds.source):
        yield on_the_hub("seeds.from", seeds.source, "dataset", seeds.license or "none")
        return
    try:
        source = seeds_source(recipe)
    except (FlowError, TaxonomyError) as error:
        yield Finding("problem", "seeds.from", str(error))
        return
    if source is not None:
        yield Finding("ok", "seeds.from", f"{source.name} is there")


def reference(recipe: Recipe, subject: str, name: str) -> Finding:
    """Whether a table that rows are only held against is there."""
    if is_hub_name(name):
        return on_the_hub(subject, name, "dataset")
    found = located(recipe.folder, name) is not None
    return Finding(
        "ok" if found else "problem", subject, f"{name} is {'' if found else 'not '}there"
    )


def on_the_hub(subject: str, given: str, kind: Kind, license: str | None = None) -> Finding:
    """Whether a file is on the Hub; `license` is what the recipe says of it, where that counts."""
    from flows.sources.hub import (
        look,  # loads the Hub's client
        require_there,
    )

    try:
        name = hub_name(given, kind)
        commit = look(name)
        require_there(name.at(commit.sha))
    except FlowError as error:
        return Finding("problem", subject, str(error))
    says = f"{name.unpinned} is on the Hub at {commit.sha[:_SHORT]}"
    if commit.gated:
        says += "; it is gated"
    if license is not None:
        stated = commit.license or "none"
        says += f"; its card states the licence {stated}, the recipe {license}"
        if stated != license.strip().lower():
            return Finding("warning", subject, says)
    return Finding("ok", subject, says)
