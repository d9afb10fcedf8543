"""Relatives: models that moderate, are tested or judge, and share a model or a family.

A moderator that shares its model or family with a target has its own refusals in the labels that
the target is scored on; a judge that does may be lenient with it. Of mutations a style judge that
is the writer likes what it wrote, and a translator that translates back repeats its mistakes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from generators.mutations.styles import GROUPS
from pipelines.recipe.judges import judge_references
from pipelines.recipe.models import EmbeddedModel
from pipelines.recipe.panel import target_references
from pipelines.recipe.schema import OrBench, Recipe, SorryBench
from pipelines.recipe.writer_names import names_of

_DOES = {
    "moderator": "moderates",
    "panel target": "is a panel target",
    "judge": "judges",
    "writer": "writes mutations",
    "style judge": "judges their style",
    "translator": "translates",
    "back-translator": "translates back",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One model of a recipe in one role.

    Attributes:
        role: `moderator`, `panel target` or `judge`; of mutations `writer`, `style judge`,
            `translator` or `back-translator`.
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
    if isinstance(recipe, SorryBench):
        return tuple(_of_mutations(recipe))
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
                yield _part(recipe, role, each.name)


def _part(recipe: Recipe, role: str, name: str) -> Part:
    entry = recipe.models[name]
    file = entry.path if isinstance(entry, EmbeddedModel) else None
    return Part(role, name, (file or entry.model).rpartition("/")[2].lower(), entry.family)


def _of_mutations(recipe: SorryBench) -> Iterator[str]:
    """A line where the judge of some style's texts wrote them, and one for the translator.

    Here one model in two roles is warned of, and a family is not.
    """
    part = recipe.mutate
    if part is None or part.writer is None:
        return
    languages = [style for style in part.wanted if GROUPS[style] == "language"]
    own = names_of(part.writer)
    translators = names_of(part.translator) or own
    roles: list[tuple[str, str, str, str]] = []
    if judge := part.judge_among(recipe.models):
        writers = own if len(part.written) > len(languages) else ()
        writers += translators if languages else ()
        roles += (("writer", name, "style judge", judge) for name in dict.fromkeys(writers))
    if languages and (part.intent is not None or not part.bands.keys().isdisjoint(languages)):
        back = part.back_translator or translators[0]
        roles += (("translator", name, "back-translator", back) for name in translators)
    for role, name, other_role, other in roles:
        one, two = _part(recipe, role, name), _part(recipe, other_role, other)
        if one.model == two.model and (said := _kinship(one, two)):
            yield said


def _kinship(one: Part, other: Part) -> str | None:
    if one.name == other.name:
        return f"{one.name} {_DOES[one.role]} and {_DOES[other.role]}"
    both = f"{one.name} ({one.role}) and {other.name} ({other.role}) are both"
    if one.model == other.model:
        return f"{both} {one.model}"
    if one.family is not None and one.family == other.family:
        return f"{both} of family {one.family}"
    return None
