"""What stages are made of must say what it depends on: asked for before a run's first stage."""

from __future__ import annotations

from collections.abc import Iterator

from base.digests import digests_of, require_digest
from moderators.classify import Classifier
from moderators.refusal.types import RefusalJudge
from pipelines.recipe import Evaluation, OrBench, SorryBench, taxonomy_of
from pipelines.recipe.base_set import BuiltBase
from pipelines.recipe.judges import KEYWORD
from pipelines.recipe.writing import WrittenSeeds
from pipelines.sorry_bench.styles import makers
from pipelines.stages.judges import refusal_judge
from pipelines.stages.makers import (
    cleaning_checks,
    moderator_plans,
    rewriter,
    rewriting_checks,
    seed_writer,
)


def require_digests(recipe: OrBench | SorryBench | Evaluation) -> None:
    """Refuses a check, a style, a moderator, a judge or a writer without a digest.

    What it depends on would be in no fingerprint, and an edited one would leave old rows standing.

    Raises:
        DigestError: One has none; the error names it.
    """
    if isinstance(recipe, OrBench):
        _or_bench(recipe)
    elif isinstance(recipe, SorryBench):
        _sorry_bench(recipe)
    else:
        digests_of("judge", [refusal_judge(recipe, each) for each in recipe.evaluate.judges])


def _or_bench(recipe: OrBench) -> None:
    taxonomy, edition = taxonomy_of(recipe), recipe.release.version
    for checks in (cleaning_checks(recipe), *rewriting_checks(recipe, taxonomy).values()):
        digests_of("check", checks)
    digests_of("moderator", moderator_plans(recipe, taxonomy))
    digests_of("judge", _judges(recipe))
    require_digest("writer", recipe.rewrite.writer, rewriter(recipe, taxonomy, edition))
    if isinstance(recipe.seeds, WrittenSeeds):
        writer = seed_writer(recipe, recipe.seeds, edition)
        require_digest("writer", recipe.seeds.writer, writer)


def _judges(recipe: OrBench) -> Iterator[RefusalJudge]:
    if recipe.rescue is not None:
        yield refusal_judge(recipe, KEYWORD)
    if recipe.panel is not None:
        yield refusal_judge(recipe, recipe.panel.judge)


def _sorry_bench(recipe: SorryBench) -> None:
    digests_of("check", cleaning_checks(recipe))
    if recipe.mutate is not None:
        digests_of("style", makers(recipe, recipe.mutate))
    if isinstance(recipe.base, BuiltBase):
        taxonomy = taxonomy_of(recipe)
        digests_of(
            "classifier", [Classifier.of(each, taxonomy) for each in recipe.base.classifiers]
        )
