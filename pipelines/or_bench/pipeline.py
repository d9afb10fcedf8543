"""The over-refusal set, stage by stage, in the order in which the stages run.

A set that extends another begins with what is carried, and writes for what is short alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from artifacts.records import StageName
from artifacts.release_facts import RoundsFacts, SeedsEnd, WrittenSeedFacts
from artifacts.stage_roles import CALLS, MODERATE, MODERATE_SEEDS, PANEL, RESCUE, SEEDS
from base.digests import digests_of
from moderators.refusal.types import RefusalJudge
from pipelines.or_bench import label_stages as labels
from pipelines.or_bench import text_stages as texts
from pipelines.or_bench import toxic_seeds
from pipelines.or_bench.parts import OrBenchParts
from pipelines.or_bench.supply import open_categories, seed_facts, supplies
from pipelines.or_bench.wishes import rounds_facts, target_wishes
from pipelines.recipe import OrBench, taxonomy_of
from pipelines.recipe.judges import KEYWORD
from pipelines.recipe.writing import WrittenSeeds
from pipelines.runner.draw import Drawn
from pipelines.runner.pipeline import Pipeline, Rounds, Step
from pipelines.runner.run import Run
from pipelines.runner.shards import Layout
from pipelines.runner.stage import Stage
from pipelines.sources.licenses import require_licenses
from pipelines.stages import makers
from pipelines.stages.gaps import require_no_taxonomy_gaps
from pipelines.stages.judges import refusal_judge
from pipelines.versions.lineage import CARRIED


def pipeline(recipe: OrBench, layout: Layout, limit: int | None = None) -> Pipeline:
    """The stages of a recipe.

    Args:
        recipe: What the run is.
        layout: Where its files lie.
        limit: Use only the first seeds of each category, so many.
    """
    return Pipeline(tuple(_steps(OrBenchParts(recipe, layout, limit))))


def _steps(of: OrBenchParts) -> Iterator[Step]:
    recipe = of.recipe
    if recipe.mode == "extend":
        yield texts.carried_stage(of)
    yield _seeds(of)
    yield texts.clean_seeds_stage(of)
    if of.takes_seeds:
        yield toxic_seeds.pool_stage(of)
        yield toxic_seeds.moderate_stage(of)
    written = (
        texts.topup_stage(of),
        texts.rewrite_stage(of),
        texts.clean_stage(of),
        texts.dedup_stage(of),
        labels.moderate_stage(of),
    )
    labelled = tuple(_labelled(of))
    in_rounds = recipe.hard is not None and recipe.hard.rounds is not None
    yield Rounds(
        (*written, *labelled) if in_rounds else written,
        most=_most_rounds(recipe),
        again=lambda tables: bool(texts.wanted_rows(of, tables)),
        spare=in_rounds or (recipe.rescue is None and recipe.panel is None),
    )
    if not in_rounds:
        yield from labelled
    if of.takes_seeds:
        yield toxic_seeds.flagged_stage(of)
    yield labels.subsets_stage(of)


def _labelled(of: OrBenchParts) -> Iterator[Stage]:
    """What is found out of labelled prompts: they stand in the rounds where hard rows end these."""
    recipe = of.recipe
    if recipe.rescue is not None:
        yield labels.rescue_stage(of, recipe.rescue)
    yield labels.dedup_labels_stage(of)
    if recipe.openers is not None:
        yield labels.openers_stage(of, recipe.openers)
    if recipe.panel is not None:
        yield labels.panel_stage(of, recipe.panel)


def _most_rounds(recipe: OrBench) -> int:
    of_target = recipe.rewrite.rounds if recipe.rewrite.target is not None else 1
    of_hard = recipe.hard.rounds if recipe.hard is not None else None
    # What is carried may look as if it were enough, until the panel has been asked: a first round
    # that rewrites nothing does not count.
    before = of_hard is not None and recipe.mode == "extend"
    return max(of_target, of_hard or 1) + before


def drawn(recipe: OrBench) -> tuple[Drawn, ...]:
    """What a pilot draws: seeds, and the calls for them where a model writes them."""
    if isinstance(recipe.seeds, WrittenSeeds):
        return Drawn(StageName(CALLS)), Drawn(StageName(SEEDS), is_made=True)
    return (Drawn(StageName(SEEDS)),)


def _seeds(of: OrBenchParts) -> Step:
    """A table of seeds; or a model that writes them, asked until categories are full."""
    seeds = of.recipe.seeds
    if not isinstance(seeds, WrittenSeeds):
        return texts.seed_table_stage(of)
    return Rounds(
        (
            texts.calls_stage(of, seeds),
            texts.seed_writing_stage(of, seeds),
            texts.seeds_stage(of, seeds),
        ),
        most=seeds.max_rounds,
        again=lambda tables: bool(texts.calls_left(of, seeds, tables)),
    )


@dataclass(frozen=True, slots=True)
class Built:
    """What the pipeline came to.

    Attributes:
        last: The stage whose kept rows the release shows.
        voted: The stage with the votes on them.
        seeds: The stage with the seeds' texts.
        rounds: Rounds of rewriting that were run.
        short: Accepted rows still wanted, by category, when the rounds ended.
        rescue: The stage with the answers to flagged prompts; None where the recipe has none.
        panel: The stage with the targets' answers; None where the recipe has none.
        written_seeds: What came of asking a model for seeds; None where none was.
        carried: The stage with the rows of the release that this one extends; None without.
        seed_votes: The stage with the votes on seeds; None where no seed may be a toxic row.
        endings: How rounds ended, for each part of the recipe that asks for them.
    """

    last: StageName
    voted: StageName
    seeds: StageName
    rounds: int
    short: Mapping[str, int]
    rescue: StageName | None = None
    panel: StageName | None = None
    written_seeds: WrittenSeedFacts | None = None
    carried: StageName | None = None
    seed_votes: StageName | None = None
    endings: tuple[RoundsFacts, ...] = ()

    @property
    def seed_endings(self) -> Mapping[str, SeedsEnd]:
        """Where a model wrote the seeds: how each category ended."""
        found = {} if self.written_seeds is None else self.written_seeds.categories
        return {name: each.ended for name, each in found.items()}


def built(run: Run, recipe: OrBench) -> Built:
    """What a finished run came to.

    Args:
        run: A run whose stages are finished.
        recipe: What it is of.
    """
    taxonomy = taxonomy_of(recipe)
    lacking = target_wishes(recipe, run, taxonomy.names)
    return Built(
        last=run.named("subsets"),
        voted=run.named(MODERATE),
        seeds=run.named(SEEDS),
        rounds=len(run.rounds(MODERATE)),
        short={each.categories[0]: each.missing for each in lacking if each.missing},
        rescue=run.last(RESCUE),
        panel=run.last(PANEL),
        written_seeds=written_seeds(recipe, run),
        carried=run.last(CARRIED),
        seed_votes=run.last(MODERATE_SEEDS),
        endings=tuple(rounds_facts(recipe, run, taxonomy.names, run.unpaid_round is not None)),
    )


def written_seeds(recipe: OrBench, run: Run) -> WrittenSeedFacts | None:
    """What came of asking a model for seeds, once their rounds are over; None where none was.

    Args:
        recipe: What was asked for.
        run: A run whose stages up to the seeds are finished.
    """
    if not isinstance(recipe.seeds, WrittenSeeds):
        return None
    of = OrBenchParts(recipe, run.context.layout)
    names = open_categories(recipe, run, of.taxonomy, of.carried_hard)
    if not names:
        return None
    return seed_facts(recipe.seeds, run, supplies(recipe.seeds, run, names, of.cells))


def require_ready(recipe: OrBench) -> None:
    """Refuses a recipe that its taxonomy has gaps for, or whose parts do not agree.

    Raises:
        TaxonomyGapsError: The taxonomy lacks what the recipe asks of it.
        LicenseBrokenError: A source's licence does not allow the release's.
        SourceError: A source is not there.
        DigestError: A part has no digest; the error names it.
        TaxonomyError: Calls for seeds lack the lists that they are to be about.
    """
    require_no_taxonomy_gaps(recipe)
    require_licenses(recipe)
    taxonomy, edition = taxonomy_of(recipe), recipe.release.version
    # Before the checks: they depend on what it shows.
    makers.rewriters(recipe, taxonomy, edition).part()
    for checks in (
        makers.cleaning_checks(recipe),
        *makers.rewriting_checks(recipe, taxonomy, edition).values(),
    ):
        digests_of("check", checks)
    digests_of("moderator", makers.moderator_plans(recipe, taxonomy))
    digests_of("judge", _judges(recipe))
    if isinstance(recipe.seeds, WrittenSeeds):
        makers.seed_writers(recipe, recipe.seeds, edition).part()
        makers.cells_of(recipe, taxonomy)


def _judges(recipe: OrBench) -> Iterator[RefusalJudge]:
    if recipe.rescue is not None:
        yield refusal_judge(recipe, KEYWORD)
    if recipe.panel is not None:
        yield refusal_judge(recipe, recipe.panel.judge)
