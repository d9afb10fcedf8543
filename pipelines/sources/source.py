"""A source of rows: which file, at which revision, under which licence; revisions stay pinned."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from base.did_you_mean import did_you_mean
from base.errors import RecordUnreadableError
from base.files import read_json, sha256_file, write_json
from pipelines.errors import SourceError
from pipelines.recipe.hub_names import Kind, hub_name, is_hub_name
from pipelines.recipe.loading import FROZEN, parse
from pipelines.recipe.names import taxonomy_of
from pipelines.recipe.schema import OrBench, Recipe
from pipelines.recipe.writing import ImportedSeeds, ShippedSeeds
from pipelines.sources.hub import pin
from pipelines.sources.models import located
from taxonomy import Taxonomy
from taxonomy.loader import seeds_file, seeds_path
from taxonomy.model import TaxonomyUnknownError

SHIPPED_LICENSE = "cc-by-4.0"
"""The licence of the seeds that come with the project; its code is Apache-2.0."""
_SHIPPED = "shipped:"


@dataclass(frozen=True, slots=True)
class Source:
    """One table that rows are taken from.

    Attributes:
        paths: Where its files lie on this machine, in order: one, or shards of the Hub.
        name: What it is called in rows and keys: the file's name, never a machine's folder; on the
            Hub its whole name without a revision.
        revision: SHA-256 of the file's bytes; of the shards' hashes where it has several.
        license: Its licence in lower case, or None where nobody says.
        redistribute: Whether its texts, and what is made from them, may be published.
        commit: On the Hub: the commit at which it is read.
    """

    paths: tuple[Path, ...]
    name: str
    revision: str
    license: str | None
    redistribute: bool
    commit: str | None = None


def resolve(
    source: str, folder: Path, license: str | None = None, redistribute: bool = False
) -> Source:
    """The file that a recipe or a command names.

    Args:
        source: A path, absolute, or from `folder`, or from the working folder; or a file of a data
            set on the Hub, which is fetched unless the Hub's cache has it.
        folder: The recipe's folder.
        license: The licence that the recipe states.
        redistribute: Whether the recipe says that the texts may be published; it counts for
            nothing where no licence is stated.

    Raises:
        SourceError: There is no such file, it cannot be read, or the Hub does not answer.
    """
    stated = license.strip().lower() if license else None
    redistribute = redistribute and stated is not None
    if is_hub_name(source):
        return _on_the_hub(source, stated, redistribute)
    path = located(folder, source)
    if path is None:
        raise SourceError(f"source must exist{_nearest_file(folder / source)}", source)
    return Source((path,), path.name, _digest(path), stated, redistribute)


def shipped(taxonomy: str) -> Source:
    """The seeds that come with a taxonomy.

    Raises:
        TaxonomyUnknownError: It comes without.
    """
    path = seeds_path(taxonomy)
    return Source((path,), f"{_SHIPPED}{path.name}", _digest(path), SHIPPED_LICENSE, True)


def seeds_of_taxonomy(
    taxonomy: Taxonomy, license: str | None = None, redistribute: bool = False
) -> Source:
    """The seeds that come with a taxonomy: those of its own file, else the shipped ones.

    Args:
        taxonomy: The taxonomy.
        license: The licence that the recipe states of a file of one's own.
        redistribute: Whether the recipe says that the texts of such a file may be published.

    Raises:
        TaxonomyUnknownError: It comes without.
        SourceError: Its own file is not there or cannot be read.
    """
    file = seeds_file(taxonomy)
    if file is not None and file.is_own:
        name = str(file.path.absolute())
        found = resolve(name, file.path.parent, license, redistribute)
        return replace(found, name=file.path.name)
    if file is None:
        rule = "a taxonomy must come with seeds, in a file that it names as files.seeds"
        raise TaxonomyUnknownError(rule, taxonomy.name)
    return shipped(file.owner.name)


def seeds_source(recipe: OrBench) -> Source | None:
    """The table of a recipe's seeds, or None where a model writes them.

    Raises:
        SourceError: There is no such file, it cannot be read, or the Hub does not answer.
        TaxonomyUnknownError: The taxonomy comes without seeds.
    """
    seeds = recipe.seeds
    if isinstance(seeds, ShippedSeeds):
        found = seeds_of_taxonomy(taxonomy_of(recipe), seeds.license, bool(seeds.redistribute))
        if seeds.license is not None and found.name.startswith(_SHIPPED):
            rule = "seeds that are shipped must keep their own licence: state none for them"
            raise SourceError(rule, seeds.license)
        return found
    if isinstance(seeds, ImportedSeeds):
        return resolve(seeds.source, recipe.folder, seeds.license, seeds.redistribute)
    return None


def _on_the_hub(source: str, license: str | None, redistribute: bool) -> Source:
    from pipelines.sources.hub import fetch, pin  # loads the Hub's client

    name = pin(hub_name(source))
    paths = fetch(name)
    hashes = [_digest(path) for path in paths]
    joined = hashlib.sha256("\n".join(hashes).encode()).hexdigest()
    revision = hashes[0] if len(hashes) == 1 else joined
    return Source(paths, name.unpinned, revision, license, redistribute, name.revision)


def _nearest_file(path: Path) -> str:
    siblings = sorted(path.parent.iterdir()) if path.parent.is_dir() else []
    return did_you_mean(path.name, [each.name for each in siblings])


def _digest(path: Path) -> str:
    try:
        return sha256_file(path)
    except OSError as error:
        raise SourceError(f"source must be a readable file: {error.strerror}", path.name) from error


PINS = "sources.json"

RecipeT = TypeVar("RecipeT", bound=Recipe)

_PINS = TypeAdapter(dict[str, str])
_MODELS = "models"
_ON_THE_HUB = re.compile(r'"(hf://(?:datasets|models)/[^"\\\s]+@[0-9a-f]{40}[^"\\\s]*)"')


class Pins:
    """The revisions of one run's sources, by their names as the recipe asks for them.

    They are kept in the run's folder once the run has begun, so that a resumed run reads what it
    read before, however far the repositories have moved on; another version asks anew. Where what
    is kept breaks off, the recipe that lies beside it tells them too.
    """

    def __init__(self, run: Path) -> None:
        """Reads what the run's folder keeps, if anything."""
        self._file = run / PINS
        self._known: dict[str, str] = {}
        self._used: dict[str, str] = {}
        try:
            self._known = read_json(self._file, _PINS) if self._file.exists() else {}
            _require_pins(self._known)
        except (RecordUnreadableError, SourceError):
            self._known, self._used = {}, _used_in(run / FROZEN)
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
            self._known[str(name)] = self._used.get(name.unpinned) or str(pin(name))
        return self._known[str(name)]


def _require_pins(known: Mapping[str, str]) -> None:
    """Refuses what is no commit of the name that it is kept for."""
    for name, kept in known.items():
        pinned = hub_name(kept)
        if not pinned.is_pinned or pinned.unpinned != hub_name(name).unpinned:
            raise SourceError("what is kept of a source must be a commit of it", name)


def _used_in(frozen: Path) -> dict[str, str]:
    """The names on the Hub that a run's recipe has one commit of, by the name without it."""
    try:
        text = frozen.read_text(encoding="utf-8")
        names = {hub_name(found) for found in _ON_THE_HUB.findall(text)}
    except (OSError, ValueError, SourceError):
        return {}
    used: dict[str, set[str]] = {}
    for name in names:
        if name.is_pinned:
            used.setdefault(name.unpinned, set()).add(str(name))
    return {unpinned: found.pop() for unpinned, found in used.items() if len(found) == 1}


def _kind(part: str) -> Kind:
    return "model" if part == _MODELS else "dataset"
