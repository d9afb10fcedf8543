"""The table of seeds that a recipe names or that ships, as the roots of a run."""

import polars as pl

from artifacts.schemas import ROWS
from base.digests import Json
from pipelines.errors import StageUnknownError
from pipelines.recipe import OrBench, recipe_digest, taxonomy_of
from pipelines.recipe.hub_names import hub_name, is_hub_name
from pipelines.recipe.writing import ImportedSeeds, ShippedSeeds, WrittenSeeds
from pipelines.runner.rows import first_of_each
from pipelines.sources import seeds_source
from pipelines.stages.source import frame_from
from taxonomy.loader import seeds_file


class TableOfSeeds:
    """The rows of the recipe's table of seeds.

    Args:
        recipe: Names the table, or how many of the shipped seeds are taken.
        limit: Use only the first seeds of each category, so many.
    """

    def __init__(self, recipe: OrBench, limit: int | None = None) -> None:
        """Reads nothing yet."""
        self._recipe = recipe
        self._limit = limit

    @property
    def made_from(self) -> tuple[Json, ...]:
        """What decides the rows: the file's bytes, how it is read, how many are taken."""
        source = seeds_source(self._recipe)
        revision = source.revision if source is not None else None
        made_from: list[Json] = [recipe_digest(self._recipe, "seeds"), revision, self._limit]
        if kept := self._kept:
            made_from.append(list(kept))
        return tuple(made_from)

    @property
    def _kept(self) -> tuple[str, ...]:
        """The categories whose seeds are taken, of seeds of what the taxonomy is based on."""
        if not isinstance(self._recipe.seeds, ShippedSeeds):
            return ()
        taxonomy = taxonomy_of(self._recipe)
        file = seeds_file(taxonomy)
        return () if file is None or file.owner is taxonomy else taxonomy.names

    def read(self) -> pl.DataFrame:
        """The rows, in the table's order; the first so many of each category under a limit."""
        from pipelines.sources.seeds import read_seeds

        source = seeds_source(self._recipe)
        if source is None:
            rule = "a table of seeds must be read where no model writes them"
            raise StageUnknownError(rule, "seeds")
        seeds, taxonomy = self._recipe.seeds, taxonomy_of(self._recipe)
        if isinstance(seeds, ImportedSeeds):
            rows = read_seeds(source, taxonomy, seeds.column, seeds.category_column, seeds.category)
        else:
            kept = self._kept
            owner = taxonomy.base if kept and taxonomy.base else taxonomy
            rows = [row for row in read_seeds(source, owner) if not kept or row["category"] in kept]
        wanted = seeds.per_category if isinstance(seeds, ShippedSeeds) else None
        bounds = [each for each in (wanted, self._limit) if each is not None]
        return first_of_each(frame_from(rows, ROWS), min(bounds, default=None))["kept"]

    @property
    def unknown(self) -> str:
        """What is said where nobody knows how many rows there are."""
        seeds = self._recipe.seeds
        if isinstance(seeds, ImportedSeeds) and is_hub_name(seeds.source):
            return f"rows of {hub_name(seeds.source)} are not known before it is fetched"
        return ""

    def count(self) -> int | None:
        """How many rows there are; None where they would have to be fetched."""
        return None if self.unknown else self.read().height


def widest(recipe: OrBench, limit: int | None = None) -> int:
    """About how many rows the widest stage will have; decides the number of shards."""
    if isinstance(recipe.seeds, WrittenSeeds):
        per_category = min(recipe.seeds.per_category, limit or recipe.seeds.per_category)
        seeds = per_category * len(taxonomy_of(recipe).names)
    else:
        seeds = TableOfSeeds(recipe, limit).read().height
    return seeds * recipe.rewrite.per_seed
