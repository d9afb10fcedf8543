"""Seeds as toxic rows, each stage declared once: which may be, what is said of them, which join.

The paper's toxic store holds seeds and rewrites (figure 2). Seeds are voted on before any is
rewritten, so that rounds which spend the budget leave nothing of this unpaid.
"""

import polars as pl

from artifacts import schemas
from artifacts.records import StageName
from artifacts.stage_roles import FLAGGED_SEEDS, MODERATE_SEEDS, SEED_POOL
from curation.near import against_digest
from curation.rows import exact_digest
from inference.types import Program
from moderators.votes import rule_digest
from pipelines.or_bench.label_stages import asked
from pipelines.or_bench.parts import OrBenchParts
from pipelines.or_bench.seed_selection import flagged, pooled
from pipelines.recipe import recipe_digest
from pipelines.recipe.panel import Toxic
from pipelines.recipe.writing import WrittenSeeds
from pipelines.runner.expected import Expected
from pipelines.runner.stage import Frames, Stage, latest
from pipelines.stages import calls, moderate, shared

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
