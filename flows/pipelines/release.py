"""From the last stage to a release: views, what the run was made of, what it cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import polars as pl

from artifacts.manifest import Manifest, ModelIdentity, Recipe, ReleaseFacts, SoundsRisky
from artifacts.schemas import ANSWERS
from artifacts.views import PANEL_FIELDS, Value, View, draw_or_bench
from flows.pipelines.carried_facts import carried_rows, shown_of, with_carried
from flows.pipelines.leaving import Leaving, leave
from flows.pipelines.or_bench import Built
from flows.pipelines.run_facts import balance_of, cost_of, funnel_of
from flows.pipelines.source_records import source_records
from flows.pipelines.subset_facts import draws, panel_facts, rescue_facts
from flows.recipe import OrBench
from flows.runner.run import Run
from flows.sources import seeds_source
from flows.versions.carry import standing_of
from taxonomy import Taxonomy

TEMPLATE = "or_bench"
OVER_REFUSAL = "or-bench-80k"
HARD = "or-bench-hard-1k"
TOXIC = "or-bench-toxic"


def release(
    run: Run,
    built: Built,
    recipe: OrBench,
    text: str,
    models: Sequence[ModelIdentity],
    taxonomy: Taxonomy,
    relatives: Sequence[str] = (),
) -> Manifest:
    """Writes the release of a finished run, or finds it written.

    Args:
        run: The run, all of whose stages are finished.
        built: Which of them the release shows.
        recipe: What the run is.
        text: The recipe as it was used, in YAML.
        models: Every model and encoder that had a part in it.
        taxonomy: Its categories, in the order in which they are shown.
        relatives: Warnings of models in different roles that share a model or a family, one each.

    Raises:
        RunBroken: An edge of the run does not add up.
        GateBroken: A gate of the recipe does not hold.
        ReleaseTaken: This version is there with other data.
    """
    funnel, layout = funnel_of(run), run.context.layout
    views, drawn = _views(run, built, recipe), draws(run, built.last, recipe)
    standing = standing_of(recipe, layout)
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
        contested=run.table("dedup_labels", "contested", ["row"]).height,
        undecided=drawn[1].undecided,
        sounds_risky=_sounds_risky(run, built),
        cost=cost_of(run),
        rescue=rescue_facts(run, built.rescue, recipe),
        panel=panel_facts(run, built.panel, recipe),
        hard=drawn[0],
        toxic=drawn[1],
        balance=balance_of(views, taxonomy.names),
        relatives=tuple(relatives),
        sources=with_carried(
            source_records(run, built.seeds, filter(None, [seeds_source(recipe)])), standing.parent
        ),
        lineage=standing.lineage(
            shown_of(views, carried_rows(run, built.carried)), built.rounds * recipe.rewrite.tries
        ),
        tombstones=standing.tombstones,
    )
    leaving = Leaving(
        run=run,
        recipe=recipe,
        taxonomy=taxonomy,
        standing=standing,
        views=views,
        template=TEMPLATE,
    )
    return leave(leaving, facts)


def _views(run: Run, built: Built, recipe: OrBench) -> list[View]:
    kept = run.kept(built.last)
    votes = run.table(built.voted, "votes")
    seeds = run.kept("clean_seeds", ["row", "text"])
    own = None
    if built.carried is not None:
        own = run.table(built.carried, "seeds", ["row", "text"])
        votes = pl.concat([votes, run.table(built.carried, "votes")])
    configs: Mapping[str, Mapping[str, Value]] = {
        OVER_REFUSAL: accepted(recipe),
        HARD: {"in_hard": True},
        TOXIC: {"in_toxic": True},
    }
    answers = _answers(run, built.panel)
    return [
        draw_or_bench(
            config,
            built.last,
            where,
            kept=kept,
            votes=votes,
            answers=answers,
            seeds=seeds,
            own_seeds=own,
        )
        for config, where in configs.items()
    ]


def _answers(run: Run, panel: str | None) -> pl.DataFrame:
    """The panel's answers without their texts."""
    columns = pl.Schema({name: ANSWERS[name] for name in ("row", *PANEL_FIELDS)})
    return columns.to_frame() if panel is None else run.table(panel, "answers", columns.names())


def accepted(recipe: OrBench) -> dict[str, Value]:
    """What a row of the over-refusal set must be."""
    where: dict[str, Value] = {"label": "safe"}
    if recipe.moderate.sounds_risky == "required":
        where["sounds_risky"] = True
    return where


def _sounds_risky(run: Run, built: Built) -> SoundsRisky:
    stages = filter(None, (built.voted, built.carried))
    rows = pl.concat(run.kept(stage, ["label", "sounds_risky"]) for stage in stages)
    measured = rows.filter(label="safe")["sounds_risky"].drop_nulls()
    return SoundsRisky(len(measured), int(measured.sum()))
