"""Atoms, checks and moderators as a recipe describes them."""

from __future__ import annotations

from checks.characters import ControlCharacters
from checks.drift import DriftBand, NearExample
from checks.language import Language
from checks.length import Length
from checks.registry import build as build_checks
from flows.recipe import OrBench, taxonomy_of
from flows.recipe.moderate import LogprobModerator
from flows.recipe.seeds import WrittenSeeds
from generators.continued import ContinuedRewriter
from generators.examples.loader import load_examples
from generators.rewrite import JsonRewriter
from generators.seeds import SeedWriter
from generators.templates import load as load_template
from inference.types import Atom, Check, Item
from moderators.registry import Parts
from moderators.registry import build as build_moderator
from moderators.types import ModeratorPlan
from taxonomy import Taxonomy


def cleaning_checks(recipe: OrBench) -> tuple[Check, ...]:
    """What every text must pass, cheapest first."""
    part = recipe.clean
    checks: list[Check] = [Length(part.min_chars, part.max_chars), ControlCharacters()]
    checks.extend(build_checks(part.checks))
    if part.language is not None:
        checks.append(Language(part.language))
    return tuple(checks)


def rewriting_checks(recipe: OrBench, taxonomy: Taxonomy) -> dict[str, tuple[Check, ...]]:
    """What a rewrite must pass, by the category of its seed: what needs no encoder comes first.

    A rewrite that cleaning would drop is not worth keeping: its writer is asked again instead.
    """
    part = recipe.rewrite
    checks = (*cleaning_checks(recipe), *build_checks(part.checks))
    if part.drift is not None:
        checks += (DriftBand(part.encoder, part.drift.low, part.drift.high),)
    if part.examples is None:
        return dict.fromkeys(taxonomy.names, checks)
    shown = load_examples(taxonomy.name)
    limit = part.examples.limit
    return {
        name: (*checks, NearExample(part.encoder, shown.of(name).texts, limit))
        for name in taxonomy.names
    }


def rewriter(recipe: OrBench, taxonomy: Taxonomy) -> Atom[Item, tuple[str, ...]]:
    """The atom that rewrites seeds, in the answer form that the recipe asks for."""
    part = recipe.rewrite
    max_tokens = part.max_tokens or recipe.models[part.writer].max_tokens
    if part.form == "list":
        return ContinuedRewriter(
            part.writer,
            load_examples(taxonomy.name),
            temperature=part.temperature,
            top_p=part.top_p,
            max_tokens=max_tokens,
            edition=recipe.release.version,
        )
    return JsonRewriter(
        part.writer,
        taxonomy,
        load_template("rewrite"),
        part.per_seed,
        part.temperature,
        part.top_p,
        max_tokens,
        recipe.release.version,
    )


def seed_writer(recipe: OrBench, seeds: WrittenSeeds) -> SeedWriter:
    """The atom that writes seeds."""
    return SeedWriter(
        seeds.writer,
        taxonomy_of(recipe),
        load_template("seeds"),
        seeds.per_call,
        seeds.temperature,
        seeds.top_p,
        seeds.max_tokens or recipe.models[seeds.writer].max_tokens,
        recipe.release.version,
    )


def moderator_plans(recipe: OrBench, taxonomy: Taxonomy) -> tuple[ModeratorPlan, ...]:
    """The recipe's moderators, in order."""
    models = tuple(recipe.models)
    plans: list[ModeratorPlan] = []
    for given in recipe.moderate.moderators:
        if isinstance(given, str):
            plans.append(build_moderator(given, Parts(taxonomy, models=models)))
        elif isinstance(given, LogprobModerator):
            plans.append(build_moderator(given.voter, Parts(taxonomy, models=models)))
        else:
            encoder = getattr(given, "encoder", None)
            plans.append(build_moderator(given.kind, Parts(taxonomy, encoder, models)))
    return tuple(plans)
