"""From the last stage of a fine-grained set to its release, which says what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import polars as pl

from artifacts.funnel import tally
from artifacts.manifest import Manifest, ModelIdentity, Recipe, ReleaseFacts, SoundsRisky
from artifacts.mutation_facts import BASE, BaseFacts, MutationFacts, StyleFacts
from artifacts.mutation_views import draw_sorry_bench
from artifacts.release import write_release
from artifacts.summary import Cell
from flows.pipelines.run_facts import balance_of, cost_of, funnel_of
from flows.pipelines.sorry_base import coverage, outside
from flows.pipelines.sorry_bench import Built
from flows.pipelines.source_records import source_records
from flows.recipe import SorryBench
from flows.recipe.sorry_base import BuiltBase
from flows.runner.run import Run
from flows.sources.prior_tables import base_sources
from flows.sources.question_ids import number_of
from flows.stages.mutate import STOPPED
from flows.stages.sorry_bench import PILOT, id_width
from flows.stages.styles import writers
from generators.mutations.registry import GROUPS
from taxonomy import Taxonomy

TEMPLATE = "sorry_bench"


def release(
    run: Run,
    built: Built,
    recipe: SorryBench,
    text: str,
    models: Sequence[ModelIdentity],
    taxonomy: Taxonomy,
) -> Manifest:
    """Writes the release of a finished run, or finds it written.

    Args:
        run: The run, all of whose stages are finished.
        built: Which of them the release shows.
        recipe: What the run is.
        text: The recipe as it was used, in YAML.
        models: Every model and encoder that had a part in it.
        taxonomy: The set's categories.

    Raises:
        RunBroken: An edge of the run does not add up.
        ReleaseTaken: This version is there with other data.
    """
    funnel, layout = funnel_of(run), run.context.layout
    found = mutation_facts(run, built, recipe, taxonomy)
    styles = [style.name for style in found.styles if style.name != BASE]
    views = draw_sorry_bench(built.last, run.kept(built.last), styles)
    facts = ReleaseFacts(
        benchmark=recipe.benchmark,
        version=layout.version,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        demo=recipe.release.demo,
        license=recipe.release.license,
        run=layout.run_name,
        recipe=Recipe.of(recipe.name, text),
        models=tuple(models),
        categories=taxonomy.names,
        funnel=funnel,
        contested=0,
        undecided=0,
        sounds_risky=SoundsRisky(0, 0),
        cost=cost_of(run),
        balance=balance_of(views, [*found.numbers.values()]),
        sources=source_records(run, built.base, base_sources(recipe)),
        mutations=found,
    )
    return write_release(layout.release, views, facts, template=TEMPLATE)


def mutation_facts(run: Run, built: Built, recipe: SorryBench, taxonomy: Taxonomy) -> MutationFacts:
    """What a finished run's base set and mutations came to."""
    part = recipe.mutate
    return MutationFacts(
        base=_base(run, built.base, recipe, taxonomy),
        styles=tuple(_styles(run, built, recipe)),
        numbers={name: str(number_of(taxonomy, name)) for name in taxonomy.names},
        encodings=part.encodings if part else None,
        pilot=part.pilot if part else None,
    )


def _of_pilot(run: Run, style: str, asked: int) -> dict[str, int]:
    """Why a stopped style has no row: its pilot's reasons, and for the others that it stopped."""
    ended = run.table(PILOT, "mutations", ["prompt_style", "reason"]).filter(prompt_style=style)
    later = asked - ended.height
    return tally(ended["reason"]) | ({STOPPED: later} if later else {})


def _base(run: Run, stage: str, recipe: SorryBench, taxonomy: Taxonomy) -> BaseFacts:
    table = coverage(run, stage, recipe, taxonomy)
    counts: Mapping[str, Mapping[str, int]] = {
        name: {str(row[0]): _count(row[place]) for row in table.rows[:-1]}
        for place, name in enumerate(table.header)
        if place
    }
    groups: tuple[tuple[int, int, int], ...] = ()
    if isinstance(recipe.base, BuiltBase):
        found = outside(run, stage).rows
        groups = tuple((_count(a), _count(b), _count(c)) for a, b, c in found)
    return BaseFacts(id_width(recipe), counts, groups)


def _count(cell: Cell) -> int:
    return cell if isinstance(cell, int) else 0


def _styles(run: Run, built: Built, recipe: SorryBench) -> Iterator[StyleFacts]:
    kept = run.kept(built.last, ["prompt_style", "category"])
    rows = {style: tally(group["category"]) for (style,), group in kept.group_by("prompt_style")}
    yield StyleFacts(BASE, BASE, None, rows.get(BASE, {}), {})
    if recipe.mutate is None or built.mutated is None:
        return
    asked = run.kept(built.base, ["row"]).height
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
