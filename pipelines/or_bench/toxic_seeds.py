"""Seeds as toxic rows, each stage declared once: which may be, what is said of them, which join.

The paper's toxic store holds seeds and rewrites (figure 2). Seeds are voted on before any is
rewritten, so that rounds which spend the budget leave nothing of this unpaid.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

import polars as pl

from artifacts import schemas
from artifacts.records import StageName
from artifacts.stage_roles import FLAGGED_SEEDS, MODERATE_SEEDS, SEED_POOL
from curation.characters import Measure
from curation.near import against_digest
from curation.rows import Dropped, exact_digest
from inference.types import Program
from moderators.votes import rule_digest
from pipelines.or_bench.label_stages import asked
from pipelines.or_bench.parts import OrBenchParts
from pipelines.or_bench.subsets import flagged_in, is_seed, may_be_toxic, with_unseen
from pipelines.recipe import recipe_digest
from pipelines.recipe.panel import Toxic
from pipelines.recipe.writing import WrittenSeeds
from pipelines.runner.expected import Expected
from pipelines.runner.rows import candidates, dropped_as, split, without
from pipelines.runner.stage import Frames, Stage, latest
from pipelines.stages import calls, moderate, shared
from pipelines.stages.dedup import held_against
from pipelines.versions.lineage import CARRIED

_NOTE = "seeds are voted on too, as flagged ones are toxic rows: toxic.from says whether"


def pool_stage(of: OrBenchParts) -> Stage:
    """The seeds that may be toxic rows: none that is sensitive, carried, withdrawn or a repeat.

    A set that is written anew from a given table has its seeds again, and is not held against those
    of the releases before: else each could be a toxic row once.
    """
    recipe = of.recipe
    same = recipe.mode == "refresh" and not isinstance(recipe.seeds, WrittenSeeds)
    repeats = shared.Repeats(of, against_seeds=not same)
    sensitive = [each.name for each in of.taxonomy.categories if each.sensitive]
    return Stage(
        name=StageName(SEED_POOL),
        kind="select",
        whole=True,
        tables=schemas.kept_and_dropped(schemas.ROWS),
        version=1,
        inputs=(latest("clean_seeds"),),
        covers=lambda round_: (*repeats.covers(round_), sensitive, sorted(of.rows_that_stay)),
        work=lambda round_: lambda rows: pooled(rows, sensitive, of.rows_that_stay, repeats.select),
    )


def moderate_stage(of: OrBenchParts) -> Stage:
    """Votes on each seed of the pool, by those who vote on rewrites, and in a table of its own."""
    part = of.recipe.moderate
    return Stage(
        name=StageName(MODERATE_SEEDS),
        kind="annotate",
        tables=schemas.kept_and_dropped(schemas.MODERATED_SEEDS, votes=schemas.VOTES),
        version=moderate.VERSION,
        inputs=(latest(SEED_POOL),),
        votes=tuple(part.voters),
        covers=lambda round_: (
            *(recipe_digest(of.recipe, "moderate"), of.voters),
            *(rule_digest(part.rule), of.identities.voters()),
        ),
        work=lambda round_: moderate.Moderation(of.moderators, part.rule, part.weights).work,
        expects=lambda seeds: Expected(
            seeds, tuple(calls.prompt_votes(of.recipe, of.taxonomy, seeds)), (_NOTE,)
        ),
    )


def flagged_stage(of: OrBenchParts) -> Stage:
    """The prompts, and the seeds that are flagged as the toxic subset wants and repeat none."""
    near, toxic = of.near, of.recipe.toxic or Toxic()

    def select(rows: pl.DataFrame) -> Program[Frames]:
        return flagged(rows, toxic, near.measure, near.threshold)

    return Stage(
        name=StageName(FLAGGED_SEEDS),
        kind="select",
        whole=True,
        tables=schemas.kept_and_dropped(schemas.PANELED),
        version=1,
        inputs=(*asked(of), latest(MODERATE_SEEDS)),
        covers=lambda round_: (
            *(*of.near_part, toxic.rule, "rewrites" in toxic.origins),
            *(exact_digest(), against_digest()),
        ),
        work=lambda round_: select,
    )


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
