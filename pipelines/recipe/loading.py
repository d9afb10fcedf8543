"""Reads a recipe: YAML, overrides, schema, then names; and a recipe as it was used."""

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from artifacts import published_recipe
from base import foreign_text
from base.did_you_mean import did_you_mean
from base.errors import RefuseryError
from base.problems import Problems
from pipelines.errors import RecipeError
from pipelines.recipe.mending import mended
from pipelines.recipe.models import EmbeddedModel
from pipelines.recipe.names import unknown_models, wrong_names
from pipelines.recipe.schema import AnyRecipe, Recipe

_LARGEST = 1_000_000


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping that a YAML file holds.

    Raises:
        RecipeError: There is no such file, it is no YAML in UTF-8, holds no mapping, or gives a
            key twice.
    """
    text = _text(path)
    try:
        given = foreign_text.read_yaml(text, _Loader, merges=True)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else path.name
        raise RecipeError(f"{path.name}: must be valid YAML: {error.problem}", where) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise RecipeError(f"recipe must be valid YAML: {_why(error)}", path.name) from error
    if not isinstance(given, dict):
        raise RecipeError(f"{path.name}: must be a mapping of keys", _kind(given))
    return given


def read_value(text: str) -> object:
    """One value as YAML types it: `0.5` a number, `yes` true, `[a, b]` a list.

    Raises:
        RecipeError: The text is no YAML.
    """
    try:
        return foreign_text.read_yaml(text, _Loader, merges=True)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise RecipeError("--set takes key=value with a YAML value", text[:60]) from error


def _text(path: Path) -> str:
    try:
        with foreign_text.open_regular(path) as file:
            data = file.read(_LARGEST + 1)
    except IsADirectoryError as error:
        raise RecipeError("recipe must be a file, not a folder", path) from error
    except (FileNotFoundError, NotADirectoryError) as error:
        names = [file.name for file in path.parent.glob("*.yaml")]
        raise RecipeError(f"recipe must exist{did_you_mean(path.name, names)}", path) from error
    except OSError as error:
        raise RecipeError(f"recipe must be readable: {error.strerror}", path) from error
    if len(data) > _LARGEST:
        raise RecipeError("recipe must be smaller than 1 MB", path.name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RecipeError("recipe must be text in UTF-8", path.name) from error


def _why(error: Exception) -> str:
    """A bound that is broken, in its own words; what else was raised may quote the file."""
    said = str(error)
    return said if said.startswith(("YAML must", "a number in YAML")) else "it cannot be read"


def _kind(given: object) -> str:
    return "nothing" if given is None else type(given).__name__


class _Loader(yaml.SafeLoader):
    """PyYAML keeps the last of two equal keys in silence; here they are an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[object] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"key `{key.value}` is given twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def overridden(given: dict[str, Any], overrides: Sequence[str]) -> dict[str, Any]:
    """A copy of what a recipe says with each `dotted.key=value` set, the later over the earlier.

    Values are YAML: `rewrite.temperature=0.5`, `moderate.moderators=[gpt4o, haiku]`, and
    `rescue=null` to leave a part out.

    Raises:
        RecipeError: An override has no `=` or no key, or leads through something that has no keys.
    """
    changed = copy.deepcopy(given)
    for override in overrides:
        key, equals, value = override.partition("=")
        steps = key.strip().split(".")
        if not equals or not all(steps):
            raise RecipeError("--set takes key=value, keys joined by dots", override[:60])
        _set(changed, steps, read_value(value))
    return changed


def _set(given: dict[str, Any], steps: list[str], value: object) -> None:
    place: Any = given
    for depth, step in enumerate(steps[:-1], start=1):
        if place.get(step) is None:
            place[step] = {}
        place = place[step]
        if not isinstance(place, dict):
            raise RecipeError("--set can only go through parts", ".".join(steps[:depth]))
    place[steps[-1]] = value


def parse(given: Mapping[str, object], path: Path) -> Recipe:
    """The recipe that a mapping says, such as one that `model_dump(by_alias=True)` gave.

    Args:
        given: What the recipe says, by its keys as in YAML.
        path: The file it was read from: its name and its folder are the recipe's.

    Raises:
        RecipeError: It breaks the schema or names what does not exist; the error carries all others
            (`base.problems`).
        TaxonomyUnknownError: There is no such taxonomy.
        TaxonomyInvalidError: Its file breaks a rule of taxonomies.
    """
    found = read_through(given, path)
    problems = Problems()
    for each in found.problems:
        problems.add(each)
    problems.raise_any()
    if found.recipe is None:
        raise RecipeError("a recipe must be readable", path.name)
    return found.recipe


@dataclass(frozen=True, slots=True)
class ReadThrough:
    """A recipe that was read to its end, whatever is wrong with it.

    Attributes:
        recipe: It, without what breaks the schema; None where a part that it needs cannot be read.
        problems: All that breaks the schema, and all names of what does not exist.
        broken: The keys of what breaks the schema: of what depends on them nothing is known.
    """

    recipe: Recipe | None
    problems: tuple[RefuseryError, ...]
    broken: tuple[str, ...] = ()

    def concerns(self, key: str) -> bool:
        """Whether a key, or one above or below it, breaks the schema."""
        own = key.partition(":")[0]
        return any(f"{own}.".startswith(f"{each}.") or each == own for each in self.broken)


def read_through(given: Mapping[str, object], path: Path) -> ReadThrough:
    """A recipe with all that is wrong with it; the arguments are those of `parse`."""
    recipe, breaches = mended(given, lambda said: _adapter().validate_python(said, context=path))
    problems = Problems()
    for breach in breaches:
        problems.add(breach.error)
    broken = [".".join(each.path) for each in breaches]
    if recipe is not None:
        for error in wrong_names(recipe):
            problems.add(error)
        broken += [f"models.{name}" for name in _stood_in(recipe, given)]
        if unknown := unknown_models(recipe):  # what is looked at next finds a model there
            plain = dict.fromkeys(unknown, EmbeddedModel(provider="embedded"))
            recipe = recipe.model_copy(update={"models": {**recipe.models, **plain}})
            broken += [f"models.{name}" for name in unknown]
    return ReadThrough(recipe, problems.found, tuple(broken))


def _stood_in(recipe: Recipe, given: Mapping[str, object]) -> Iterator[str]:
    """The models that are none of this machine, and for which one stands in."""
    said = given.get("models")
    for name, model in recipe.models.items():
        entry = said.get(name) if isinstance(said, dict) else None
        provider = entry.get("provider") if isinstance(entry, dict) else None
        if isinstance(model, EmbeddedModel) and provider != "embedded":
            yield name


def load(path: Path, overrides: Sequence[str] = ()) -> Recipe:
    """The recipe in a YAML file, with `dotted.key=value` overrides put over it.

    Returns:
        An `OrBench`, a `SorryBench` or an `Evaluation`, by the recipe's `benchmark`.

    Raises:
        RecipeError: The file cannot be read, breaks the schema or names what does not exist; one
            line names the rule and the value, and the error carries all others.
        TaxonomyUnknownError: There is no such taxonomy.
    """
    return parse(overridden(read_yaml(path), overrides), path)


def look_through(path: Path, overrides: Sequence[str] = ()) -> ReadThrough:
    """The recipe in a YAML file with all that is wrong with it; the arguments are those of `load`.

    Raises:
        RecipeError: The file cannot be read, or an override is none.
    """
    return read_through(overridden(read_yaml(path), overrides), path)


@cache
def _adapter() -> TypeAdapter[Recipe]:
    return TypeAdapter(AnyRecipe)


FROZEN = "recipe.json"
"""What a run's folder keeps of its recipe; each start of the run writes it anew."""


def freeze(recipe: Recipe) -> str:
    """The whole recipe as JSON, overrides in it, with the file that its paths start from."""
    said = recipe.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return json.dumps({"path": str(recipe.path.resolve()), "recipe": said}, indent=2)


def thaw(frozen: str) -> Recipe:
    """The recipe that `freeze` wrote.

    Raises:
        RecipeError: It is no such record, or the recipe in it is none.
    """
    try:
        content = foreign_text.read_json(frozen)
        recipe, path = content["recipe"], Path(content["path"])
    except (ValueError, TypeError, KeyError) as error:
        rule = "a run's record of its recipe must hold path and recipe"
        raise RecipeError(rule, type(error).__name__) from None
    if not isinstance(recipe, dict):
        raise RecipeError("a run's record of its recipe must hold path and recipe")
    return parse(recipe, path)


def published(recipe: Recipe) -> str:
    """The recipe as YAML for a manifest: overrides in it, what is private left out.

    No address of a server of one's own, no name of a key's variable and no folder stands in it.
    """
    said: dict[str, Any] = recipe.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return _dumped(published_recipe.published(said, lambda name: is_folder(recipe, name)))


def published_again(text: str) -> str:
    """A manifest's recipe in the form that `published` gives: older ones had addresses in it.

    Returns:
        The text as it is where nothing in it is private, and where it is no YAML mapping.
    """
    try:
        said = foreign_text.read_yaml(text)
    except (ValueError, yaml.YAMLError):
        return text
    if not isinstance(said, dict) or not any(published_recipe.private_keys(said)):
        return text
    return _dumped(published_recipe.published(said))


def is_folder(recipe: Recipe, name: str) -> bool:
    """Whether an encoder's name leads to a folder here, from the recipe's or the working one."""
    path = Path(name).expanduser()
    return (recipe.folder / path).exists() or path.exists()


def _dumped(said: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(said), sort_keys=False, allow_unicode=True)
