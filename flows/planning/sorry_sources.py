"""What a recipe for a fine-grained set reads, and whether its models can write what it asks for."""

from __future__ import annotations

from collections.abc import Iterator

from artifacts.errors import ArtifactError
from flows.errors import FlowError
from flows.planning.findings import Finding
from flows.planning.sources import on_the_hub, reference
from flows.recipe.models import SHIPPED_MODELS, EmbeddedModel
from flows.recipe.mutate import Mutate
from flows.recipe.names import taxonomy_of
from flows.recipe.schema import Recipe, SorryBench
from flows.recipe.sorry_base import BuiltBase, LoadedBase, SourceTable
from flows.sources.hub_names import is_hub_name
from flows.stages.style_models import is_language, is_written, writer_of
from taxonomy.errors import TaxonomyError


def sorry_sources(recipe: Recipe) -> Iterator[Finding]:
    """What is to be said of a base set and its tables, of people's decisions, and of languages."""
    if not isinstance(recipe, SorryBench):
        return
    if isinstance(recipe.base, LoadedBase):
        yield _loaded(recipe, recipe.base)
    else:
        for place, table in enumerate(recipe.base.sources):
            yield _table(recipe, recipe.base, f"base.sources.{place}.from", table)
        yield from _decisions(recipe, recipe.base)
        for place, name in enumerate(recipe.dedup.against):
            yield reference(recipe, f"dedup.against.{place}", name)
    if recipe.mutate is not None:
        yield from _languages(recipe, recipe.mutate)


def _loaded(recipe: SorryBench, part: LoadedBase) -> Finding:
    """Whether the base set is there and keeps the rules of base sets."""
    if is_hub_name(part.source):
        return on_the_hub("base.from", part.source, "dataset", part.license or "none")
    from flows.sources.prior_tables import base_sources  # loads the table libraries
    from flows.sources.sorry_base import read_base

    try:
        (source,) = base_sources(recipe)
        rows = len(read_base(source, taxonomy_of(recipe), part).base)
    except (FlowError, ArtifactError, TaxonomyError) as error:
        return Finding("problem", "base.from", str(error))
    return Finding("ok", "base.from", f"{source.name} has {rows:,} requests")


def _table(recipe: SorryBench, base: BuiltBase, subject: str, part: SourceTable) -> Finding:
    """Whether one table to pick from is there and can be read."""
    if is_hub_name(part.source):
        return on_the_hub(subject, part.source, "dataset", part.license or "none")
    from flows.sources.prior_tables import read_prior
    from flows.sources.source import resolve

    try:
        source = resolve(part.source, recipe.folder, part.license, part.redistribute)
        alone = base.model_copy(update={"sources": (part,)})
        rows = len(read_prior(alone, (source,), taxonomy_of(recipe)))
    except (FlowError, ArtifactError, TaxonomyError) as error:
        return Finding("problem", subject, str(error))
    return Finding("ok", subject, f"{source.name} has {rows:,} rows")


def _decisions(recipe: SorryBench, base: BuiltBase) -> Iterator[Finding]:
    if base.decisions is None:
        return
    from flows.stages.sorry_base import decisions_of

    try:
        found = decisions_of(recipe)
    except (FlowError, ArtifactError, TaxonomyError) as error:
        yield Finding("problem", "base.decisions", str(error))
        return
    count = 0 if found is None else len(found.decisions) + len(found.new)
    yield Finding("ok", "base.decisions", f"{base.decisions.source} has {count:,} decisions")


def _languages(recipe: SorryBench, part: Mutate) -> Iterator[Finding]:
    """Warns of languages that are asked of the small model that comes with the installation."""
    wanted = [style for style in part.wanted if is_written(part, style) and is_language(style)]
    for name in dict.fromkeys(writer_of(part, style) for style in wanted):
        entry = recipe.models[name] if name is not None else None
        if isinstance(entry, EmbeddedModel) and entry.path is None:
            if entry.model in SHIPPED_MODELS:
                styles = ", ".join(wanted)
                says = f"{entry.model} writes English alone: rows of {styles} will be dropped"
                yield Finding("warning", f"models.{name}", says)
