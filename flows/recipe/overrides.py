"""`--set key=value`: one key of a recipe is changed for one run."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from flows.errors import RecipeError
from flows.recipe.reading import read_value


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
