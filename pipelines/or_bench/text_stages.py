"""The stages up to prompts without repeats, each declared once: seeds, rewrites, dedup.

What a stage covers is what its tables are made from besides its inputs: the recipe's parts, the
identities of models and encoders, digests of checks, templates and data files.
"""

import math
from collections.abc import Iterator

from artifacts import schemas
from artifacts.records import StageName
from artifacts.stage_roles import CALLS, REWRITE, SEEDS
from base.digests import Json, digests_of, require_digest
from curation.near import near_digest
from curation.rows import exact_digest
from pipelines.or_bench import seed_calls, selection
from pipelines.or_bench.parts import OrBenchParts
from pipelines.or_bench.source import TableOfSeeds
from pipelines.or_bench.supply import next_calls, open_categories, supplies
from pipelines.or_bench.wishes import still_wanted
from pipelines.recipe import OrBench, recipe_digest
from pipelines.recipe.writing import WrittenSeeds
from pipelines.runner.expected import Assumption, Calls, Caution, Expected, from_source
from pipelines.runner.stage import EachRow, Found, Round, Stage, Tables, every, frames_from, latest
from pipelines.stages import makers, shared, sizes, source, writing
from pipelines.versions import lineage as versions

_ROWS = schemas.kept_and_dropped(schemas.ROWS)
_WRITTEN = {**_ROWS, "parents": schemas.PARENTS}


def carried_stage(of: OrBenchParts) -> Stage:
    """The rows of the release that is extended: whole, as they were released."""
    return Stage(
        name=StageName(versions.CARRIED),
        kind="select",
        whole=True,
        tables=versions.TABLES,
        version=2,
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
    """The calls of a round for seeds, a row each (paper section 3.2.1)."""
    terms = (f"llm:{seeds.writer}", seeds.license, seeds.redistribute)
    return Stage(
        name=StageName(CALLS),
        kind="select",
        whole=True,
        tables=_ROWS,
        version=1,
        finds=lambda tables: calls_left(of, seeds, tables),
        covers=lambda round_: (*terms, round_.number),
        work=lambda round_: (
            lambda rows: {"kept": seed_calls.SeedCalls(*terms, round_.number, round_.found).frame()}
        ),
        expects=from_source(lambda: _asked(of, seeds)),
    )


def seed_writing_stage(of: OrBenchParts, seeds: WrittenSeeds) -> Stage:
    """Each call becomes seeds."""
    note = f"one round; up to {seeds.max_rounds} where seeds repeat each other"
    hosted = "a hosted model is asked to write toxic seeds: mind its provider's terms"
    size = sizes.seed_call(of.taxonomy, seeds.per_call)

    def expected(asked: int | None) -> Expected:
        own = Calls(seeds.writer, asked, size, seeds.max_tokens)
        names = of.taxonomy.names
        open_ = [name for name in names if not of.taxonomy.get(name).sensitive]
        rows = len(open_) * seeds.per_category
        return Expected(rows, (own,), (note,), caution=Caution((seeds.writer,), hosted))

    def covers(round_: Round) -> tuple[Json, ...]:
        task = makers.seed_writer(of.recipe, seeds, of.lineage.edition)
        asked = require_digest("writer", seeds.writer, task)
        part = recipe_digest(of.recipe, "seeds")
        return asked, part, of.identities.model(seeds.writer)

    def work(round_: Round) -> EachRow:
        asked = writing.Writing(
            seeds.writer,
            makers.seed_writer(of.recipe, seeds, of.lineage.edition),
            dict.fromkeys(of.taxonomy.names, ()),
            want=seeds.per_call,
            tries=seeds.tries,
            enough=1,
        )
        return writing.writing(StageName("seed_writing", round_.number), asked)

    return Stage(
        name=StageName("seed_writing"),
        kind="expand",
        tables=_WRITTEN,
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
        tables=_ROWS,
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
    return shared.clean_stage(of, "clean", REWRITE, _ROWS)


def topup_stage(of: OrBenchParts) -> Stage:
    """The seeds of categories of which more rows are wanted, for a further round."""
    extends = of.recipe.mode == "extend"
    return Stage(
        name=StageName("topup"),
        kind="select",
        whole=True,
        tables=_ROWS,
        version=1,
        inputs=(latest("clean_seeds"),),
        when=lambda number: number > 0 or extends,
        finds=lambda tables: wanted_rows(of, tables),
        covers=lambda round_: (),
        work=lambda round_: lambda rows: selection.parents_short(rows, [*round_.found]),
    )


def rewrite_stage(of: OrBenchParts) -> Stage:
    """Each seed becomes prompts that sound harmful and are not (paper section 3.2.2)."""
    part = of.recipe.rewrite

    def expected(seeds: int | None) -> Expected:
        own = Calls(part.writer, seeds, sizes.rewrite_call(part.per_seed), part.max_tokens)
        rows = None if seeds is None else seeds * part.per_seed
        return Expected(rows, (own,), tuple(_rewrite_notes(of.recipe)))

    def first(round_: Round) -> int:
        return of.lineage.first_sample + round_.number * part.tries

    def covers(round_: Round) -> tuple[Json, ...]:
        task = makers.rewriter(of.recipe, of.taxonomy, of.lineage.edition)
        checks = makers.rewriting_checks(of.recipe, of.taxonomy)
        by_category: dict[str, Json] = {
            category: digests_of("check", each) for category, each in checks.items()
        }
        return (
            *(require_digest("writer", part.writer, task), by_category),
            *(recipe_digest(of.recipe, "rewrite"), first(round_)),
            *(
                of.identities.model(part.writer),
                of.identities.encoder(part.encoder),
            ),
        )

    def work(round_: Round) -> EachRow:
        asked = writing.Writing(
            part.writer,
            makers.rewriter(of.recipe, of.taxonomy, of.lineage.edition),
            makers.rewriting_checks(of.recipe, of.taxonomy),
            want=part.per_seed,
            tries=part.tries,
            first=first(round_),
        )
        return writing.writing(StageName(REWRITE, round_.number), asked)

    return Stage(
        name=StageName(REWRITE),
        kind="expand",
        tables=_WRITTEN,
        version=writing.VERSION,
        inputs=(latest("topup", "clean_seeds"),),
        covers=covers,
        work=work,
        expects=expected,
    )


def dedup_stage(of: OrBenchParts) -> Stage:
    """The first of each set of repeats, over all rounds so far."""
    return shared.dedup_stage(of, every("clean"), _ROWS)


def wanted_rows(of: OrBenchParts, tables: Tables) -> Found:
    """Rows for which the next round of rewriting takes seeds, by category."""
    return still_wanted(of.recipe, tables, of.taxonomy.names, of.carried_hard)


def calls_left(of: OrBenchParts, seeds: WrittenSeeds, tables: Tables) -> Found:
    """Calls for seeds that the next round is to make, by category."""
    names = open_categories(of.recipe, tables, of.taxonomy, of.carried_hard)
    return next_calls(supplies(seeds, tables, names))


def _rewrite_notes(recipe: OrBench) -> Iterator[str]:
    """What a plan says of further calls."""
    part, hard = recipe.rewrite, recipe.hard
    yield Assumption(f"up to {part.tries} times as many calls where rewrites are unusable")
    if part.target is not None:
        yield f"up to {part.rounds} rounds for categories below {part.target} rows"
    if hard is not None and hard.rounds is not None:
        yield f"up to {hard.rounds} rounds until {hard.wanted or 0:,} rows are hard"


def _asked(of: OrBenchParts, seeds: WrittenSeeds) -> int:
    """Calls for seeds in a first round for a whole set; sensitive categories ask for none."""
    names = of.taxonomy.names
    asked = sum(not of.taxonomy.get(name).sensitive for name in names)
    return asked * math.ceil(seeds.per_category / seeds.per_call)
