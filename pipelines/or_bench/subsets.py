"""The hard and the toxic subset: rows are drawn for them, and none is dropped."""

from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from artifacts.release_facts import IN_NO_CONFIG
from artifacts.schemas import PANELED
from artifacts.stage_tables import tally
from base.digests import Json
from checks.identity import content_id
from curation.quota import Draw, sample
from pipelines.or_bench.selection import accepted_in, is_accepted
from pipelines.recipe import OrBench
from pipelines.recipe.digest import settings_of
from pipelines.recipe.panel import Hard, Toxic
from pipelines.runner.stage import Frames, Row

VERSION = 1
"""Raised where the code of the draw changes what comes out."""

ToxicRule = Literal["unanimous", "majority"]


@dataclass(frozen=True)
class Subsets:
    """Annotates each row with whether it was drawn for the hard or the toxic subset.

    Without a part `hard` no row is hard; without a part `toxic` every row that is flagged
    unanimously and not rescued is toxic.

    Attributes:
        required_risky: Whether a released safe row must sound risky.
        hard: How hard rows are drawn; None for no hard subset.
        toxic: How toxic rows are drawn.
        part: Which rows may be toxic.
        carried: Rows of the release that this one extends. The toxic ones among them stay: no
            other config shows them.
    """

    required_risky: bool
    hard: Draw | None
    toxic: Draw
    part: Toxic
    carried: AbstractSet[str] = frozenset()

    def __call__(self, rows: pl.DataFrame) -> Frames:
        """Every row, with `in_hard` and `in_toxic`; columns that it lacks are filled."""
        seen = with_unseen(rows)
        hard = seen.filter(accepted_in(self.required_risky) & pl.col("hard").eq("hard"))
        own = pl.col("row").is_in(list(self.carried))
        stay = seen.filter(own & flagged_in(self.part.rule))
        new = seen.filter(~own & may_be_toxic(self.part))
        rest = _left(self.toxic, Counter(stay["category"]))
        toxic = {*stay["row"], *_drawn(new, rest)}
        in_hard = pl.col("row").is_in(list(_drawn(hard, self.hard)))
        return {
            "kept": seen.with_columns(in_hard=in_hard, in_toxic=pl.col("row").is_in(list(toxic)))
        }


def with_unseen(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with what they lack that no rescue and no panel has seen."""
    lacking = [name for name in PANELED if name not in rows.columns]
    return rows.with_columns(
        (pl.lit(False) if name == "rescued" else pl.lit(None, PANELED[name])).alias(name)
        for name in lacking
    )


def subsets_of(recipe: OrBench, carried: AbstractSet[str] = frozenset()) -> Subsets:
    """How a recipe's subsets are drawn.

    Args:
        recipe: Its parts `hard` and `toxic`.
        carried: Rows of the release that is extended.
    """
    toxic = recipe.toxic or Toxic()
    return Subsets(
        recipe.moderate.requires_risky,
        None if recipe.hard is None else _draw(recipe.hard),
        _draw(toxic),
        toxic,
        carried,
    )


def subsets_part(recipe: OrBench, carried: AbstractSet[str]) -> tuple[Json, ...]:
    """What the draw depends on."""
    toxic = recipe.toxic or Toxic()
    settings: list[Json] = [
        None if part is None else _decides_a_draw(part) for part in (recipe.hard, toxic)
    ]
    of_seeds: tuple[Json, ...] = () if "rewrites" in toxic.origins else (list(toxic.origins),)
    return settings, recipe.moderate.requires_risky, sorted(carried), *of_seeds


_OF_ROUNDS = frozenset({"rounds", "min_yield", "from"})


def _decides_a_draw(part: Hard | Toxic) -> dict[str, Json]:
    """What a part says of its draw: which rows there are to draw from, other stages say."""
    return {name: said for name, said in settings_of(part).items() if name not in _OF_ROUNDS}


def is_hard(row: Row, required_risky: bool) -> bool:
    """Whether a row belongs to the over-refusal set and the panel found it hard."""
    return row["hard"] == "hard" and is_accepted(row, required_risky)


def is_seed() -> pl.Expr:
    """Whether a row is a seed and not a rewrite of one: it is the root of its family itself."""
    return pl.col("row") == pl.col("root")


def flagged_in(rule: ToxicRule) -> pl.Expr:
    """Whether a row is flagged by as many as the rule wants; a rescued one is safe by now."""
    toxic = pl.col("label") == "toxic"
    return (
        toxic & (pl.col("safe") == 0) & (pl.col("abstain") == 0) if rule == "unanimous" else toxic
    )


def may_be_toxic(part: Toxic) -> pl.Expr:
    """Whether a row is flagged, and one of what the part `toxic` takes toxic rows from."""
    return flagged_in(part.rule) & (is_seed() | ("rewrites" in part.origins))


def in_no_config(rows: pl.DataFrame, recipe: OrBench) -> Mapping[str, int]:
    """Counts rows that the main config does not take and the toxic one has not, by reason.

    Args:
        rows: What the last stage kept.
        recipe: What they are of.

    Returns:
        Rows for each key of `IN_NO_CONFIG`.
    """
    label = pl.col("label")
    why = (
        pl.when(label == "undecided")
        .then(pl.lit("undecided"))
        .when(label == "safe")
        .then(pl.lit("not_risky"))
        .when(may_be_toxic(recipe.toxic or Toxic()))
        .then(pl.lit("not_drawn"))
        .otherwise(pl.lit("not_flagged_enough"))
    )
    outside = rows.filter(~accepted_in(recipe.moderate.requires_risky) & ~pl.col("in_toxic"))
    found = tally(outside.select(why=why)["why"])
    return {name: found.get(name, 0) for name in IN_NO_CONFIG}


def _draw(part: Hard | Toxic) -> Draw:
    return Draw(part.size, part.balance, part.quota, part.seed)


def _left(draw: Draw, stay: Mapping[str, int]) -> Draw:
    """What is left to draw where so many rows by category stay anyway."""
    if draw.quota is not None:
        left = {name: max(0, count - stay.get(name, 0)) for name, count in draw.quota.items()}
        return replace(draw, quota=left)
    size = None if draw.size is None else max(0, draw.size - sum(stay.values()))
    return replace(draw, size=size)


def _drawn(rows: pl.DataFrame, draw: Draw | None) -> set[str]:
    """The drawn rows' keys. They are drawn by content, which outlives a change of the source."""
    if draw is None:
        return set()
    found = {
        content_id(text): (row, category)
        for row, text, category in rows.select("row", "text", "category").iter_rows()
    }
    categories = {name: category for name, (_, category) in found.items()}
    return {found[name][0] for name in sample(categories, draw).kept}
