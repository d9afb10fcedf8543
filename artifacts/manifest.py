"""What a release says of itself: `manifest.json`, written last."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from artifacts.files import FileRecord, sha256_text
from artifacts.funnel import Edge
from artifacts.json_files import read_json, write_json
from artifacts.views import Value

MANIFEST = "manifest.json"
CARD = "README.md"


@dataclass(frozen=True, slots=True)
class Recipe:
    """The recipe that a release was made by, whole."""

    name: str
    text: str
    sha256: str

    @classmethod
    def of(cls, name: str, text: str) -> Recipe:
        """A recipe with the hash of its text."""
        return cls(name, text, sha256_text(text))


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """One model or encoder of a run: what it is, not where it ran.

    Attributes:
        name: Its name in the recipe.
        role: What it did: writer, moderator, encoder, ...
        provider: The protocol it was asked by.
        model: Its name as its server knows it.
        identity: What its replies are keyed by; a file's SHA-256 for an embedded one.
    """

    name: str
    role: str
    provider: str
    model: str
    identity: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run's replies cost, those bought in earlier runs included.

    Attributes:
        calls: Calls that brought a reply.
        input_tokens: Tokens sent.
        output_tokens: Tokens received.
        usd: Price in US dollars, or None where one is unknown.
    """

    calls: int
    input_tokens: int
    output_tokens: int
    usd: float | None


@dataclass(frozen=True, slots=True)
class SoundsRisky:
    """How many of the rows that are called safe sound risky ("seemingly toxic", measured).

    Attributes:
        measured: Safe rows on which a moderator said whether they do.
        risky: How many of them do.
    """

    measured: int
    risky: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """What a flow knows of a release beside its rows.

    Attributes:
        benchmark: The benchmark's name.
        version: The release's version.
        created: When it was made (ISO 8601); in the manifest alone, never in a shard.
        demo: Whether it only shows that the pipeline works.
        license: The data's licence.
        run: The run's folder, relative to the folder of all runs: `recipe/version`.
        recipe: The recipe.
        models: All models and encoders that had a part in it.
        categories: The taxonomy's categories, in the order in which they are shown.
        funnel: Rows by stage.
        contested: Near pairs that were kept because their labels differ.
        undecided: Rows that are in no config because their votes do not decide.
        sounds_risky: How many of the safe rows sound risky.
        cost: What it cost.
    """

    benchmark: str
    version: str
    created: str
    demo: bool
    license: str
    run: str
    recipe: Recipe
    models: tuple[ModelIdentity, ...]
    categories: tuple[str, ...]
    funnel: tuple[Edge, ...]
    contested: int
    undecided: int
    sounds_risky: SoundsRisky
    cost: Cost


@dataclass(frozen=True, slots=True)
class ConfigRecord:
    """One config of a release: its shards, and what is in them.

    Attributes:
        name: The config's name and folder.
        rows: Rows of all its shards; a config without rows has no shard.
        stage: The stage whose kept rows it shows.
        where: The values that a kept row's columns have if the row is in it.
        redistribute: Whether every row's source may be given on.
        columns: The type of each column on disk.
        categories: Rows by category, all of the taxonomy's included.
        files: Its shards, in order.
    """

    name: str
    rows: int
    stage: str
    where: Mapping[str, Value]
    redistribute: bool
    columns: Mapping[str, str]
    categories: Mapping[str, int]
    files: tuple[FileRecord, ...]


@dataclass(frozen=True, slots=True)
class CardRecord:
    """The card's file."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest(ReleaseFacts):
    """All that a release says of itself.

    Attributes:
        format: Version of this format.
        canary: A GUID by which the data can be found where it should not be.
        configs: The configs; the first is the default one.
        card: The card.
    """

    format: Literal[1] = 1
    canary: str
    configs: tuple[ConfigRecord, ...]
    card: CardRecord


_MANIFEST = TypeAdapter(Manifest)


def canary(benchmark: str, version: str, files: Iterable[FileRecord]) -> str:
    """The GUID of a release: the same for the same benchmark, version and data."""
    lines = "".join(f"{file.sha256}  {file.name}\n" for file in files)
    content = hashlib.sha256(lines.encode()).hexdigest()
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{benchmark}\n{version}\n{content}"))


def write_manifest(release: Path, manifest: Manifest) -> None:
    """Writes the manifest into a release folder whose other files are all there."""
    write_json(release / MANIFEST, manifest, _MANIFEST)


def read_manifest(release: Path) -> Manifest:
    """The manifest of a release folder.

    Raises:
        RecordUnreadable: There is none, or it is no such manifest.
    """
    return read_json(release / MANIFEST, _MANIFEST)
