"""From the last stage to a release: views, what the run was made of, what it cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import polars as pl

from artifacts.manifest import Manifest, ModelIdentity, Recipe, ReleaseFacts, SoundsRisky
from artifacts.release import write_release
from artifacts.schemas import ANSWERS
from artifacts.views import PANEL_FIELDS, Value, View, draw_or_bench
from flows.pipelines.or_bench import Built
from flows.pipelines.run_facts import balance_of, cost_of, funnel_of
from flows.pipelines.source_records import source_records
from flows.pipelines.subset_facts import draws, panel_facts, rescue_facts
from flows.recipe import OrBench
from flows.runner.run import Run
from flows.sources import seeds_source

OVER_REFUSAL = "or-bench-80k"
HARD = "or-bench-hard-1k"
TOXIC = "or-bench-toxic"


def release(
    run: Run,
    built: Built,
    recipe: OrBench,
    text: str,
    models: Sequence[ModelIdentity],
    categories: tuple[str, ...],
    relatives: Sequence[str] = (),
) -> Manifest:
    """Writes the release of a finished run, or finds it written.

    Args:
        run: The run, all of whose stages are finished.
        built: Which of them the release shows.
        recipe: What the run is.
        text: The recipe as it was used, in YAML.
        models: Every model and encoder that had a part in it.
        categories: The taxonomy's categories, in the order in which they are shown.
        relatives: Warnings of models in different roles that share a model or a family, one each.

    Raises:
        RunBroken: An edge of the run does not add up.
        ReleaseTaken: This version is there with other data.
    """
    funnel, layout = funnel_of(run), run.context.layout
    views, drawn = _views(run, built, recipe), draws(run, built.last, recipe)
    facts = ReleaseFacts(
        benchmark=recipe.benchmark,
        version=layout.version,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        demo=recipe.release.demo,
        license=recipe.release.license,
        run=layout.run_name,
        recipe=Recipe.of(recipe.name, text),
        models=tuple(models),
        categories=categories,
        funnel=funnel,
        contested=run.table("dedup_labels", "contested", ["row"]).height,
        undecided=drawn[1].undecided,
        sounds_risky=_sounds_risky(run, built.voted),
        cost=cost_of(run),
        rescue=rescue_facts(run, built.rescue, recipe),
        panel=panel_facts(run, built.panel, recipe),
        hard=drawn[0],
        toxic=drawn[1],
        balance=balance_of(views, categories),
        relatives=tuple(relatives),
        sources=source_records(run, built.seeds, filter(None, [seeds_source(recipe)])),
    )
    return write_release(layout.release, views, facts)


def _views(run: Run, built: Built, recipe: OrBench) -> list[View]:
    kept = run.kept(built.last)
    votes = run.table(built.voted, "votes")
    seeds = run.kept("clean_seeds", ["row", "text"])
    configs: Mapping[str, Mapping[str, Value]] = {
        OVER_REFUSAL: accepted(recipe),
        HARD: {"in_hard": True},
        TOXIC: {"in_toxic": True},
    }
    answers = _answers(run, built.panel)
    return [
        draw_or_bench(
            config, built.last, where, kept=kept, votes=votes, answers=answers, seeds=seeds
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


def _sounds_risky(run: Run, voted: str) -> SoundsRisky:
    rows = run.kept(voted, ["label", "sounds_risky"])
    measured = rows.filter(label="safe")["sounds_risky"].drop_nulls()
    return SoundsRisky(len(measured), int(measured.sum()))
