"""Hard rows of finished rounds, as examples for the seeds of a later round.

Which are shown follows from the seeds and the finished tables alone: of a category's hard rows a
few are in the pool, one a seed, and each seed that is rewritten again is shown some of the pool.
All choices are by SHA-256 of rows and the edition.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from artifacts import schemas
from base.digests import digest_of, draw_key, shuffled
from checks.identity import content_id
from inference.types import Item
from pipelines.or_bench.selection import accepted_in
from pipelines.runner.rows import item_of
from pipelines.runner.stage import Row, Tables

SHOWN = "shown"
"""The column with what a seed is shown."""

FIELDS = {"id": pl.String(), "seed": pl.String(), "prompt": pl.String()}
SEEDS = pl.Schema({**schemas.ROWS, SHOWN: pl.List(pl.Struct(FIELDS))})
"""`kept` tables of the seeds of a further round."""

_POOL = 24
_SPREAD = 6
"""A hard row is shown to about one in so many seeds of its category at most, however few there
are: with chance that stays far below a quarter of its calls."""


@dataclass(frozen=True, slots=True)
class HardExamples:
    """How hard rows are chosen.

    Attributes:
        number: Largest number that one seed is shown.
        risky: Whether a released row must sound risky.
        edition: The release version that is written for.
    """

    number: int
    risky: bool
    edition: str

    @property
    def digest(self) -> str:
        """Of the choice; the rows are those of finished tables."""
        return digest_of(self.number, self.risky, self.edition, _POOL, _SPREAD)

    def added(self, seeds: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
        """The seeds with what each of them is shown.

        Args:
            seeds: All clean seeds.
            decided: The rows of the last finished panel; a frame without columns before any.
        """
        pools = self._pools(seeds, decided) if decided.height else {}
        chosen = [
            self._of(row, pools.get(category, ()))
            for row, category in seeds.select("row", "category").iter_rows()
        ]
        return seeds.with_columns(pl.Series(SHOWN, chosen, dtype=SEEDS[SHOWN]))

    def _pools(self, seeds: pl.DataFrame, decided: pl.DataFrame) -> Mapping[str, Sequence[Row]]:
        """The hard rows of each category that may be shown, with their seeds' texts."""
        texts = seeds.select(root="row", seed="text", under="category")
        hard = accepted_in(self.risky) & (pl.col("hard") == "hard")
        rows = decided.filter(hard).join(texts, on="root", how="inner").sort("row")
        pools: dict[str, list[Row]] = {}
        roots: set[str] = set()
        found = rows.select("row", "root", "text", "seed", "under").to_dicts()
        for row in sorted(found, key=lambda row: draw_key(row["row"], self.edition, "hard row")):
            pool = pools.setdefault(row["under"], [])
            if row["root"] not in roots and len(pool) < _POOL:
                roots.add(row["root"])
                pool.append(row)
        return pools

    def _of(self, seed: str, pool: Sequence[Row]) -> list[Row]:
        """What one seed is shown: nothing that was written from itself."""
        others = [row for row in pool if row["root"] != seed]
        places = range(max(len(others), _SPREAD * self.number))
        drawn = shuffled(places, seed, self.edition, "hard rows")[: self.number]
        return [
            {
                "id": content_id(others[place]["text"]),
                "seed": others[place]["seed"],
                "prompt": others[place]["text"],
            }
            for place in sorted(drawn)
            if place < len(others)
        ]


def seed_item(row: Row) -> Item:
    """A seed as its writer sees it, with the hard rows that it is shown."""
    shown = tuple((each["seed"], each["prompt"]) for each in row.get(SHOWN) or ())
    return replace(item_of(row), shown=shown)


def shown_ids(tables: Tables) -> tuple[str, ...]:
    """The ids of all prompts that seeds of further rounds were shown, sorted."""
    found: set[str] = set()
    for stage in tables.rounds("topup"):
        shown = tables.kept(stage)
        if SHOWN in shown.columns:
            found |= {each["id"] for given in shown[SHOWN].to_list() for each in given or ()}
    return tuple(sorted(found))
