"""The stages of an over-refusal recipe, each with what it asks."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from pipelines.planning.model_calls import ask, exchange_votes, is_hosted, judgments, prompt_votes
from pipelines.planning.sizes import answer_call, rewrite_call, seed_call
from pipelines.planning.values import StagePlan
from pipelines.recipe.hub_names import hub_name, is_hub_name
from pipelines.recipe.names import taxonomy_of
from pipelines.recipe.panel import Panel, Rescue, target_references
from pipelines.recipe.schema import OrBench
from pipelines.recipe.writing import ImportedSeeds, ShippedSeeds, WrittenSeeds
from pipelines.sources.source import resolve
from taxonomy.loader import shipped_seeds
from taxonomy.model import Taxonomy

_SAFE_SHARE = 0.8
"""Share of rewrites that the paper's moderators found safe: 80,359 of about 100,000."""

_TOXIC_SEEDS = "a hosted model is asked to write toxic seeds: mind its provider's terms"


def stages(recipe: OrBench) -> tuple[StagePlan, ...]:
    """The stages in the order in which they run.

    Raises:
        SourceError: The file of the seeds is not there, or its name on the Hub is none.
    """
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
        return StagePlan("seeds", _shipped(recipe.taxonomy, seeds))
    if is_hub_name(seeds.source):
        note = f"rows of {hub_name(seeds.source)} are not known before it is fetched"
        return StagePlan("seeds", None, notes=(note,))
    return StagePlan("seeds", _rows_of(recipe, seeds, taxonomy))


def _shipped(taxonomy: str, seeds: ShippedSeeds) -> int:
    counts = Counter(seed.category for seed in shipped_seeds(taxonomy))
    return sum(min(count, seeds.per_category or count) for count in counts.values())


def _written(recipe: OrBench, seeds: WrittenSeeds, taxonomy: Taxonomy) -> StagePlan:
    asked = [name for name in taxonomy.names if not taxonomy.get(name).sensitive]
    calls = len(asked) * math.ceil(seeds.per_category / seeds.per_call)
    size = seed_call(taxonomy, seeds.per_call)
    notes = [f"one round; up to {seeds.max_rounds} where seeds repeat each other"]
    if is_hosted(recipe, seeds.writer):
        notes.append(_TOXIC_SEEDS)
    asks = (ask(recipe, seeds.writer, calls, size, seeds.max_tokens),)
    return StagePlan("seeds", len(asked) * seeds.per_category, asks, notes=tuple(notes))


def _rows_of(recipe: OrBench, seeds: ImportedSeeds, taxonomy: Taxonomy) -> int:
    from pipelines.sources.seeds import read_seeds  # loads the table libraries

    source = resolve(seeds.source, recipe.folder)
    rows = read_seeds(source, taxonomy, seeds.column, seeds.category_column, seeds.category)
    return len(rows)


def _rewrite(recipe: OrBench, seeds: int | None) -> StagePlan:
    rewrite = recipe.rewrite
    size = rewrite_call(rewrite.per_seed)
    notes = [f"up to {rewrite.tries} times as many calls where rewrites are unusable"]
    if rewrite.target is not None:
        notes.append(f"up to {rewrite.rounds} rounds for categories below {rewrite.target} rows")
    rows = None if seeds is None else seeds * rewrite.per_seed
    asks = (ask(recipe, rewrite.writer, seeds, size, rewrite.max_tokens),)
    return StagePlan("rewrite", rows, asks, notes=tuple(notes))


def _moderate(recipe: OrBench, taxonomy: Taxonomy, prompts: int | None) -> StagePlan:
    return StagePlan("moderate", prompts, tuple(prompt_votes(recipe, taxonomy, prompts)))


def _later(recipe: OrBench, taxonomy: Taxonomy, prompts: int | None) -> Iterator[StagePlan]:
    if recipe.openers is not None:
        yield StagePlan("openers", prompts)
    safe = None if prompts is None else round(prompts * _SAFE_SHARE)
    flagged = None if prompts is None or safe is None else prompts - safe
    if recipe.rescue is not None:
        yield _rescue(recipe, recipe.rescue, taxonomy, flagged)
    if recipe.panel is not None:
        yield _panel(recipe, recipe.panel, taxonomy, safe)
    if recipe.hard is not None:
        yield StagePlan("hard", recipe.hard.size)
    if recipe.toxic is not None:
        yield StagePlan("toxic", recipe.toxic.size)


def _rescue(recipe: OrBench, rescue: Rescue, taxonomy: Taxonomy, flagged: int | None) -> StagePlan:
    asks = (
        ask(recipe, rescue.answerer, flagged, answer_call(), rescue.max_tokens),
        *exchange_votes(recipe, taxonomy, flagged),
    )
    note = f"as if {1 - _SAFE_SHARE:.0%} of the prompts were flagged, the paper's share"
    return StagePlan("rescue", flagged, asks, notes=(note,))


def _panel(recipe: OrBench, panel: Panel, taxonomy: Taxonomy, safe: int | None) -> StagePlan:
    targets = [each.name for each in target_references(panel.targets)]
    answers = None if safe is None else safe * len(targets)
    asks = (
        *(ask(recipe, name, safe, answer_call(), panel.max_tokens) for name in targets),
        *judgments(recipe, taxonomy, panel, answers),
    )
    note = f"as if {_SAFE_SHARE:.0%} of the prompts were safe, the paper's share"
    return StagePlan("panel", safe, asks, notes=(note,))
