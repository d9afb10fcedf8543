"""Prompt tasks, checks and moderators as a recipe describes them."""

from dataclasses import replace
from typing import Protocol

from checks.artefacts import ControlCharacters
from checks.drift import DriftBand, NearExample
from checks.identity import SeedCopy
from checks.language import Language
from checks.language_table import ENGLISH
from checks.length import Length
from checks.ngrams import ExampleOverlap, Ngrams, SeedOverlap
from checks.refusal_phrases import RefusedAbroad, WriterRefused
from checks.registry import build as build_checks
from checks.shown import ShownCopy, Shows
from generators import TEMPLATES
from generators.continued import ContinuedRewriter
from generators.examples.loader import load_examples
from generators.rewriter import JsonRewriter, bank_for, load_wordings
from generators.seed_writer import CELL, SeedWriter
from inference.templates import load_template
from inference.types import Check, Drafts, Item, PromptTask
from moderators.llm import LlmModerator
from moderators.policies import OWN, Policy, load_policy
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
from pipelines.recipe.moderation import LogprobModerator, ModelModerator
from pipelines.recipe.writing import WrittenSeeds
from pipelines.sources.templates import own_template
from pipelines.stages.identities import REWRITES, SEEDS, longest
from pipelines.stages.writers import Task, Writers
from taxonomy import Taxonomy
from taxonomy.cells import Cells, load_cells
from taxonomy.model import TaxonomyInvalidError


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


def rewriting_checks(
    recipe: OrBench, taxonomy: Taxonomy, edition: str
) -> dict[str, tuple[Check, ...]]:
    """What a rewrite must pass, by the category of its seed: what needs no encoder comes first.

    A rewrite that cleaning would drop is not worth keeping: its writer is asked again instead. Nor
    is one that copies what its own request has shown, whether the recipe measures that or not.
    """
    part, shows = recipe.rewrite, rewriter(recipe, taxonomy, edition, recipe.rewrite.writers[0])
    named = build_checks(fitting(recipe, part.checks))
    checks = (*cleaning_checks(recipe), *named, *_refused_abroad(recipe), ShownCopy(shows))
    ngrams = _ngrams(recipe)
    if part.drift is not None:
        checks += (
            (DriftBand(part.encoder, part.drift.low, part.drift.high),)
            if ngrams is None
            else (SeedOverlap(ngrams, _near_index(recipe, ngrams)),)
        )
    # After the drift, which finds most copies and measures them.
    checks += (SeedCopy(),)
    if part.examples is not None:
        checks += (
            NearExample(part.encoder, shows, part.examples.limit)
            if ngrams is None
            else ExampleOverlap(ngrams, shows, _near_index(recipe, ngrams)),
        )
    return dict.fromkeys(taxonomy.names, checks)


def _ngrams(recipe: OrBench) -> Ngrams | None:
    """How rewrites are measured where their encoder does not know the language; else None."""
    part = recipe.rewrite
    if knows(recipe.language, part.encoder, recipe.encoders):
        return None
    return Ngrams.of_language(recipe.language)


def _near_index(recipe: OrBench, ngrams: Ngrams) -> float:
    return recipe.dedup.jaccard or ngrams.near


class Rewriter(PromptTask[Item, Drafts], Shows, Protocol):
    """A task that rewrites seeds, and knows what it shows with each."""


def rewriters(recipe: OrBench, taxonomy: Taxonomy, edition: str) -> Writers:
    """Who rewrites seeds for an edition."""

    def task(writer: str) -> Task:
        return rewriter(recipe, taxonomy, edition, writer)

    return Writers.of(recipe.rewrite.writer, task, "rewrite", edition)


def seed_writers(recipe: OrBench, seeds: WrittenSeeds, edition: str) -> Writers:
    """Who writes seeds for an edition."""

    def task(writer: str) -> Task:
        return seed_writer(recipe, seeds, edition, writer)

    return Writers.of(seeds.writer, task, "seeds", edition)


def rewriter(recipe: OrBench, taxonomy: Taxonomy, edition: str, writer: str) -> Rewriter:
    """The task by which a model rewrites seeds, in the answer form that the recipe asks for.

    Raises:
        ExamplesInvalidError: There are no examples for a category that it may be asked about.
    """
    part = recipe.rewrite
    if part.form == "list":
        return ContinuedRewriter(
            writer,
            load_examples(taxonomy),
            temperature=part.temperature,
            top_p=part.top_p,
            max_tokens=part.max_tokens or recipe.models[writer].max_tokens,
            edition=edition,
        )
    own = own_template(recipe, "rewrite.template")
    wordings = load_wordings() if own is None else (own,)
    return JsonRewriter(
        writer,
        taxonomy,
        wordings,
        bank_for(wordings, taxonomy),
        count=part.per_seed,
        temperature=part.temperature,
        top_p=part.top_p,
        max_tokens=longest(part.max_tokens, recipe.models[writer], REWRITES),
        edition=edition,
        language=tongue_of(recipe).name,
    )


def seed_writer(recipe: OrBench, seeds: WrittenSeeds, edition: str, writer: str) -> SeedWriter:
    """The task by which a model writes seeds for an edition."""
    return SeedWriter(
        writer,
        taxonomy_of(recipe),
        own_template(recipe, "seeds.template") or load_template(TEMPLATES, "seeds"),
        seeds.per_call,
        seeds.temperature,
        seeds.top_p,
        longest(seeds.max_tokens, recipe.models[writer], SEEDS),
        edition,
        tongue_of(recipe).name,
    )


def policy_of(recipe: OrBench) -> Policy:
    """What the recipe's chat models are told when they moderate.

    Raises:
        RecipeError: A template of its own is not there.
        TemplateInvalidError: It lacks a place that it must have, or has one that nothing fills.
    """
    return _own_policy(recipe) or load_policy(recipe.moderate.policy)


def _own_policy(recipe: OrBench) -> Policy | None:
    """The policy that templates of the recipe's own make, with the shipped one for the rest."""
    prompt = own_template(recipe, "moderate.template")
    exchange = own_template(recipe, "moderate.exchange_template")
    if prompt is None and exchange is None:
        return None
    shipped = load_policy(recipe.moderate.policy)
    return Policy(OWN, prompt or shipped.prompt, exchange or shipped.exchange)


def cells_of(recipe: OrBench, taxonomy: Taxonomy) -> Cells | None:
    """What a recipe's calls for seeds are about, one cell each.

    None where no model writes seeds, and where the template has no place for a cell: all calls of
    a category then ask for the same.

    Raises:
        TaxonomyUnknownError: There are no lists for the taxonomy.
        TaxonomyInvalidError: They break a rule, or a category for which a model is asked has none.
    """
    if not isinstance(recipe.seeds, WrittenSeeds):
        return None
    template = seed_writer(recipe, recipe.seeds, "", recipe.seeds.writers[0]).template
    if CELL.isdisjoint(template.places):
        return None
    cells = load_cells(taxonomy)
    if without := [name for name in taxonomy.writable if name not in cells.sub_topics]:
        rule = f"each category of {taxonomy.name} that seeds are written for must have sub-topics"
        raise TaxonomyInvalidError(rule, ", ".join(without))
    return cells


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
        }
        | recipe.moderate.limits,
        policy=_own_policy(recipe) or recipe.moderate.policy,
    )
    plans: list[ModeratorPlan] = []
    for given in recipe.moderate.moderators:
        if isinstance(given, str):
            plans.append(build_moderator(given, parts))
        elif isinstance(given, LogprobModerator | ModelModerator):
            plans.append(build_moderator(given.voter, parts))
        else:
            encoder = getattr(given, "encoder", None)
            plans.append(build_moderator(given.kind, replace(parts, encoder=encoder)))
    return tuple(plans)
