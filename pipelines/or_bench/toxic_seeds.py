"""Seeds as toxic rows: which may be, what the moderators say of them, which join the rewrites.

The paper's toxic store holds seeds and rewrites (figure 2). Seeds are voted on before any is
rewritten, so that rounds which spend the budget leave nothing of this unpaid.
"""

from collections.abc import Generator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

import polars as pl

from artifacts import schemas
from artifacts.records import StageName
from artifacts.stage_roles import FLAGGED_SEEDS, MODERATE_SEEDS, SEED_POOL
from curation.near import against_digest
from curation.rows import Dropped, exact_digest
from inference.types import Program
from moderators.votes import rule_digest
from pipelines.or_bench.label_stages import asked
from pipelines.or_bench.parts import OrBenchParts
from pipelines.or_bench.subsets import ToxicRule, flagged_in, is_seed, with_unseen
from pipelines.recipe import recipe_digest
from pipelines.recipe.panel import Toxic
from pipelines.runner.expected import Expected
from pipelines.runner.rows import candidates, dropped_as, split, without
from pipelines.runner.stage import EachRow, Frames, Function, Round, Stage, latest
from pipelines.stages import calls, moderate, shared
from pipelines.stages.dedup import held_against
from pipelines.versions.lineage import CARRIED

_NOTE = "seeds are voted on too, as flagged ones are toxic rows: toxic.from says whether"


def pool_stage(of: OrBenchParts) -> Stage:
    """The seeds that may be toxic rows: none that is sensitive, carried, withdrawn or a repeat."""
    sensitive = [each.name for each in of.taxonomy.categories if each.sensitive]
    repeats = shared.dedup_stage(of, latest("clean_seeds"), schemas.kept_and_dropped(schemas.ROWS))

    def pool(round_: Round) -> Function:
        select = repeats.work(round_)
        assert not isinstance(select, EachRow)
        return lambda rows: pooled(rows, sensitive, of.rows_that_stay, select)

    return replace(
        repeats,
        name=StageName(SEED_POOL),
        covers=lambda round_: (*repeats.covers(round_), sensitive, sorted(of.rows_that_stay)),
        work=pool,
    )


def pooled(
    rows: pl.DataFrame,
    sensitive: Sequence[str],
    carried: AbstractSet[str],
    repeats: Function,
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
    found = repeats(rows.filter(~known & ~barred))
    frames = (yield from found) if isinstance(found, Generator) else found
    out = [
        dropped_as(rows.filter(known), "carried"),
        dropped_as(rows.filter(barred), "sensitive"),
        frames["dropped"],
    ]
    return {"kept": frames["kept"], "dropped": pl.concat(out, how="diagonal")}


def moderate_stage(of: OrBenchParts) -> Stage:
    """Votes on each seed of the pool, by those who vote on rewrites, and in a table of its own."""
    part = of.recipe.moderate
    return Stage(
        name=StageName(MODERATE_SEEDS),
        kind="annotate",
        tables=schemas.kept_and_dropped(schemas.MODERATED, votes=schemas.VOTES),
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
    part, toxic = of.recipe.dedup, of.recipe.toxic or Toxic()
    with_rewrites = "rewrites" in toxic.origins

    def select(rows: pl.DataFrame) -> Program[Frames]:
        return flagged(rows, toxic.rule, with_rewrites, part.encoder, part.threshold)

    return Stage(
        name=StageName(FLAGGED_SEEDS),
        kind="select",
        whole=True,
        tables=schemas.kept_and_dropped(schemas.PANELED),
        version=1,
        inputs=(*asked(of), latest(MODERATE_SEEDS)),
        covers=lambda round_: (
            *(*of.near_part, toxic.rule, with_rewrites),
            *(exact_digest(), against_digest()),
        ),
        work=lambda round_: select,
    )


def flagged(
    rows: pl.DataFrame,
    rule: ToxicRule,
    with_rewrites: bool,
    encoder: str,
    threshold: float | None,
) -> Program[Frames]:
    """Selects all prompts, and the seeds that are flagged and near to none of the toxic ones.

    Args:
        rows: Prompts, those that are carried among them, and moderated seeds.
        rule: How many moderators must have flagged a seed.
        with_rewrites: Whether flagged rewrites are toxic rows too.
        encoder: The encoder's name in the recipe.
        threshold: The cosine from which on two texts are near; None for equal ones alone.
    """
    rows = with_unseen(rows).with_columns(pl.col("rescued").fill_null(False))
    is_carried = pl.col("position") == CARRIED
    own = is_seed() & ~is_carried
    seeds, prompts = rows.filter(own), rows.filter(~own)
    shown = prompts.filter(flagged_in(rule) & (is_carried | with_rewrites))
    chosen = seeds.filter(flagged_in(rule))
    dropped = [Dropped(row, "not_flagged") for row in without(seeds, [*chosen["row"]])["row"]]
    equal = yield from held_against(candidates(chosen), candidates(prompts), encoder, None)
    dropped += equal
    left = without(chosen, [each.row for each in equal])
    if threshold is not None:
        dropped += yield from held_against(candidates(left), candidates(shown), encoder, threshold)
    return split(rows, dropped)
