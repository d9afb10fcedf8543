"""From the last stage to a release: views, what the run was made of, what it cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from artifacts.edges import check_run
from artifacts.manifest import (
    Cost,
    Manifest,
    ModelIdentity,
    Recipe,
    ReleaseFacts,
    SoundsRisky,
)
from artifacts.release import write_release
from artifacts.views import Value, View, draw_or_bench
from flows.errors import RunBroken
from flows.pipelines.or_bench import Built
from flows.recipe import OrBench
from flows.runner.run import Run
from inference.accounts import Spend, total

OVER_REFUSAL = "or-bench-80k"
TOXIC = "or-bench-toxic"


def release(
    run: Run,
    built: Built,
    recipe: OrBench,
    text: str,
    models: Sequence[ModelIdentity],
    categories: tuple[str, ...],
) -> Manifest:
    """Writes the release of a finished run, or finds it written.

    Args:
        run: The run, all of whose stages are finished.
        built: Which of them the release shows.
        recipe: What the run is.
        text: The recipe as it was used, in YAML.
        models: Every model and encoder that had a part in it.
        categories: The taxonomy's categories, in the order in which they are shown.

    Raises:
        RunBroken: An edge of the run does not add up.
        ReleaseTaken: This version is there with other data.
    """
    check = check_run(run.context.layout.run)
    if check.problems:
        more = f" and {len(check.problems) - 1} more" if len(check.problems) > 1 else ""
        raise RunBroken("every edge of a run must add up", f"{check.problems[0]}{more}")
    layout = run.context.layout
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
        funnel=check.edges,
        contested=run.table("dedup_labels", "contested", ["row"]).height,
        undecided=int(run.kept(built.last, ["label"])["label"].eq("undecided").sum()),
        sounds_risky=_sounds_risky(run, built.voted),
        cost=_cost(run.context.engine().spent(layout.run_name).values()),
    )
    return write_release(layout.release, _views(run, built, recipe), facts)


def _views(run: Run, built: Built, recipe: OrBench) -> list[View]:
    kept = run.kept(built.last)
    votes = run.table(built.voted, "votes")
    seeds = run.kept("clean_seeds", ["row", "text"])
    configs: Mapping[str, Mapping[str, Value]] = {
        OVER_REFUSAL: accepted(recipe),
        # Unanimous: every moderator that was asked called it toxic.
        TOXIC: {"label": "toxic", "safe": 0, "abstain": 0},
    }
    return [
        draw_or_bench(config, built.last, where, kept=kept, votes=votes, seeds=seeds)
        for config, where in configs.items()
    ]


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


def _cost(spends: Iterable[Spend]) -> Cost:
    spent = total(spends)
    known = None if spent.unpriced else spent.price_usd
    return Cost(spent.replies, spent.input_tokens, spent.output_tokens, known)
