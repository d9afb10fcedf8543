"""Seeds that a model writes, category by category: how many are wanted, and what rounds brought."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from artifacts.release_facts import CategorySeeds, SeedsEnd, WrittenSeedFacts
from artifacts.stage_roles import CALLS, SEEDS
from pipelines.or_bench.wishes import wanted_of_seeds
from pipelines.recipe import OrBench
from pipelines.recipe.writing import LEAST_YIELD, WrittenSeeds
from pipelines.runner.stage import Tables
from pipelines.versions.lineage import CARRIED
from taxonomy import Taxonomy
from taxonomy.cells import Cells


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
        cells: Cells that calls may be about, one each; None where calls are about none.
        rounds: Rounds in which it was asked for.
    """

    wanted: int
    rows: int = 0
    calls: int = 0
    last_calls: int = 0
    last_rows: int = 0
    per_call: int = 1
    cells: int | None = None
    rounds: int = 0

    @property
    def missing(self) -> int:
        """Rows still wanted."""
        return max(0, self.wanted - self.rows)

    @property
    def dry(self) -> bool:
        """Whether asking further is vain: the last round was repeats but for 2 % of its texts."""
        asked = self.last_calls * self.per_call
        return asked > 0 and self.last_rows < LEAST_YIELD * asked

    @property
    def cells_left(self) -> int | None:
        """Cells that no call was about so far; None where calls are about none."""
        return None if self.cells is None else max(0, self.cells - self.calls)

    def next_calls(self) -> int:
        """Calls for the next round: as many as would do at the rate so far.

        At most twice what a category without repeats would have taken, and one for each cell left.
        """
        if not self.missing or self.dry:
            return 0
        per_call = self.rows / self.calls if self.rows else self.per_call
        planned = math.ceil(self.missing / per_call)
        most = min(planned, 2 * math.ceil(self.wanted / self.per_call))
        return most if self.cells_left is None else min(most, self.cells_left)

    def after(self, rows: int, calls: int) -> "Supply":
        """The same category after a round of `calls` calls that left it with `rows` rows."""
        return replace(
            self,
            rows=rows,
            calls=self.calls + calls,
            last_calls=calls,
            last_rows=rows - self.rows,
            rounds=self.rounds + 1,
        )


def ending(supply: Supply) -> SeedsEnd:
    """How a category ended once no further round is made."""
    if not supply.missing:
        return "full"
    if supply.dry:
        return "dry"
    return "out_of_cells" if supply.cells_left == 0 else "out_of_rounds"


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
    if not tables.rounds(CARRIED):
        return taxonomy.writable
    wanted = wanted_of_seeds(recipe, tables, taxonomy.names, hard)
    return tuple(name for name in taxonomy.writable if name in wanted)


def supplies(
    seeds: WrittenSeeds, tables: Tables, names: tuple[str, ...], cells: Cells | None
) -> dict[str, Supply]:
    """How each category stands after the rounds of seeds that are finished.

    Args:
        seeds: How many are wanted, and how many a call is asked for.
        tables: The finished stages.
        names: The categories for which a model is asked.
        cells: What calls are about; None where all of a category are alike.
    """
    found = {
        name: Supply(
            seeds.per_category,
            per_call=seeds.per_call,
            cells=None if cells is None else cells.count(name),
        )
        for name in names
    }
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


def seed_facts(
    seeds: WrittenSeeds, tables: Tables, found: Mapping[str, Supply]
) -> WrittenSeedFacts:
    """What came of asking a model for seeds, category by category.

    Args:
        seeds: What was asked for.
        tables: The finished stages.
        found: How each category stands.
    """
    asked = (tables.kept(each, ["row", "category"]) for each in tables.rounds(CALLS))
    parents = {*tables.kept(tables.rounds(SEEDS)[-1], ["parent"])["parent"]}
    filled = Counter(
        category for calls in asked for row, category in calls.iter_rows() if row in parents
    )
    return WrittenSeedFacts(
        wanted=seeds.per_category,
        most=seeds.max_rounds,
        categories={
            name: CategorySeeds(
                seeds=each.rows,
                calls=each.calls,
                filled=None if each.cells is None else filled[name],
                rounds=each.rounds,
                ended=ending(each),
            )
            for name, each in found.items()
        },
    )
