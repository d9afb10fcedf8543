"""The files that a recipe reads: whether they are there, and on the Hub at which revision."""

from collections.abc import Iterator

from base.errors import RefuseryError
from pipelines.planning.values import Finding
from pipelines.recipe.base_set import BuiltBase, LoadedBase, Mutate, SourceTable
from pipelines.recipe.hub_names import Kind, hub_name, is_hub_name
from pipelines.recipe.models import SHIPPED_MODELS, EmbeddedModel
from pipelines.recipe.names import taxonomy_of
from pipelines.recipe.schema import OrBench, Recipe, SorryBench
from pipelines.recipe.writer_names import names_of
from pipelines.recipe.writing import ImportedSeeds, ShippedSeeds
from pipelines.sorry_bench.styles import is_language, writer_of
from pipelines.sources.models import located
from pipelines.sources.source import seeds_source

_SHORT = 8


def sources(recipe: Recipe) -> Iterator[Finding]:
    """What is to be said of seeds, of tables that rows are held against, and of model files."""
    for name, entry in recipe.models.items():
        if isinstance(entry, EmbeddedModel) and entry.path and is_hub_name(entry.path):
            yield on_the_hub(f"models.{name}", entry.path, "model")
    if isinstance(recipe, OrBench):
        yield from _seeds(recipe)
        for place, name in enumerate(recipe.dedup.against):
            yield from reference(recipe, f"dedup.against.{place}", name)


def _seeds(recipe: OrBench) -> Iterator[Finding]:
    seeds = recipe.seeds
    if isinstance(seeds, ImportedSeeds) and is_hub_name(seeds.source):
        yield on_the_hub("seeds.from", seeds.source, "dataset", seeds.license or "none")
        return
    try:
        source = seeds_source(recipe)
    except RefuseryError as error:
        if not isinstance(seeds, ShippedSeeds):  # what a taxonomy lacks is told gap by gap
            yield Finding("problem", "seeds.from", str(error))
        return
    if source is not None:
        yield Finding("ok", "seeds.from", f"{source.name} is there")


def reference(recipe: Recipe, subject: str, name: str) -> Iterator[Finding]:
    """A table that rows are only held against; one that is not there is a gap."""
    if is_hub_name(name):
        yield on_the_hub(subject, name, "dataset")
    elif located(recipe.folder, name) is not None:
        yield Finding("ok", subject, f"{name} is there")


def on_the_hub(subject: str, given: str, kind: Kind, license: str | None = None) -> Finding:
    """Whether a file is on the Hub; `license` is what the recipe says of it, where that counts."""
    from pipelines.sources.hub import look, require_there

    try:
        name = hub_name(given, kind)
        commit = look(name)
        require_there(name.at(commit.sha))
    except RefuseryError as error:
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


def sorry_sources(recipe: Recipe) -> Iterator[Finding]:
    """What is to be said of a base set and its tables, of people's decisions, and of languages."""
    if not isinstance(recipe, SorryBench):
        return
    if isinstance(recipe.base, LoadedBase):
        yield from _loaded(recipe, recipe.base)
    else:
        for place, table in enumerate(recipe.base.sources):
            yield _table(recipe, recipe.base, f"base.sources.{place}.from", table)
        yield from _decisions(recipe, recipe.base)
        for place, name in enumerate(recipe.dedup.against):
            yield from reference(recipe, f"dedup.against.{place}", name)
    if recipe.mutate is not None:
        yield from _languages(recipe, recipe.mutate)


def _loaded(recipe: SorryBench, part: LoadedBase) -> Iterator[Finding]:
    """Whether the base set is there and keeps the rules of base sets."""
    if is_hub_name(part.source):
        yield on_the_hub("base.from", part.source, "dataset", part.license or "none")
        return
    from pipelines.sources.base_sets import read_base
    from pipelines.sources.seeds import SHIPPED, base_sources  # loads the table libraries

    try:
        (source,) = base_sources(recipe)
        rows = len(read_base(source, taxonomy_of(recipe), part).base)
    except RefuseryError as error:
        if part.source != SHIPPED:  # what a taxonomy lacks is told gap by gap
            yield Finding("problem", "base.from", str(error))
        return
    yield Finding("ok", "base.from", f"{source.name} has {rows:,} requests")


def _table(recipe: SorryBench, base: BuiltBase, subject: str, part: SourceTable) -> Finding:
    """Whether one table to pick from is there and can be read."""
    if is_hub_name(part.source):
        return on_the_hub(subject, part.source, "dataset", part.license or "none")
    from pipelines.sources.seeds import read_prior
    from pipelines.sources.source import resolve

    try:
        source = resolve(part.source, recipe.folder, part.license, part.redistribute)
        alone = base.model_copy(update={"sources": (part,)})
        rows = len(read_prior(alone, (source,), taxonomy_of(recipe)))
    except RefuseryError as error:
        return Finding("problem", subject, str(error))
    return Finding("ok", subject, f"{source.name} has {rows:,} rows")


def _decisions(recipe: SorryBench, base: BuiltBase) -> Iterator[Finding]:
    if base.decisions is None:
        return
    from pipelines.sorry_bench.parts import decisions_of

    try:
        found = decisions_of(recipe)
    except RefuseryError as error:
        yield Finding("problem", "base.decisions", str(error))
        return
    count = 0 if found is None else len(found.decisions) + len(found.new)
    yield Finding("ok", "base.decisions", f"{base.decisions.source} has {count:,} decisions")


def _languages(recipe: SorryBench, part: Mutate) -> Iterator[Finding]:
    """Warns of languages that are asked of the small model that comes with the installation."""
    wanted = [style for style in part.wanted if part.is_written(style) and is_language(style)]
    named = (name for style in wanted for name in names_of(writer_of(part, style)))
    for name in dict.fromkeys(named):
        entry = recipe.models[name]
        if isinstance(entry, EmbeddedModel) and entry.path is None:
            if entry.model in SHIPPED_MODELS:
                styles = ", ".join(wanted)
                says = f"{entry.model} writes English alone: rows of {styles} will be dropped"
                yield Finding("warning", f"models.{name}", says)
