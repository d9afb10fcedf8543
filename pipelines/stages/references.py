"""What rows are only held against (`dedup.against`): releases and tables, by their ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from artifacts.manifest import MANIFEST, read_manifest
from artifacts.user_tables import read_user_table
from base.files import sha256_file
from checks.identity import content_id
from curation.rows import Candidate
from pipelines.errors import SourceError
from pipelines.recipe import OrBench, SorryBench
from pipelines.recipe.hub_names import hub_name, is_hub_name
from pipelines.sources.models import located

_COLUMN = "prompt"


@dataclass(frozen=True, slots=True)
class References:
    """One table that rows are held against.

    Attributes:
        name: What evidence calls it: the file's name, the release's version and shard, or the
            file's name on the Hub.
        path: Where it lies.
        sha256: Hash of its bytes.
    """

    name: str
    path: Path
    sha256: str

    def rows(self) -> Sequence[Candidate]:
        """Its texts, each by the table's name and the text's id; evidence never holds a text."""
        texts = read_user_table(self.path, _COLUMN)[_COLUMN].to_list()
        return [Candidate(f"{self.name}#{content_id(text)}", text) for text in texts]


def read_references(recipe: OrBench | SorryBench) -> list[References]:
    """The tables that `dedup.against` names; a release's folder stands for all its shards.

    Raises:
        SourceError: One of them is not there, or the Hub does not answer.
        RecordUnreadableError: A folder holds no release.
    """
    found: list[References] = []
    for name in recipe.dedup.against:
        if is_hub_name(name):
            found.extend(_on_the_hub(name))
            continue
        path = located(recipe.folder, name)
        if path is None:
            raise SourceError("dedup.against must name tables or releases that are there", name)
        found.extend(_of(path))
    return found


def _on_the_hub(source: str) -> list[References]:
    from pipelines.sources.hub import fetch, pin  # loads the Hub's client

    name = pin(hub_name(source))
    paths = fetch(name)
    called = [name.unpinned] if name.is_file else [f"{name.unpinned}:{each.name}" for each in paths]
    return [
        References(each, path, sha256_file(path)) for each, path in zip(called, paths, strict=True)
    ]


def _of(path: Path) -> list[References]:
    if not (path / MANIFEST).exists() and path.is_file():
        return [References(path.name, path, sha256_file(path))]
    manifest = read_manifest(path)
    return [
        References(f"{manifest.version}/{file.name}", path / file.name, file.sha256)
        for config in manifest.configs
        for file in config.files
    ]
