"""From the last stage to a release: views, what the run was made of, what it cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import polars as pl

from artifacts.edges import check_run
from artifacts.funnel import Edge, tally
from artifacts.manifest import (
    Cost,
    Manifest,
    ModelIdentity,
    Recipe,
    ReleaseFacts,
    SoundsRisky,
    StageCost,
)
from artifacts.release import write_release
from artifacts.schemas import ANSWERS
from artifacts.views import PANEL_FIELDS, Value, View, draw_or_bench
from flows.errors import RunBroken
from flows.pipelines.or_bench import Built
from flows.pipelines.source_records import source_records
from flows.pipelines.subset_facts import draws, panel_facts, rescue_facts
from flows.recipe import OrBench
from flows.runner.run import Run
from inference.accounts import Spend, total
from measures.balance import largest_to_smallest

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
    funnel, layout = _funnel(run), run.context.layout
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
        cost=_cost(run.context.engine().spent(layout.run_name)),
        rescue=rescue_facts(run, built.rescue, recipe),
        panel=panel_facts(run, built.panel, recipe),
        hard=drawn[0],
        toxic=drawn[1],
        balance=_balance(views, categories),
        relatives=tuple(relatives),
        sources=source_records(run, built.seeds, recipe),
    )
    return write_release(layout.release, views, facts)


def _funnel(run: Run) -> tuple[Edge, ...]:
    check = check_run(run.context.layout.run)
    if check.problems:
        more = f" and {len(check.problems) - 1} more" if len(check.problems) > 1 else ""
        raise RunBroken("every edge of a run must add up", f"{check.problems[0]}{more}")
    return check.edges


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


def _balance(views: Sequence[View], categories: Sequence[str]) -> dict[str, float | None]:
    counts = {view.config: tally(view.rows["category"]) for view in views}
    return {
        config: largest_to_smallest({**dict.fromkeys(categories, 0), **found})
        for config, found in counts.items()
    }


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


def _cost(spends: Mapping[tuple[str, str], Spend]) -> Cost:
    spent = total(spends.values())
    by = tuple(
        StageCost(stage, model, each.replies, each.input_tokens, each.output_tokens, _usd(each))
        for (stage, model), each in spends.items()
    )
    return Cost(
        spent.replies, spent.input_tokens, spent.output_tokens, _usd(spent), spent.price_usd, by
    )


def _usd(spend: Spend) -> float | None:
    return None if spend.unpriced else spend.price_usd
