"""Prompts of a user's own, in place of shipped ones: the keys that name them, and their places."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from base.did_you_mean import did_you_mean
from checks.language_table import ENGLISH
from generators import rewriter, seed_writer
from generators.mutations import chats, style_judge
from generators.mutations.styles import WRITTEN
from inference.templates import Template, TemplateInvalidError, read_template
from pipelines.errors import RecipeError
from pipelines.recipe.languages import tongue_of
from pipelines.recipe.schema import Recipe
from pipelines.sources.models import located


@dataclass(frozen=True, slots=True)
class TemplateKey:
    """A key of a recipe that takes a template.

    Attributes:
        name: The key.
        shipped: The shipped templates that a file of one's own stands in for, by package path.
        needed: The places that it must have.
        other: The places that it may have beside them.
    """

    name: str
    shipped: tuple[str, ...]
    needed: frozenset[str]
    other: frozenset[str] = frozenset()


def _key(
    name: str, shipped: Collection[str], needed: Collection[str], other: Collection[str] = ()
) -> TemplateKey:
    return TemplateKey(name, tuple(shipped), frozenset(needed), frozenset(other))


def style_key(style: str) -> str:
    """The key of a written style's template."""
    return f"mutate.template.{style}"


_LANGUAGE = "language"
_MODERATORS = "moderators/templates"
_MUTATIONS = "generators/mutations/templates"
_POLICIES = ("paper", "lenient")
KEYS = MappingProxyType(
    {
        each.name: each
        for each in (
            _key(
                "seeds.template",
                ["generators/templates/seeds"],
                seed_writer.REQUIRED,
                seed_writer.OPTIONAL,
            ),
            _key(
                "rewrite.template",
                [f"generators/templates/{each}" for each in rewriter.WORDINGS],
                rewriter.REQUIRED,
                rewriter.OPTIONAL,
            ),
            _key(
                "moderate.template",
                [f"{_MODERATORS}/prompt_moderator_{each}" for each in _POLICIES],
                ["prompt"],
                ["categories", "names"],
            ),
            _key(
                "moderate.exchange_template",
                [f"{_MODERATORS}/exchange_moderator_{each}" for each in _POLICIES],
                ["prompt", "answer"],
                ["categories", "names"],
            ),
            *(
                _key(
                    style_key(name),
                    [f"{_MUTATIONS}/{style.template or name}"],
                    chats.REQUIRED,
                    chats.OPTIONAL,
                )
                for name, style in WRITTEN.items()
            ),
            _key(
                "mutate.judge_template",
                [f"{_MUTATIONS}/style_judge"],
                style_judge.REQUIRED,
                style_judge.OPTIONAL,
            ),
        )
    }
)
"""The keys that take a template, each with what it must show."""


def own_template(recipe: Recipe, key: str) -> Template | None:
    """The template that a recipe names under a key; None where it names none.

    Raises:
        RecipeError: There is no such file.
        TemplateInvalidError: It is no chat that asks, lacks a place that it must have, or has one
            that nothing fills; or a writer would not be told the recipe's language.
    """
    name = _named(recipe, key)
    if name is None:
        return None
    wanted = KEYS[key]
    path = located(recipe.folder, name)
    if path is None:
        raise RecipeError(f"{key} must be a file that is there", name)
    template = read_template(path, key, wanted.needed, wanted.other)
    code = tongue_of(recipe).code
    if code != ENGLISH and _LANGUAGE in wanted.other - template.places:
        rule = f"{key} must have a place ${_LANGUAGE} where language is {code}"
        raise TemplateInvalidError(rule, path.name)
    return template


def own_templates(recipe: Recipe) -> Iterator[tuple[str, Template]]:
    """Every template that a recipe names, by its key.

    Raises:
        RecipeError: There is no such file.
        TemplateInvalidError: As for `own_template`.
    """
    for key in KEYS:
        template = own_template(recipe, key)
        if template is not None:
            yield key, template


def require_templates(recipe: Recipe) -> None:
    """Refuses a recipe of which a template cannot be asked by, before anything is asked.

    Raises:
        RecipeError: There is no such file.
        TemplateInvalidError: As for `own_template`.
    """
    for _ in own_templates(recipe):
        pass


def shipped_text(name: str) -> str:
    """The text of a shipped template.

    Args:
        name: Its path from the top, less its ending: `generators/templates/rewrite_brief`.

    Raises:
        TemplateInvalidError: There is none of that name.
    """
    known = [each for key in KEYS.values() for each in key.shipped]
    if name not in known:
        raise TemplateInvalidError(f"a template must be shipped{did_you_mean(name, known)}", name)
    package, *folders = name.split("/")
    return files(package).joinpath(*folders[:-1], f"{folders[-1]}.md").read_text(encoding="utf-8")


def _named(recipe: Recipe, key: str) -> str | None:
    found: object = recipe
    for name in key.split("."):
        found = found.get(name) if isinstance(found, Mapping) else getattr(found, name, None)
    return found if isinstance(found, str) else None
