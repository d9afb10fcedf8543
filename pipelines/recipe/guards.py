"""Guards in a recipe: each may be used only for what it can judge."""

import re
from collections.abc import Iterable, Mapping

from moderators.guards.dialect import Guard
from moderators.guards.registry import guards
from moderators.refusal.classifier import FORMS
from pipelines.errors import RecipeError
from pipelines.recipe.base import Reference
from pipelines.recipe.models import OpenAIModel
from pipelines.recipe.moderation import LogprobModerator
from pipelines.recipe.schema import OrBench, Recipe
from taxonomy.model import Taxonomy

_OTHERS = {form.dialect: form.does for form in FORMS.values()}
"""What the dialects do that no moderator speaks: those of trained judges."""

_MODERATOR = re.compile(r"moderate\.moderators\.\d+")
_JUDGE = re.compile(r"(panel\.judge|evaluate\.judges\.\d+)(\.judges\.\d+)?")
_MODEL = ".model"


def dialects_of(recipe: Recipe) -> Mapping[str, str]:
    """The dialects of the recipe's models that have one, by the models' names."""
    return {
        name: model.dialect
        for name, model in recipe.models.items()
        if isinstance(model, OpenAIModel) and model.dialect is not None
    }


def marked_guards(recipe: Recipe) -> frozenset[str]:
    """The guards that are sent bare text, with their own marks round it."""
    return frozenset(
        name
        for name, model in recipe.models.items()
        if isinstance(model, OpenAIModel)
        and model.dialect is not None
        and (model.api, model.layout) == ("completions", "own")
    )


def require_fit_guards(recipe: Recipe, taxonomy: Taxonomy, references: Iterable[Reference]) -> None:
    """Refuses a guard that is used for what it cannot judge.

    Raises:
        RecipeError: A moderator cannot judge prompts, or with a rescue exchanges; a judge cannot
            tell refusals; or a guard stands where a chat model must.
    """
    dialects, known = dialects_of(recipe), guards(taxonomy)
    for reference in references:
        if reference.kind == "model" and reference.name in dialects:
            dialect = dialects[reference.name]
            _require_fit(reference, dialect, known.get(dialect))
    if isinstance(recipe, OrBench) and recipe.rescue is not None:
        _require_exchanges(recipe, dialects, known)


def _require_fit(reference: Reference, dialect: str, guard: Guard | None) -> None:
    """The rule for one use of a guard; `guard` is None where no moderator speaks its dialect."""
    rule = does = ""
    if dialect in _OTHERS and _JUDGE.fullmatch(reference.key.removesuffix(_MODEL)):
        return
    if _MODERATOR.fullmatch(reference.key):
        if guard is None or "prompt" not in guard.takes:
            rule, does = "be able to judge prompts", "does not judge prompts"
    elif _JUDGE.fullmatch(reference.key):
        if guard is None or not guard.tells_refusals:
            rule, does = "be able to tell refusals", "does not tell refusals"
    else:
        rule, does = "be a chat model", "is a guard's"
    if rule:
        does = _OTHERS.get(dialect, does)
        raise RecipeError(f"{reference.key} must {rule}: dialect {dialect} {does}", reference.name)


def _require_exchanges(
    recipe: OrBench, dialects: Mapping[str, str], known: Mapping[str, Guard]
) -> None:
    for place, each in enumerate(recipe.moderate.moderators):
        voter = each if isinstance(each, str) else each.voter
        guard = known.get(dialects.get(voter, ""))
        if isinstance(each, LogprobModerator) or (guard and "exchange" not in guard.takes):
            key = f"moderate.moderators.{place}"
            raise RecipeError(f"{key} must be able to judge exchanges where rescue is set", voter)
