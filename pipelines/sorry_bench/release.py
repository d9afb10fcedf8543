"""From the last stage of a fine-grained set to its release, which says what is missing."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import polars as pl

from artifacts.release_facts import BASE, BaseFacts, MutationFacts, StyleFacts, WriterFacts
from artifacts.stage_roles import DEDUP, PILOT
from artifacts.stage_tables import tally
from artifacts.summary import Cell
from artifacts.views import draw_sorry_bench
from generators.mutations.styles import GROUPS
from pipelines.audits.finalize import carried_rows
from pipelines.benchmark import Benchmark, ReleaseContent
from pipelines.recipe import SorryBench, taxonomy_of
from pipelines.recipe.base_set import BuiltBase, LoadedBase
from pipelines.recipe.shared_models import shared_models
from pipelines.recipe.writer_names import names_of
from pipelines.runner.run import Run
from pipelines.sorry_bench.build_facts import build_facts
from pipelines.sorry_bench.coverage import coverage, outside
from pipelines.sorry_bench.mutate import STOPPED
from pipelines.sorry_bench.mutation_stages import MUTATE
from pipelines.sorry_bench.parts import id_width, widest
from pipelines.sorry_bench.pipeline import Built, built, drawn, pipeline, require_ready
from pipelines.sorry_bench.preconditions import CHECKS
from pipelines.sorry_bench.styles import writer_of, writers
from pipelines.sources.seeds import base_sources
from pipelines.stages.writer_facts import WRITER_COLUMNS, writer_facts
from pipelines.versions.lineage import CARRIED
from taxonomy import Taxonomy
from taxonomy.question_ids import number_of

TEMPLATE = "sorry_bench"


def content(run: Run, recipe: SorryBench) -> ReleaseContent:
    """What the release of a finished run has.

    Args:
        run: The run, all of whose stages are finished.
        recipe: What it is of.
    """
    came = built(run)
    taxonomy = taxonomy_of(recipe)
    found = mutation_facts(run, came, recipe, taxonomy)
    domains = {each.name: each.domain for each in taxonomy.categories if each.domain}
    styles = [style.name for style in found.styles if style.name != BASE]
    return ReleaseContent(
        views=draw_sorry_bench(str(came.last), run.kept(came.last), styles, domains),
        template=TEMPLATE,
        roots=came.base,
        files=base_sources(recipe),
        carried=_carried(run, came),
        samples=_samples(recipe),
        names=[*found.numbers.values()],
        own=lambda facts: replace(
            facts,
            mutations=found,
            writers=_writers(run, came, recipe),
            relatives=shared_models(recipe),
        ),
        numbers=found.numbers,
        styles=[BASE, *styles],
        idle=(DEDUP,) if isinstance(recipe.base, LoadedBase) else (),
        facts=build_facts(run, came, recipe),
    )


def mutation_facts(run: Run, built: Built, recipe: SorryBench, taxonomy: Taxonomy) -> MutationFacts:
    """What a finished run's base set and mutations came to."""
    part = recipe.mutate
    return MutationFacts(
        base=_base(run, built, recipe, taxonomy),
        styles=tuple(_styles(run, built, recipe)),
        numbers={name: str(number_of(taxonomy, name)) for name in taxonomy.names},
        encodings=part.encodings if part else None,
        pilot=part.pilot if part else None,
    )


def _samples(recipe: SorryBench) -> int:
    """Sample indexes that a run's writers may have used."""
    tries = [recipe.mutate.tries] if recipe.mutate else [0]
    if isinstance(recipe.base, BuiltBase) and recipe.base.imperative is not None:
        tries.append(recipe.base.tries)
    return max(tries)


def _carried(run: Run, built: Built) -> pl.Series:
    """The rows that were carried over: base requests, and mutations that kept their place."""
    if built.mutated is None:
        return carried_rows(run, built.carried)
    own = pl.col("position") == CARRIED
    mutated = run.kept(built.mutated, ["row", "position"]).filter(own)["row"]
    return pl.concat([carried_rows(run, built.carried), mutated])


def _of_pilot(run: Run, style: str, asked: int) -> dict[str, int]:
    """Why a stopped style has no row: its pilot's reasons, and for the others that it stopped."""
    ended = run.table(PILOT, "mutations", ["prompt_style", "reason"]).filter(prompt_style=style)
    later = asked - ended.height
    return tally(ended["reason"]) | ({STOPPED: later} if later else {})


def _base(run: Run, built: Built, recipe: SorryBench, taxonomy: Taxonomy) -> BaseFacts:
    table = coverage(run, built.base, recipe, taxonomy, built.carried)
    counts: Mapping[str, Mapping[str, int]] = {
        name: {str(row[0]): _count(row[place]) for row in table.rows[:-1]}
        for place, name in enumerate(table.header)
        if place
    }
    groups: tuple[tuple[int, int, int], ...] = ()
    if isinstance(recipe.base, BuiltBase):
        found = outside(run, built.base).rows
        groups = tuple((_count(a), _count(b), _count(c)) for a, b, c in found)
    return BaseFacts(id_width(recipe, run.context.layout), counts, groups)


def _count(cell: Cell) -> int:
    return cell if isinstance(cell, int) else 0


def _styles(run: Run, built: Built, recipe: SorryBench) -> Iterator[StyleFacts]:
    kept = run.kept(built.last, ["prompt_style", "category"])
    rows = {style: tally(group["category"]) for (style,), group in kept.group_by("prompt_style")}
    yield StyleFacts(BASE, BASE, None, rows.get(BASE, {}), {})
    if recipe.mutate is None or built.mutated is None:
        return
    asked = sum(
        run.kept(stage, ["row"]).height
        for stage in (built.base, built.carried)
        if stage is not None
    )
    columns = ["prompt_style", "outcome", "reason"]
    ended = run.table(built.mutated, "mutations", columns)
    for style, writer in writers(recipe.mutate).items():
        own = ended.filter(prompt_style=style)
        missing = tally(own.filter(pl.col("outcome") != "kept")["reason"])
        if style in built.stopped:
            missing = _of_pilot(run, style, own.height)
        failed = {"failed": asked - own.height} if asked > own.height else {}
        stopped = style in built.stopped
        known = rows.get(style, {})
        yield StyleFacts(style, GROUPS[style], writer, known, {**missing, **failed}, stopped)


def _writers(run: Run, built: Built, recipe: SorryBench) -> tuple[WriterFacts, ...]:
    """What the writers of mutations gave; of a style that was stopped, what they gave the pilot."""
    part = recipe.mutate
    if part is None or built.mutated is None:
        return ()
    columns = [*WRITER_COLUMNS, "prompt_style"]
    ended = run.table(built.mutated, "mutations", columns)
    if built.stopped:
        tried = run.table(PILOT, "mutations", columns)
        ended = pl.concat([ended, tried.filter(pl.col("prompt_style").is_in([*built.stopped]))])
    written = [style for style in part.wanted if part.is_written(style)]
    names = [name for style in written for name in names_of(writer_of(part, style))]
    return writer_facts(MUTATE, names, ended)


SORRY_BENCH = Benchmark(pipeline, widest, require_ready, content, drawn=drawn, checks=CHECKS)
