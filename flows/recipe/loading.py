"""Reads a recipe: YAML, overrides, schema, then names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from flows.recipe.messages import recipe_error
from flows.recipe.names import require_names
from flows.recipe.overrides import overridden
from flows.recipe.reading import read_yaml
from flows.recipe.schema import AnyRecipe, Recipe


def parse(given: Mapping[str, object], path: Path) -> Recipe:
    """The recipe that a mapping says, such as one that `model_dump(by_alias=True)` gave.

    Args:
        given: What the recipe says, by its keys as in YAML.
        path: The file it was read from: its name and its folder are the recipe's.

    Raises:
        RecipeError: It breaks the schema or names what does not exist.
        TaxonomyUnknown: There is no such taxonomy.
    """
    try:
        recipe = _adapter().validate_python(given, context=path)
    except ValidationError as error:
        raise recipe_error(error, given) from None
    require_names(recipe)
    return recipe


def load(path: Path, overrides: Sequence[str] = ()) -> Recipe:
    """The recipe in a YAML file, with `dotted.key=value` overrides put over it.

    Returns:
        An `OrBench`, a `SorryBench` or an `Evaluation`, by the recipe's `benchmark`.

    Raises:
        RecipeError: The file cannot be read, breaks the schema or names what does not exist; one
            line names the rule and the value.
        TaxonomyUnknown: There is no such taxonomy.
    """
    return parse(overridden(read_yaml(path), overrides), path)


@cache
def _adapter() -> TypeAdapter[Recipe]:
    return TypeAdapter(AnyRecipe)
