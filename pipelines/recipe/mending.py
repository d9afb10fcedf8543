"""A recipe that breaks the schema, read to its end: what is wrong is taken out, and told."""

import copy
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from pipelines.recipe.messages import Breach, breaches_of

RecipeT = TypeVar("RecipeT")

_ROUNDS = 100
_MODEL = "models"
_PLAIN_MODEL = {"provider": "embedded"}
_VERSION = ("release", "version")
_WRITER = "writer"


def mended(
    given: Mapping[str, Any], validate: Callable[[Mapping[str, Any]], RecipeT]
) -> tuple[RecipeT | None, list[Breach]]:
    """What a recipe says without what breaks the schema, and all that does.

    Args:
        given: What the recipe says, by its keys as in YAML.
        validate: Reads it.

    Returns:
        The recipe, None where nothing is left that can be read without a part that breaks the
        schema; and each breach once, in the order in which they are to be put right.
    """
    said = copy.deepcopy({**given})
    breaches: list[Breach] = []
    taken: set[tuple[str, ...]] = set()
    for _ in range(_ROUNDS):
        try:
            return validate(said), breaches
        except ValidationError as error:
            found = breaches_of(error, said)
        fresh = [each for each in found if not (_follows(each, taken) or _is_meant(each, breaches))]
        breaches += [each for each in fresh if str(each.error) not in map(_line, breaches)]
        # The last of a list first, so that the places of the others stay theirs.
        for breach in sorted(found, key=lambda each: each.path, reverse=True):
            if not _taken_out(said, breach, taken):
                return None, breaches
    return None, breaches


def _line(breach: Breach) -> str:
    return str(breach.error)


def _follows(breach: Breach, taken: set[tuple[str, ...]]) -> bool:
    """Whether a breach is there as something was taken out: at it, above it or below it."""
    return any(breach.path == each or each[: len(breach.path)] == breach.path for each in taken)


def _is_meant(breach: Breach, told: list[Breach]) -> bool:
    """Whether what is missing is what an unknown key was meant for."""
    beside = (each for each in told if each.path[:-1] == breach.path[:-1])
    return breach.missing and any(f"`{breach.path[-1]}`" in each.hint for each in beside)


def _taken_out(said: dict[str, Any], breach: Breach, taken: set[tuple[str, ...]]) -> bool:
    """Takes out what is wrong, or what needs what is missing; whether that could be done."""
    path = breach.path
    if breach.missing or path in taken:
        in_place = _in_place(said, path)
        if in_place is not None and (*path, "in place") not in taken:
            taken |= {path, (*path, "in place")}
            return _put(said, path, in_place)
        path = path[:-1]
    if not path or path in taken:
        return False
    taken.add(path)
    # What a model is, the rest of its keys may still say; what it lacks, nothing says.
    if len(path) > 1 and path[0] == _MODEL and (breach.missing or len(path) == 2):
        return _put(said, path[:2], dict(_PLAIN_MODEL))
    place = _at(said, path[:-1])
    if isinstance(place, list) and int(path[-1]) < len(place):
        del place[int(path[-1])]
    elif isinstance(place, dict):
        place.pop(path[-1], None)
    return True


def _in_place(said: Mapping[str, Any], path: tuple[str, ...]) -> str | None:
    """What may stand for a value that a recipe needs and that cannot be read; None for nothing."""
    models = said.get(_MODEL)
    if path[-1:] == (_WRITER,) and isinstance(models, dict) and models:
        return str(next(iter(models)))
    return "next" if path == _VERSION else None


def _put(said: dict[str, Any], path: tuple[str, ...], value: object) -> bool:
    place = _at(said, path[:-1])
    if isinstance(place, dict):
        place[path[-1]] = value
    return True


def _at(said: object, path: tuple[str, ...]) -> object:
    """What stands at a place; None where it went with what was taken out before."""
    for step in path:
        if isinstance(said, list) and step.isdecimal() and int(step) < len(said):
            said = said[int(step)]
        else:
            said = said.get(step) if isinstance(said, dict) else None
    return said
