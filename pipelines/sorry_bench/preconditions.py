"""What a fine-grained recipe must have before a run of it asks anybody."""

from collections.abc import Iterator
from pathlib import Path

from artifacts.release_facts import BASE
from artifacts.views import ALL
from pipelines.preconditions import release, tables
from pipelines.preconditions.gap import Check, Gap, Gaps
from pipelines.recipe import SorryBench, taxonomy_of
from pipelines.recipe.base_set import BuiltBase, LoadedBase, SourceTable
from pipelines.recipe.hub_names import is_hub_name
from pipelines.sorry_bench.parts import decisions_of
from pipelines.sources.base_sets import read_base
from pipelines.sources.seeds import SHIPPED, base_sources, frame_of, read_prior
from pipelines.sources.source import Source, resolve
from taxonomy import Taxonomy
from taxonomy.model import TaxonomyError

_TURNS = "turns"


def base(recipe: SorryBench, out: Path) -> Iterator[Gap]:
    """The base set, or the tables that it is picked from: columns, texts, categories of rows."""
    part, taxonomy = recipe.base, _taxonomy(recipe)
    if isinstance(part, LoadedBase):
        if part.source != SHIPPED:
            yield from _loaded(recipe, part, taxonomy)
        return
    for place, table in enumerate(part.sources):
        yield from _picked(recipe, part, place, table, taxonomy)
    if not any(is_hub_name(table.source) for table in part.sources):
        gaps = Gaps()
        with gaps.of("base.sources"):
            base_sources(recipe)
        yield from gaps.found


def _taxonomy(recipe: SorryBench) -> Taxonomy | None:
    try:
        return taxonomy_of(recipe)
    except TaxonomyError:
        return None  # told with the names: of categories nothing can be said


def _loaded(recipe: SorryBench, part: LoadedBase, taxonomy: Taxonomy | None) -> Iterator[Gap]:
    gaps = Gaps()
    if not is_hub_name(part.source):
        with gaps.of("base.from"):
            source = _resolved(recipe, part)
            gaps.found += tables.opened(source, _columns_of_base(part, source))
            if not gaps.found and taxonomy is not None:
                gaps.found += tables.read("base.from", lambda: read_base(source, taxonomy, part))
    yield from gaps.found


def _columns_of_base(part: LoadedBase, source: Source) -> list[tuple[str, str | None]]:
    """SORRY-Bench's own tables have their turns in place of the column of texts."""
    has_turns = _TURNS in frame_of(source).columns
    category = part.category_column or "category"
    return [
        ("base.column", None if has_turns else part.column),
        ("base.category_column", category),
    ]


def _picked(
    recipe: SorryBench,
    part: BuiltBase,
    place: int,
    table: SourceTable,
    taxonomy: Taxonomy | None,
) -> Iterator[Gap]:
    key, gaps = f"base.sources.{place}", Gaps()
    if is_hub_name(table.source):
        return
    with gaps.of(f"{key}.from"):
        source = _resolved(recipe, table)
        columns = [
            (f"{key}.column", table.column),
            (f"{key}.category_column", table.category_column),
        ]
        gaps.found += tables.opened(source, columns)
        if not gaps.found and taxonomy is not None:
            alone = part.model_copy(update={"sources": (table,)})
            gaps.found += tables.read(f"{key}.from", lambda: read_prior(alone, (source,), taxonomy))
    yield from gaps.found


def _resolved(recipe: SorryBench, part: SourceTable) -> Source:
    return resolve(part.source, recipe.folder, part.license, part.redistribute)


def decisions(recipe: SorryBench, out: Path) -> Iterator[Gap]:
    """People's decisions that are not there or cannot be read."""
    gaps = Gaps()
    with gaps.of("base.decisions"):
        if _taxonomy(recipe) is not None:
            decisions_of(recipe)
    yield from gaps.found


def gates(recipe: SorryBench, out: Path) -> Iterator[Gap]:
    """Gates on configs that the set will not have."""
    styles = () if recipe.mutate is None else recipe.mutate.wanted
    yield from release.gates(recipe.gates, (BASE, *styles, ALL))


CHECKS: tuple[Check[SorryBench], ...] = (
    release.templates,
    release.model_files,
    release.taxonomy,
    base,
    decisions,
    release.licenses,
    release.references,
    gates,
)
"""What is looked at, in this order."""
