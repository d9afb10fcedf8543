"""The stages of an over-refusal recipe, each with what it asks."""

from __future__ import annotations

import math
from collections.abc import Iterator

from flows.planning.asks import ask, is_hosted
from flows.planning.sizes import (
    answer_call,
    exchange_call,
    judge_call,
    moderation_call,
    rewrite_call,
    seed_call,
)
from flows.planning.values import ModelCalls, StagePlan
from flows.recipe.moderate import LogprobModerator
from flows.recipe.names import taxonomy_of
from flows.recipe.panel import KEYWORD, Panel, Rescue, judge_references, target_references
from flows.recipe.schema import OrBench
from flows.recipe.seeds import ImportedSeeds, ShippedSeeds, WrittenSeeds
from flows.sources.source import resolve
from taxonomy.loader import shipped_seeds
from taxonomy.model import Taxonomy

_SAFE_SHARE = 0.8
"""Share of rewrites that the paper's moderators found safe: 80,359 of about 100,000."""

_TOXIC_SEEDS = "a hosted model is asked to write toxic seeds: mind its provider's terms"


def stages(recipe: OrBench) -> tuple[StagePlan, ...]:
    """The stages in the order in which they run, those that are not built yet among them."""
    taxonomy = taxonomy_of(recipe)
    seeds = _seeds(recipe, taxonomy)
    rewrite = _rewrite(recipe, seeds.rows)
    prompts = rewrite.rows
    return (
        seeds,
        StagePlan("clean", seeds.rows),
        rewrite,
        StagePlan("dedup", prompts),
        _moderate(recipe, taxonomy, prompts),
        *_later(recipe, taxonomy, prompts),
        StagePlan("release", prompts),
    )


def _seeds(recipe: OrBench, taxonomy: Taxonomy) -> StagePlan:
    seeds = recipe.seeds
    if isinstance(seeds, WrittenSeeds):
        return _written(recipe, seeds, taxonomy)
    if isinstance(seeds, ShippedSeeds):
        return StagePlan("seeds", len(shipped_seeds(recipe.taxonomy)))
    if seeds.source.startswith("hf://"):
        return StagePlan("seeds", None, built=False, notes=("rows of a Hub file are not known",))
    return StagePlan("seeds", _rows_of(recipe, seeds, taxonomy))


def _written(recipe: OrBench, seeds: WrittenSeeds, taxonomy: Taxonomy) -> StagePlan:
    asked = [name for name in taxonomy.names if not taxonomy.get(name).sensitive]
    calls = len(asked) * math.ceil(seeds.per_category / seeds.per_call)
    size = seed_call(taxonomy, seeds.per_call).capped(seeds.max_tokens)
    notes = [f"one round; up to {seeds.max_rounds} where seeds repeat each other"]
    if is_hosted(recipe, seeds.writer):
        notes.append(_TOXIC_SEEDS)
    asks = (ask(recipe, seeds.writer, calls, size),)
    return StagePlan("seeds", len(asked) * seeds.per_category, asks, notes=tuple(notes))


def _rows_of(recipe: OrBench, seeds: ImportedSeeds, taxonomy: Taxonomy) -> int:
    from flows.sources.seeds import read_seeds  # loads the table libraries

    source = resolve(seeds.source, recipe.folder)
    rows = read_seeds(source, taxonomy, seeds.column, seeds.category_column, seeds.category)
    return len(rows)


def _rewrite(recipe: OrBench, seeds: int | None) -> StagePlan:
    rewrite = recipe.rewrite
    size = rewrite_call(rewrite.per_seed).capped(rewrite.max_tokens)
    notes = [f"up to {rewrite.tries} times as many calls where rewrites are unusable"]
    if rewrite.target is not None:
        notes.append(f"up to {rewrite.rounds} rounds for categories below {rewrite.target} rows")
    rows = None if seeds is None else seeds * rewrite.per_seed
    asks = (ask(recipe, rewrite.writer, seeds, size),)
    return StagePlan("rewrite", rows, asks, notes=tuple(notes))


def _moderate(recipe: OrBench, taxonomy: Taxonomy, prompts: int | None) -> StagePlan:
    asks: list[ModelCalls] = []
    size = moderation_call(taxonomy)
    for moderator in recipe.moderate.moderators:
        if isinstance(moderator, str):
            asks.append(ask(recipe, moderator, prompts, size))
        elif isinstance(moderator, LogprobModerator):
            asks.append(ask(recipe, moderator.model, prompts, size.capped(1)))
    return StagePlan("moderate", prompts, tuple(asks))


def _later(recipe: OrBench, taxonomy: Taxonomy, prompts: int | None) -> Iterator[StagePlan]:
    if recipe.openers is not None:
        yield StagePlan("openers", prompts)
    safe = None if prompts is None else round(prompts * _SAFE_SHARE)
    flagged = None if prompts is None or safe is None else prompts - safe
    if recipe.rescue is not None:
        yield _rescue(recipe, recipe.rescue, taxonomy, flagged)
    if recipe.panel is not None:
        yield _panel(recipe, recipe.panel, safe)
    if recipe.hard is not None:
        yield StagePlan("hard", recipe.hard.size, built=False)
    if recipe.toxic is not None:
        yield StagePlan("toxic", recipe.toxic.size, built=False)


def _rescue(recipe: OrBench, rescue: Rescue, taxonomy: Taxonomy, flagged: int | None) -> StagePlan:
    answer = answer_call().capped(rescue.max_tokens)
    vote = exchange_call(taxonomy)
    voters = [each for each in recipe.moderate.moderators if isinstance(each, str)]
    asks = (
        ask(recipe, rescue.answerer, flagged, answer),
        *(ask(recipe, name, flagged, vote) for name in voters),
    )
    note = f"as if {1 - _SAFE_SHARE:.0%} of the prompts were flagged, the paper's share"
    return StagePlan("rescue", flagged, asks, built=False, notes=(note,))


def _panel(recipe: OrBench, panel: Panel, safe: int | None) -> StagePlan:
    answer = answer_call().capped(panel.max_tokens)
    targets = [each.name for each in target_references(panel.targets)]
    asks = [ask(recipe, name, safe, answer) for name in targets]
    if panel.judge != KEYWORD:
        answers = None if safe is None else safe * len(targets)
        judges = judge_references("judge", panel.judge)
        asks.extend(ask(recipe, each.name, answers, judge_call()) for each in judges)
    note = f"as if {_SAFE_SHARE:.0%} of the prompts were safe, the paper's share"
    return StagePlan("panel", safe, tuple(asks), built=False, notes=(note,))
