"""Reads a recipe's YAML: errors name the line, and no key is given twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from flows.errors import RecipeError
from flows.recipe.base import did_you_mean

_LARGEST = 1_000_000


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping that a YAML file holds.

    Raises:
        RecipeError: There is no such file, it is no YAML in UTF-8, holds no mapping, or gives a
            key twice.
    """
    text = _text(path)
    try:
        given = yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else path.name
        raise RecipeError(f"{path.name}: must be valid YAML: {error.problem}", where) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise RecipeError("recipe must be valid YAML", path.name) from error
    if not isinstance(given, dict):
        raise RecipeError(f"{path.name}: must be a mapping of keys", _kind(given))
    return given


def read_value(text: str) -> object:
    """One value as YAML types it: `0.5` a number, `yes` true, `[a, b]` a list.

    Raises:
        RecipeError: The text is no YAML.
    """
    try:
        return yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise RecipeError("--set takes key=value with a YAML value", text[:60]) from error


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except IsADirectoryError as error:
        raise RecipeError("recipe must be a file, not a folder", path) from error
    except OSError as error:
        names = [file.name for file in path.parent.glob("*.yaml")]
        raise RecipeError(f"recipe must exist{did_you_mean(path.name, names)}", path) from error
    if len(data) > _LARGEST:
        raise RecipeError("recipe must be smaller than 1 MB", f"{path.name}, {len(data)} bytes")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RecipeError("recipe must be text in UTF-8", path.name) from error


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
