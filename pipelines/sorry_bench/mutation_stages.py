"""The stages of the mutations, each declared once: a pilot of every style, then all rows."""

from collections.abc import Iterator

import polars as pl

from artifacts import sorry_bench_schemas as schemas
from artifacts.records import StageName
from artifacts.schemas import PARENTS, kept_and_dropped
from artifacts.stage_roles import PILOT, PILOT_ROWS
from base.digests import Json
from pipelines.recipe.base_set import LoadedBase, Mutate, StyleName
from pipelines.recipe.writer_names import names_of
from pipelines.runner.expected import Assumption, Calls, Caution, Expectation, Expected, Part
from pipelines.runner.stage import EachRow, Found, Input, Round, Stage, Tables, latest
from pipelines.sorry_bench import mutate
from pipelines.sorry_bench.base_stages import CHOSEN, LOADED
from pipelines.sorry_bench.parts import SorryBenchParts
from pipelines.sorry_bench.styles import (
    Draws,
    Maker,
    asked_models,
    back_translator_of,
    checker_of,
    makers,
    writer_of,
)
from pipelines.stages import sizes
from pipelines.stages.calls import fallback_notes, writing_calls
from pipelines.versions.lineage import CARRIED, WITHDRAWN, pinned_part
from pipelines.versions.references import earlier_ids
from taxonomy.question_ids import number_of

MUTATE, COLLECT = "mutate", "collect"


def pilot_rows_stage(of: SorryBenchParts, part: Mutate) -> Stage:
    """The rows of the pilot: the first so many."""
    return Stage(
        name=StageName(PILOT_ROWS),
        kind="select",
        whole=True,
        tables=kept_and_dropped(schemas.BASE),
        version=mutate.VERSION,
        inputs=_whole(of),
        covers=lambda round_: (part.pilot,),
        work=lambda round_: lambda rows: mutate.pilot_rows(rows, part.pilot),
        expects=lambda rows: Expected(None if rows is None else min(part.pilot, rows)),
    )


def pilot_stage(of: SorryBenchParts, part: Mutate) -> Stage:
    """The pilot's rows in every style: one of which no row passes is asked for no further."""

    def expected(rows: int | None) -> Expected:
        """Its calls are among those of the mutations, which find its answers kept."""
        asked = [style for style in part.wanted if part.is_written(style)]
        writers = dict.fromkeys(
            name for style in asked for name in names_of(writer_of(part, style))
        )
        hosted = "a hosted model is asked to reword unsafe requests ({names}): mind its terms"
        made = None if rows is None else rows * len(part.wanted)
        return Expected(made, notes=tuple(_pilot_notes(part)), caution=Caution((*writers,), hosted))

    return _mutations(of, part, PILOT, (latest(PILOT_ROWS),), expected)


def mutate_stage(of: SorryBenchParts, part: Mutate) -> Stage:
    """Every base row in every style that the pilot did not stop."""

    def expected(rows: int | None) -> Expected:
        parts = (Part(style, rows, tuple(_calls(of, part, style, rows))) for style in part.wanted)
        onward = None if rows is None else rows * len(part.wanted)
        return Expected(rows, parts=tuple(parts), onward=onward)

    return _mutations(of, part, MUTATE, _whole(of), expected)


def collect_stage(of: SorryBenchParts) -> Stage:
    """Base rows and mutations alike, with what a release shows of them."""
    mutations = () if of.recipe.mutate is None else (latest(MUTATE),)
    numbers = {each: number_of(of.taxonomy, each) for each in of.taxonomy.names}
    return Stage(
        name=StageName(COLLECT),
        kind="annotate",
        tables=kept_and_dropped(schemas.COLLECTED),
        version=mutate.VERSION,
        inputs=(*_whole(of), *mutations),
        covers=lambda round_: (dict(numbers),),
        work=lambda round_: lambda rows: mutate.collected(rows, numbers),
    )


def hopeless(pilot: pl.DataFrame) -> tuple[str, ...]:
    """The styles whose rows of a pilot were all dropped, by name.

    Args:
        pilot: `prompt_style` and `outcome` of each row of the pilot in each style.
    """
    ended = pilot.group_by("prompt_style").agg(pl.col("outcome").eq("dropped").all())
    return tuple(sorted(ended.filter("outcome")["prompt_style"]))


def stopped_by_pilot(tables: Tables) -> Found:
    """The styles that the pilot stopped; none where there was none."""
    if not tables.rounds(PILOT):
        return {}
    return dict.fromkeys(hopeless(tables.table(PILOT, "mutations", ["prompt_style", "outcome"])), 1)


def _mutations(
    of: SorryBenchParts, part: Mutate, name: str, inputs: tuple[Input, ...], expects: Expectation
) -> Stage:
    """The mutations of whatever rows come in."""

    def covers(round_: Round) -> tuple[Json, ...]:
        made = _makers(of, part)
        names = asked_models(of.recipe, part, part.wanted)
        asked: list[Json] = [of.identities.model(each) for each in names]
        measured = part.intent is not None or part.bands
        encoder = of.identities.encoder(part.encoder) if measured else None
        found = of.carried
        before = (pinned_part(found.parent.pinned), of.lineage.withdrawals) if found else ()
        return ({each.style: each.digest for each in made}, asked, encoder, *before)

    def work(round_: Round) -> EachRow:
        found = of.carried
        mutation = mutate.Mutation(
            StageName(name),
            _makers(of, part),
            frozenset(round_.found),
            (lambda: found.mutations) if found else dict,
        )
        return EachRow.of(mutation.row)

    return Stage(
        name=StageName(name),
        kind="expand",
        tables={
            "kept": schemas.MUTATED,
            "dropped": schemas.UNMUTATED,
            "parents": PARENTS,
            "mutations": schemas.MUTATIONS,
        },
        version=mutate.VERSION,
        inputs=inputs,
        finds=stopped_by_pilot,
        covers=covers,
        work=work,
        expects=expects,
    )


def _makers(of: SorryBenchParts, part: Mutate) -> tuple[Maker, ...]:
    """What is withdrawn does not come back; what is written anew is not what was there."""
    lineage = of.lineage
    gone = dict.fromkeys(lineage.withdrawn, WITHDRAWN)
    barred = {style: {**_earlier(of, part, style), **gone} for style in part.wanted}
    return makers(of.recipe, part, Draws(lineage.edition, lineage.first_sample, barred))


def _earlier(of: SorryBenchParts, part: Mutate, style: StyleName) -> dict[str, str]:
    if of.lineage.mode != "refresh" or not part.is_written(style):
        return {}
    return dict.fromkeys(earlier_ids(of.lineage.against, style), "equal_reference")


def _calls(
    of: SorryBenchParts, part: Mutate, style: StyleName, rows: int | None
) -> Iterator[Calls]:
    if not part.is_written(style):
        return
    size = sizes.mutation_call(style, of.tokens)
    yield from writing_calls(writer_of(part, style), rows, size, part.max_tokens)
    if back := back_translator_of(part, style):
        yield Calls(back, rows, sizes.back_translation_call(style, of.tokens), part.max_tokens)
    if checker := checker_of(of.recipe, part):
        yield Calls(checker, rows, sizes.intent_call(style, of.tokens))
    if judge := part.judge_among(of.recipe.models):
        yield Calls(judge, rows, sizes.style_judge_call(style, of.tokens))


def _pilot_notes(part: Mutate) -> Iterator[str]:
    if any(part.is_written(style) for style in part.wanted):
        yield f"a style of which none of the first {part.pilot} rows passes is asked for no further"
        tries = f"up to {part.tries} times as many calls where mutations are unusable"
        yield Assumption(tries)
    for several in (part.writer, part.translator):
        yield from fallback_notes(several, None, part.tries)


def _whole(of: SorryBenchParts) -> tuple[Input, ...]:
    """The base set: what this version chose, and what is carried."""
    own = latest(LOADED if isinstance(of.recipe.base, LoadedBase) else CHOSEN)
    return (own, latest(CARRIED)) if of.recipe.mode == "extend" else (own,)
