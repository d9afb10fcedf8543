"""Selections of rows: repeats across categories, openings, seeds of a further round."""

from collections.abc import Collection

import polars as pl

from artifacts.schemas import CONTESTED
from checks.language_table import ENGLISH
from curation.characters import Measure
from curation.contested import dedup_labelled
from curation.openers import cap_openers
from inference.types import Program
from pipelines.runner.rows import candidates, dropped_as, split
from pipelines.runner.stage import Frames, Row


def dedup_labels(rows: pl.DataFrame, encoder: Measure, threshold: float | None) -> Program[Frames]:
    """Selects the first of near rows of one label, whatever their categories.

    A rescued row competes among the safe ones. Near rows of different labels are both kept, and
    listed as contested.

    Args:
        rows: The whole table, in (category, row) order.
        encoder: The encoder's name in the recipe, or how texts are cut into characters.
        threshold: The cosine, or Jaccard index, from which on two texts are near;
            None to keep all.
    """
    if "rescued" not in rows.columns:
        rows = rows.with_columns(rescued=pl.lit(False))
    if threshold is None:
        return {"kept": rows}
    found = yield from dedup_labelled(candidates(rows, "label"), encoder, threshold)
    pairs = [(each.row, each.other, each.score) for each in found.contested]
    named = pl.DataFrame(
        pairs, {name: CONTESTED[name] for name in ("row", "other", "score")}, orient="row"
    )
    contested = named.join(rows.select("row", "root"), on="row", maintain_order="left")
    return {**split(rows, found.dropped), "contested": contested}


def cap_openings(
    rows: pl.DataFrame, max_share: float, required_risky: bool, language: str = ENGLISH
) -> Frames:
    """Drops rows whose opening is too common; the cap holds among rows that people will see.

    Args:
        rows: The whole table, in (category, row) order.
        max_share: Largest share of one three-word opening.
        required_risky: Whether a released row must sound risky; rows that are not released are
            let through.
        language: The texts' language.
    """
    accepted = candidates(rows.filter(accepted_in(required_risky)))
    return split(rows, cap_openers(accepted, max_share, language).dropped)


def is_accepted(row: Row, required_risky: bool) -> bool:
    """Whether a moderated row belongs to the over-refusal set."""
    return row["label"] == "safe" and (not required_risky or row["sounds_risky"] is True)


def accepted_in(required_risky: bool) -> pl.Expr:
    """`is_accepted` of each row of a frame."""
    safe = pl.col("label") == "safe"
    return safe & pl.col("sounds_risky").fill_null(False) if required_risky else safe


def parents_short(rows: pl.DataFrame, missing: Collection[str]) -> Frames:
    """Selects the parents of the next round: all of a short category, none of a full one.

    Args:
        rows: The seeds.
        missing: The categories in which rows are still wanted.
    """
    short = pl.col("category").is_in(list(missing))
    return {"kept": rows.filter(short), "dropped": dropped_as(rows.filter(~short), "category_full")}
