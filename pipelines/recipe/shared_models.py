"""Relatives: models that moderate, are tested or judge, and share a model or a family.

A moderator that shares its model or family with a target has its own refusals in the labels that
the target is scored on; a judge that does may be lenient with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from pipelines.recipe.judges import judge_references
from pipelines.recipe.models import EmbeddedModel
from pipelines.recipe.panel import target_references
from pipelines.recipe.schema import OrBench, Recipe

_DOES = {"moderator": "moderates", "panel target": "is a panel target", "judge": "judges"}


@dataclass(frozen=True, slots=True)
class Part:
    """One model of a recipe in one role.

    Attributes:
        role: `moderator`, `panel target` or `judge`.
        name: The model's name in the recipe.
        model: What it is, wherever it is served.
        family: Who trained it, or None where the recipe does not say.
    """

    role: str
    name: str
    model: str
    family: str | None


def shared_models(recipe: Recipe) -> tuple[str, ...]:
    """A warning for each two roles that one model has, or two models of one kind or family."""
    if not isinstance(recipe, OrBench):
        return ()
    pairs = combinations(parts(recipe), 2)
    said = (_kinship(one, other) for one, other in pairs if one.role != other.role)
    return tuple(dict.fromkeys(each for each in said if each is not None))


def parts(recipe: OrBench) -> tuple[Part, ...]:
    """Every model that moderates, is a target or judges, once for each role."""
    return tuple(dict.fromkeys(_parts(recipe)))


def _parts(recipe: OrBench) -> Iterator[Part]:
    panel = recipe.panel
    roles = (
        ("moderator", recipe.moderate.references()),
        ("panel target", target_references(panel.targets) if panel else ()),
        ("judge", judge_references("judge", panel.judge) if panel else ()),
    )
    for role, references in roles:
        for each in references:
            if each.kind == "model":
                entry = recipe.models[each.name]
                file = entry.path if isinstance(entry, EmbeddedModel) else None
                model = (file or entry.model).rpartition("/")[2].lower()
                yield Part(role, each.name, model, entry.family)


def _kinship(one: Part, other: Part) -> str | None:
    if one.name == other.name:
        return f"{one.name} {_DOES[one.role]} and {_DOES[other.role]}"
    both = f"{one.name} ({one.role}) and {other.name} ({other.role}) are both"
    if one.model == other.model:
        return f"{both} {one.model}"
    if one.family is not None and one.family == other.family:
        return f"{both} of family {one.family}"
    return None
