"""The stages up to prompts without repeats, each declared once: seeds, rewrites, dedup.

What a stage covers is what its tables are made from besides its inputs: the recipe's parts, the
identities of models and encoders, digests of checks, templates and data files.
"""

import math
from collections.abc import Iterator

import polars as pl

from artifacts import schemas
from artifacts.records import StageName
from artifacts.stage_roles import CALLS, PANEL, REWRITE, SEEDS
from base.digests import Json, digests_of
from curation.near import near_digest
from curation.rows import exact_digest
from pipelines.or_bench import hard_examples, seed_calls, selection
from pipelines.or_bench.parts import OrBenchParts
from pipelines.or_bench.seed_cells import cells_notes
from pipelines.or_bench.source import TableOfSeeds
from pipelines.or_bench.supply import next_calls, open_categories, supplies
from pipelines.or_bench.wishes import still_wanted
from pipelines.recipe import OrBench, recipe_digest
from pipelines.recipe.writing import WrittenSeeds
from pipelines.runner.expected import Assumption, Caution, Expected, from_source
from pipelines.runner.stage import (
    EachRow,
    Found,
    Frames,
    Function,
    Round,
    Stage,
    Tables,
    every,
    frames_from,
    latest,
)
from pipelines.stages import makers, shared, sizes, source, writing
from pipelines.stages.calls import fallback_notes, writing_calls
from pipelines.versions import lineage as versions

_ROWS = schemas.kept_and_dropped(schemas.ROWS)
_SEEDS = schemas.kept_and_dropped(schemas.WRITTEN_SEEDS)
_PROMPTS = schemas.kept_and_dropped(schemas.PROMPTS)

_REWRITING = writing.VERSION + 1
"""Raised where rewrites come to have other columns."""


def carried_stage(of: OrBenchParts) -> Stage:
    """The rows of the release that is extended: whole, as they were released."""
    return Stage(
        name=StageName(versions.CARRIED),
        kind="select",
        whole=True,
        tables=versions.TABLES,
        version=3,
        covers=lambda round_: (
            versions.pinned_part(of.parent.pinned),
            of.lineage.withdrawals,
        ),
        work=lambda round_: (
            lambda rows: frames_from(
                versions.carried_prompts(of.parent, of.lineage.withdrawn),
                versions.TABLES,
            )
        ),
        expects=lambda rows: Expected(None, onward=0),
    )


def seed_table_stage(of: OrBenchParts) -> Stage:
    """A table of seeds: its rows become the roots of all that follows."""
    seeds = TableOfSeeds(of.recipe, of.limit)
    return Stage(
        name=StageName(SEEDS),
        kind="select",
        whole=True,
        tables=_ROWS,
        version=1,
        covers=lambda round_: (*seeds.made_from, exact_digest()),
        work=lambda round_: lambda rows: source.without_equals(seeds.read()),
        expects=from_source(seeds.count, seeds.unknown),
    )


def calls_stage(of: OrBenchParts, seeds: WrittenSeeds) -> Stage:
    """The calls of a round for seeds, a row each (paper section 3.2.1), each about a cell."""

    # By the first writer: calls keep their keys, and so what was paid for, where others join it.
    def calls() -> seed_calls.SeedCalls:
        terms = (writing.source_of(seeds.writers[0]), seeds.license, seeds.redistribute)
        edition, encoder = of.lineage.edition, of.near_encoder
        return seed_calls.SeedCalls(*terms, of.cells, edition, encoder)

    def covers(round_: Round) -> tuple[Json, ...]:
        made = calls()
        if made.cells is None or made.encoder is None:
            return made.part(round_.number)
        return *made.part(round_.number), of.identities.encoder(made.encoder)

    def work(round_: Round) -> Function:
        made = calls()
        return lambda rows, earlier, kept: made.of_round(round_.number, round_.found, earlier, kept)

    return Stage(
        name=StageName(CALLS),
        kind="select",
        whole=True,
        tables=schemas.kept_and_dropped(schemas.SEED_CALLS),
        version=1,
        beside=(every(CALLS), latest(SEEDS)),
        finds=lambda tables: calls_left(of, seeds, tables),
        covers=covers,
        work=work,
        expects=from_source(lambda: _asked(of, seeds)),
    )


def seed_writing_stage(of: OrBenchParts, seeds: WrittenSeeds) -> Stage:
    """Each call becomes seeds."""
    note = f"one round; up to {seeds.max_rounds} where seeds repeat each other"
    hosted = "a hosted model is asked to write toxic seeds: mind its provider's terms"

    def expected(asked: int | None) -> Expected:
        task = makers.seed_writer(of.recipe, seeds, "", seeds.writers[0])
        size = sizes.seed_call(task, of.cells)
        own = tuple(writing_calls(seeds.writer, asked, size, seeds.max_tokens))
        rows = len(of.taxonomy.writable) * seeds.per_category
        few = () if of.cells is None else cells_notes(seeds, of.cells)
        notes = (note, *few, *fallback_notes(seeds.writer, asked, seeds.tries))
        return Expected(rows, own, notes, caution=Caution(seeds.writers, hosted))

    def covers(round_: Round) -> tuple[Json, ...]:
        asked = makers.seed_writers(of.recipe, seeds, of.lineage.edition).part()
        part = recipe_digest(of.recipe, "seeds")
        return (asked, part, *map(of.identities.model, seeds.writers))

    def work(round_: Round) -> EachRow:
        asked = writing.Writing(
            makers.seed_writers(of.recipe, seeds, of.lineage.edition),
            dict.fromkeys(of.taxonomy.names, ()),
            want=seeds.per_call,
            tries=seeds.tries,
            enough=1,
            item=seed_calls.seed_call_of,
            are_sources=True,
        )
        return writing.writing(StageName("seed_writing", round_.number), asked)

    return Stage(
        name=StageName("seed_writing"),
        kind="expand",
        tables={**_SEEDS, "parents": schemas.WRITTEN},
        version=writing.VERSION,
        inputs=(latest(CALLS),),
        covers=covers,
        work=work,
        expects=expected,
    )


def seeds_stage(of: OrBenchParts, seeds: WrittenSeeds) -> Stage:
    """The seeds of all rounds so far: no repeats, and no more than are wanted."""
    wanted = min(seeds.per_category, of.limit or seeds.per_category)
    near = of.near
    return Stage(
        name=StageName(SEEDS),
        kind="select",
        whole=True,
        tables=_SEEDS,
        version=seed_calls.VERSION,
        inputs=(every("seed_writing"),),
        covers=lambda round_: (*of.near_part, wanted, exact_digest(), near_digest()),
        work=lambda round_: (
            lambda rows: seed_calls.select_seeds(rows, near.measure, near.threshold, wanted)
        ),
    )


def clean_seeds_stage(of: OrBenchParts) -> Stage:
    """Seeds that pass the checks of every text."""
    return shared.clean_stage(of, "clean_seeds", SEEDS, _ROWS)


def clean_stage(of: OrBenchParts) -> Stage:
    """A round's rewrites that pass the checks of every text."""
    return shared.clean_stage(of, "clean", REWRITE, _PROMPTS)


def topup_stage(of: OrBenchParts) -> Stage:
    """The seeds of categories of which more rows are wanted, for a further round."""
    extends, hard = of.recipe.mode == "extend", _hard_examples(of)

    def work(round_: Round) -> Function:
        def seeds(rows: pl.DataFrame, *decided: pl.DataFrame) -> Frames:
            shown = rows if hard is None else hard.added(rows, *decided)
            return selection.parents_short(shown, [*round_.found])

        return seeds

    return Stage(
        name=StageName("topup"),
        kind="select",
        whole=True,
        tables=_ROWS if hard is None else schemas.kept_and_dropped(hard_examples.SEEDS),
        version=1,
        inputs=(latest("clean_seeds"),),
        when=lambda number: number > 0 or extends,
        finds=lambda tables: wanted_rows(of, tables),
        beside=() if hard is None else (latest(PANEL),),
        covers=lambda round_: () if hard is None else (hard.digest,),
        work=work,
    )


def _hard_examples(of: OrBenchParts) -> hard_examples.HardExamples | None:
    """How hard rows of finished rounds are shown; None where none are."""
    hard, form = of.recipe.hard, of.recipe.rewrite.form
    if hard is None or hard.rounds is None or not hard.shown or form != "json":
        return None
    return hard_examples.HardExamples(hard.shown, of.risky, of.lineage.edition)


def rewrite_stage(of: OrBenchParts) -> Stage:
    """Each seed becomes prompts that sound harmful and are not (paper section 3.2.2)."""
    part = of.recipe.rewrite

    def expected(seeds: int | None) -> Expected:
        task = makers.rewriter(of.recipe, of.taxonomy, of.lineage.edition, part.writers[0])
        size = sizes.rewrite_call(task, of.taxonomy, part.per_seed)
        own = tuple(writing_calls(part.writer, seeds, size, part.max_tokens))
        rows = None if seeds is None else seeds * part.per_seed
        return Expected(rows, own, tuple(_rewrite_notes(of.recipe, seeds)))

    def first(round_: Round) -> int:
        return of.lineage.first_sample + round_.number * part.tries

    def covers(round_: Round) -> tuple[Json, ...]:
        writers = makers.rewriters(of.recipe, of.taxonomy, of.lineage.edition)
        checks = makers.rewriting_checks(of.recipe, of.taxonomy, of.lineage.edition)
        by_category: dict[str, Json] = {
            category: digests_of("check", each) for category, each in checks.items()
        }
        return (
            *(writers.part(), by_category),
            *(recipe_digest(of.recipe, "rewrite"), first(round_)),
            *map(of.identities.model, part.writers),
            of.identities.encoder(part.encoder),
        )

    def work(round_: Round) -> EachRow:
        asked = writing.Writing(
            makers.rewriters(of.recipe, of.taxonomy, of.lineage.edition),
            makers.rewriting_checks(of.recipe, of.taxonomy, of.lineage.edition),
            want=part.per_seed,
            tries=part.tries,
            first=first(round_),
            labels=tuple(schemas.LABELS),
            item=hard_examples.seed_item,
        )
        return writing.writing(StageName(REWRITE, round_.number), asked)

    return Stage(
        name=StageName(REWRITE),
        kind="expand",
        tables={**_PROMPTS, "parents": schemas.WRITTEN},
        version=_REWRITING,
        inputs=(latest("topup", "clean_seeds"),),
        covers=covers,
        work=work,
        expects=expected,
    )


def dedup_stage(of: OrBenchParts) -> Stage:
    """The first of each set of repeats, over all rounds so far."""
    return shared.dedup_stage(of, every("clean"), _PROMPTS)


def wanted_rows(of: OrBenchParts, tables: Tables) -> Found:
    """Rows for which the next round of rewriting takes seeds, by category."""
    return still_wanted(of.recipe, tables, of.taxonomy.names, of.carried_hard)


def calls_left(of: OrBenchParts, seeds: WrittenSeeds, tables: Tables) -> Found:
    """Calls for seeds that the next round is to make, by category."""
    names = open_categories(of.recipe, tables, of.taxonomy, of.carried_hard)
    return next_calls(supplies(seeds, tables, names, of.cells))


def _rewrite_notes(recipe: OrBench, seeds: int | None) -> Iterator[str]:
    """What a plan says of further calls."""
    part, hard = recipe.rewrite, recipe.hard
    yield Assumption(f"up to {part.tries} times as many calls where rewrites are unusable")
    yield from fallback_notes(part.writer, seeds, part.tries)
    if part.target is not None:
        yield f"up to {part.rounds} rounds for categories below {part.target} rows"
    if hard is not None and hard.rounds is not None:
        yield f"up to {hard.rounds} rounds until {hard.wanted or 0:,} rows are hard"


def _asked(of: OrBenchParts, seeds: WrittenSeeds) -> int:
    """Calls for seeds in a first round for a whole set; sensitive categories ask for none."""
    return len(of.taxonomy.writable) * math.ceil(seeds.per_category / seeds.per_call)
