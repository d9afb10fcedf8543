"""Prompt tasks, checks and moderators as a recipe describes them."""

from dataclasses import fields, replace
from typing import TYPE_CHECKING, TypeVar

from checks.artefacts import ControlCharacters
from checks.drift import DriftBand, NearExample
from checks.identity import SeedCopy
from checks.language import Language
from checks.language_table import ENGLISH
from checks.length import Length
from checks.ngrams import NEAR, ExampleOverlap, Ngrams, SeedOverlap
from checks.refusal_phrases import RefusedAbroad, WriterRefused
from checks.registry import build as build_checks
from generators import TEMPLATES
from generators.continued import ContinuedRewriter
from generators.examples.loader import load_examples
from generators.writers import JsonRewriter, SeedWriter
from inference.templates import load_template
from inference.types import Check, Item, PromptTask
from moderators.llm import LlmModerator
from moderators.registry import Parts
from moderators.registry import build as build_moderator
from moderators.types import ModeratorPlan
from pipelines.recipe import OrBench, SorryBench, taxonomy_of
from pipelines.recipe.guards import dialects_of, marked_guards
from pipelines.recipe.languages import (
    cleaned_language,
    fitting,
    knows,
    shortest,
    tongue_of,
)
from pipelines.recipe.moderation import LogprobModerator
from pipelines.recipe.writing import WrittenSeeds
from pipelines.stages.identities import REWRITES, SEEDS, longest
from taxonomy import Taxonomy

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

TaskT = TypeVar("TaskT", bound="DataclassInstance")


def cleaning_checks(recipe: OrBench | SorryBench) -> tuple[Check, ...]:
    """What every text must pass, cheapest first."""
    part = recipe.clean
    min_chars, min_words = shortest(recipe, part)
    checks: list[Check] = [Length(min_chars, part.max_chars, min_words), ControlCharacters()]
    checks.extend(build_checks(fitting(recipe, part.checks)))
    if (language := cleaned_language(recipe, part)) is not None:
        checks.append(Language(language))
    return tuple(checks)


def _refused_abroad(recipe: OrBench) -> tuple[Check, ...]:
    """What knows a writer's refusal in the recipe's language, beside the English one."""
    wanted = WriterRefused.name in recipe.rewrite.checks and recipe.language != ENGLISH
    return (RefusedAbroad(recipe.language),) if wanted else ()


def rewriting_checks(recipe: OrBench, taxonomy: Taxonomy) -> dict[str, tuple[Check, ...]]:
    """What a rewrite must pass, by the category of its seed: what needs no encoder comes first.

    A rewrite that cleaning would drop is not worth keeping: its writer is asked again instead.
    """
    part = recipe.rewrite
    named = build_checks(fitting(recipe, part.checks))
    checks = (*cleaning_checks(recipe), *named, *_refused_abroad(recipe))
    ngrams = _ngrams(recipe)
    if part.drift is not None:
        checks += (
            (DriftBand(part.encoder, part.drift.low, part.drift.high),)
            if ngrams is None
            else (SeedOverlap(ngrams, _near_jaccard(recipe)),)
        )
    # After the drift, which finds most copies and measures them.
    checks += (SeedCopy(),)
    if part.examples is None:
        return dict.fromkeys(taxonomy.names, checks)
    shown = load_examples(taxonomy.name)
    limit = part.examples.limit
    if ngrams is not None:
        return {
            name: (*checks, ExampleOverlap(ngrams, shown.of(name).texts, _near_jaccard(recipe)))
            for name in taxonomy.names
        }
    return {
        name: (*checks, NearExample(part.encoder, shown.of(name).texts, limit))
        for name in taxonomy.names
    }


def _ngrams(recipe: OrBench) -> Ngrams | None:
    """How rewrites are measured where their encoder does not know the language; else None."""
    part = recipe.rewrite
    if knows(recipe.language, part.encoder, recipe.encoders):
        return None
    return Ngrams.of_language(recipe.language)


def _near_jaccard(recipe: OrBench) -> float:
    return recipe.dedup.jaccard or NEAR


def in_language(recipe: OrBench, task: TaskT) -> TaskT:
    """The task, told the recipe's language where its requests have a place for one."""
    if recipe.language == ENGLISH:
        return task
    told = {"language": tongue_of(recipe).name}
    return replace(task, **told) if "language" in {each.name for each in fields(task)} else task


def rewriter(
    recipe: OrBench, taxonomy: Taxonomy, edition: str
) -> PromptTask[Item, tuple[str, ...]]:
    """The task that rewrites seeds for an edition, in the answer form that the recipe asks for."""
    part = recipe.rewrite
    if part.form == "list":
        return ContinuedRewriter(
            part.writer,
            load_examples(taxonomy.name),
            temperature=part.temperature,
            top_p=part.top_p,
            max_tokens=part.max_tokens or recipe.models[part.writer].max_tokens,
            edition=edition,
        )
    task = JsonRewriter(
        part.writer,
        taxonomy,
        load_template(TEMPLATES, "rewrite"),
        part.per_seed,
        part.temperature,
        part.top_p,
        longest(part.max_tokens, recipe.models[part.writer], REWRITES),
        edition,
    )
    return in_language(recipe, task)


def seed_writer(recipe: OrBench, seeds: WrittenSeeds, edition: str) -> SeedWriter:
    """The task that writes seeds for an edition."""
    task = SeedWriter(
        seeds.writer,
        taxonomy_of(recipe),
        load_template(TEMPLATES, "seeds"),
        seeds.per_call,
        seeds.temperature,
        seeds.top_p,
        longest(seeds.max_tokens, recipe.models[seeds.writer], SEEDS),
        edition,
    )
    return in_language(recipe, task)


def chat_moderators(recipe: OrBench, taxonomy: Taxonomy) -> tuple[str, ...]:
    """The moderators that are told how to decide by the recipe's policy."""
    plans = moderator_plans(recipe, taxonomy)
    return tuple(plan.name for plan in plans if isinstance(plan, LlmModerator))


def moderator_plans(recipe: OrBench, taxonomy: Taxonomy) -> tuple[ModeratorPlan, ...]:
    """The recipe's moderators, in order."""
    parts = Parts(
        taxonomy,
        models=tuple(recipe.models),
        dialects=dialects_of(recipe),
        marked=marked_guards(recipe),
        tries=recipe.moderate.tries,
        max_tokens={
            name: model.max_tokens
            for name, model in recipe.models.items()
            if model.max_tokens is not None
        },
        policy=recipe.moderate.policy,
    )
    plans: list[ModeratorPlan] = []
    for given in recipe.moderate.moderators:
        if isinstance(given, str):
            plans.append(build_moderator(given, parts))
        elif isinstance(given, LogprobModerator):
            plans.append(build_moderator(given.voter, parts))
        else:
            encoder = getattr(given, "encoder", None)
            plans.append(build_moderator(given.kind, replace(parts, encoder=encoder)))
    return tuple(plans)
