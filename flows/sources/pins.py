"""Pins what a recipe reads from the Hub: a run keeps the revisions that it began with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from artifacts.json_files import read_json, write_json
from flows.recipe.loading import parse
from flows.recipe.schema import Recipe
from flows.sources.hub import pin
from flows.sources.hub_names import Kind, hub_name, is_hub_name

PINS = "sources.json"

RecipeT = TypeVar("RecipeT", bound=Recipe)

_PINS = TypeAdapter(dict[str, str])
_MODELS = "models"


class Pins:
    """The revisions of one run's sources, by their names as the recipe asks for them.

    They are kept in the run's folder once the run has begun, so that a resumed run reads what it
    read before, however far the repositories have moved on; another version asks anew.
    """

    def __init__(self, run: Path) -> None:
        """Reads what the run's folder keeps, if anything."""
        self._file = run / PINS
        self._known: dict[str, str] = read_json(self._file, _PINS) if self._file.exists() else {}
        self._kept = dict(self._known)

    def put(self, recipe: RecipeT) -> RecipeT:
        """The recipe with a commit in each of its `hf://` names.

        So its frozen form, the digests of its parts and the manifest all say what was read.

        Raises:
            SourceError: A name is none, or the Hub cannot say which commit it stands for now.
        """
        said = recipe.model_dump(mode="json", by_alias=True, exclude_unset=True)
        pinned = {key: self._pinned(value, _kind(key)) for key, value in said.items()}
        if pinned == said:
            return recipe
        found = parse(pinned, recipe.path)
        if not isinstance(found, type(recipe)):
            raise TypeError("a pinned recipe is of the same benchmark")
        return found

    def keep(self) -> None:
        """Writes them into the run's folder; to be called once the run has begun."""
        if self._known != self._kept:
            write_json(self._file, self._known, _PINS)
            self._kept = dict(self._known)

    def _pinned(self, value: object, kind: Kind) -> object:
        if isinstance(value, Mapping):
            return {key: self._pinned(each, kind) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self._pinned(each, kind) for each in value]
        if not isinstance(value, str) or not is_hub_name(value):
            return value
        name = hub_name(value, kind)
        if name.is_pinned:
            return str(name)
        if str(name) not in self._known:
            self._known[str(name)] = str(pin(name))
        return self._known[str(name)]


def _kind(part: str) -> Kind:
    return "model" if part == _MODELS else "dataset"
