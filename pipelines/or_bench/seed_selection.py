"""Selections of seeds: those that may be toxic rows, and of these the flagged ones."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

import polars as pl

from curation.characters import Measure
from curation.rows import Dropped
from inference.types import Program
from pipelines.or_bench.subsets import flagged_in, is_seed, may_be_toxic, with_unseen
from pipelines.recipe.panel import Toxic
from pipelines.runner.rows import candidates, dropped_as, split, without
from pipelines.runner.stage import Frames
from pipelines.stages.dedup import held_against
from pipelines.versions.lineage import CARRIED


def pooled(
    rows: pl.DataFrame,
    sensitive: Sequence[str],
    carried: AbstractSet[str],
    repeats: Callable[[pl.DataFrame], Program[Frames]],
) -> Program[Frames]:
    """Selects seeds: none of these categories, none of these keys, no repeat.

    Args:
        rows: The clean seeds.
        sensitive: Categories whose texts are released in no config that is made here.
        carried: Keys of rows that are there already.
        repeats: Selects the rest, as rewrites are selected.
    """
    known = pl.col("row").is_in(list(carried))
    barred = pl.col("category").is_in(list(sensitive)) & ~known
    frames = yield from repeats(rows.filter(~known & ~barred))
    out = [
        dropped_as(rows.filter(known), "carried"),
        dropped_as(rows.filter(barred), "sensitive"),
        frames["dropped"],
    ]
    return {"kept": frames["kept"], "dropped": pl.concat(out, how="diagonal")}


def flagged(
    rows: pl.DataFrame,
    toxic: Toxic,
    encoder: Measure,
    threshold: float | None,
) -> Program[Frames]:
    """Selects all prompts, and the seeds that are flagged and near to none of the toxic ones.

    Args:
        rows: Prompts, those that are carried among them, and moderated seeds.
        toxic: How many moderators must have flagged a row, and whether rewrites are toxic rows too.
        encoder: The encoder's name in the recipe, or how texts are cut into characters.
        threshold: The cosine, or Jaccard index, from which on two texts are near;
            None for equal ones alone.
    """
    rows = with_unseen(rows).with_columns(pl.col("rescued").fill_null(False))
    is_carried = pl.col("position") == CARRIED
    own = is_seed() & ~is_carried
    seeds, prompts = rows.filter(own), rows.filter(~own)
    shown = prompts.filter(may_be_toxic(toxic) | (flagged_in(toxic.rule) & is_carried))
    chosen = seeds.filter(may_be_toxic(toxic))
    dropped = [Dropped(row, "not_flagged") for row in without(seeds, [*chosen["row"]])["row"]]
    equal = yield from held_against(candidates(chosen), candidates(prompts), encoder, None)
    dropped += equal
    left = without(chosen, [each.row for each in equal])
    if threshold is not None:
        dropped += yield from held_against(candidates(left), candidates(shown), encoder, threshold)
    return split(rows, dropped)
