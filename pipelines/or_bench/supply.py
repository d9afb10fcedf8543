"""Seeds that a model writes, category by category: how many are wanted, and what rounds brought."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from artifacts.stage_roles import CALLS, SEEDS
from pipelines.or_bench.wishes import wanted_of_seeds
from pipelines.recipe import OrBench
from pipelines.recipe.writing import LEAST_YIELD, WrittenSeeds
from pipelines.runner.stage import Tables
from pipelines.versions.lineage import CARRIED
from taxonomy import Taxonomy

Ending = Literal["full", "dry", "out_of_rounds"]


@dataclass(frozen=True, slots=True)
class Supply:
    """How a category stands after some rounds of asking.

    Attributes:
        wanted: Rows wanted.
        rows: Rows it has.
        calls: Calls made for it so far.
        last_calls: Calls made for it in the last round.
        last_rows: Rows that the last round added.
        per_call: Rows that one call is asked for.
    """

    wanted: int
    rows: int = 0
    calls: int = 0
    last_calls: int = 0
    last_rows: int = 0
    per_call: int = 1

    @property
    def missing(self) -> int:
        """Rows still wanted."""
        return max(0, self.wanted - self.rows)

    @property
    def dry(self) -> bool:
        """Whether asking further is vain: the last round was repeats but for 2 % of its texts."""
        asked = self.last_calls * self.per_call
        return asked > 0 and self.last_rows < LEAST_YIELD * asked

    def next_calls(self) -> int:
        """Calls for the next round: as many as would do at the rate so far.

        At most twice what a category without repeats would have taken.
        """
        if not self.missing or self.dry:
            return 0
        per_call = self.rows / self.calls if self.rows else self.per_call
        planned = math.ceil(self.missing / per_call)
        return min(planned, 2 * math.ceil(self.wanted / self.per_call))

    def after(self, rows: int, calls: int) -> "Supply":
        """The same category after a round of `calls` calls that left it with `rows` rows."""
        return Supply(self.wanted, rows, self.calls + calls, calls, rows - self.rows, self.per_call)


def ending(supply: Supply) -> Ending:
    """How a category ended once no further round is made."""
    if not supply.missing:
        return "full"
    return "dry" if supply.dry else "out_of_rounds"


def open_categories(
    recipe: OrBench, tables: Tables, taxonomy: Taxonomy, hard: Mapping[str, int]
) -> tuple[str, ...]:
    """The categories for which a model is asked for seeds.

    None that is sensitive; of a set that extends another those alone in which rows are missing.

    Args:
        recipe: What is wanted of them.
        tables: The finished stages.
        taxonomy: The categories.
        hard: Hard rows by category of the release that is extended.
    """
    names = taxonomy.names
    if tables.rounds(CARRIED):
        wanted = wanted_of_seeds(recipe, tables, names, hard)
        names = tuple(name for name in names if name in wanted)
    return tuple(name for name in names if not taxonomy.get(name).sensitive)


def supplies(seeds: WrittenSeeds, tables: Tables, names: tuple[str, ...]) -> dict[str, Supply]:
    """How each category stands after the rounds of seeds that are finished.

    Args:
        seeds: How many are wanted, and how many a call is asked for.
        tables: The finished stages.
        names: The categories for which a model is asked.
    """
    found = {name: Supply(seeds.per_category, per_call=seeds.per_call) for name in names}
    for calls, kept in zip(tables.rounds(CALLS), tables.rounds(SEEDS), strict=False):
        asked, rows = (
            Counter(tables.kept(each, ["category"])["category"]) for each in (calls, kept)
        )
        for name in asked:
            found[name] = found[name].after(rows[name], asked[name])
    return found


def next_calls(found: Mapping[str, Supply]) -> dict[str, int]:
    """Calls of the next round, by category; full and dry ones are left out."""
    return {name: calls for name, each in found.items() if (calls := each.next_calls())}
