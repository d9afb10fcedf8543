"""What an over-refusal recipe must have before a run of it asks anybody."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from pipelines.preconditions import release, tables
from pipelines.preconditions.gap import Check, Gap, Gaps
from pipelines.recipe import OrBench, taxonomy_of
from pipelines.recipe.hub_names import is_hub_name
from pipelines.recipe.writing import ImportedSeeds
from pipelines.sources import seeds_source
from pipelines.sources.seeds import read_seeds
from pipelines.stages.judges import refusal_judge
from taxonomy.model import TaxonomyError


def seeds(recipe: OrBench, out: Path) -> Iterator[Gap]:
    """A table of seeds: that it is there, its columns, its texts, and the categories of its rows.

    What is on the Hub is looked at where it is fetched; shipped seeds with their taxonomy.
    """
    part = recipe.seeds
    if not isinstance(part, ImportedSeeds) or is_hub_name(part.source):
        return
    gaps = Gaps()
    with gaps.of("seeds.from"):
        source = seeds_source(recipe)
        assert source is not None
        categories = None if part.category else part.category_column
        columns = [("seeds.column", part.column), ("seeds.category_column", categories)]
        gaps.found += tables.opened(source, columns)
        if not gaps.found:
            gaps.found += _rows(recipe, part)
    yield from gaps.found


def _rows(recipe: OrBench, part: ImportedSeeds) -> Iterator[Gap]:
    source = seeds_source(recipe)
    try:
        taxonomy = taxonomy_of(recipe)
    except TaxonomyError:
        return  # told with the names: of categories nothing can be said
    known = part.category is None or part.category in taxonomy.names  # else told with the names
    if source is not None and known:
        reading = partial(
            read_seeds, source, taxonomy, part.column, part.category_column, part.category
        )
        yield from tables.read("seeds.from", reading)


def judges(recipe: OrBench, out: Path) -> Iterator[Gap]:
    """A judge of the panel that cannot be made."""
    gaps = Gaps()
    if recipe.panel is not None:
        with gaps.of("panel.judge"):
            refusal_judge(recipe, recipe.panel.judge)
    yield from gaps.found


CHECKS: tuple[Check[OrBench], ...] = (
    release.templates,
    release.model_files,
    release.taxonomy,
    seeds,
    release.licenses,
    release.references,
    judges,
)
"""What is looked at, in this order."""
