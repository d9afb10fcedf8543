"""Removing repeats: exact ones everywhere, near ones within a category, and near references.

What people have withdrawn goes before all.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from artifacts.manifest import MANIFEST, read_manifest
from artifacts.release_files import release_file
from artifacts.user_tables import read_user_table
from base.files import sha256_file
from checks.identity import content_id
from curation.characters import Measure
from curation.near import apart, dedup
from curation.rows import Candidate, Dropped, exact
from inference.types import Program
from pipelines.errors import SourceError
from pipelines.recipe import OrBench, SorryBench
from pipelines.recipe.hub_names import hub_name, is_hub_name
from pipelines.runner.rows import candidates, split, without
from pipelines.runner.stage import Frames
from pipelines.sources.models import located
from pipelines.versions.lineage import WITHDRAWN

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
    return [each for name in recipe.dedup.against for each in read_reference(recipe, name)]


def read_reference(recipe: OrBench | SorryBench, name: str) -> list[References]:
    """The tables that one entry of `dedup.against` names; the errors are the same."""
    if is_hub_name(name):
        return _on_the_hub(name)
    path = located(recipe.folder, name)
    if path is None:
        raise SourceError("dedup.against must name tables or releases that are there", name)
    return _of(path)


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
        References(f"{manifest.version}/{file.name}", release_file(path, file.name), file.sha256)
        for config in manifest.configs
        for file in config.files
    ]


def dedup_rows(
    rows: pl.DataFrame,
    encoder: Measure,
    threshold: float | None,
    references: Sequence[Candidate] = (),
    withdrawn: AbstractSet[str] = frozenset(),
) -> Program[Frames]:
    """Selects the first of each set of repeats: exact ones, near references, near ones by category.

    Args:
        rows: The whole table, in (category, row) order; its columns stay.
        encoder: The encoder's name in the recipe, or how texts are cut into characters.
        threshold: The cosine, or Jaccard index, from which on two texts are near;
            None for exact repeats only.
        references: What rows are only held against: `dedup.against`, earlier releases.
        withdrawn: The ids of rows that people withdrew from earlier releases.
    """
    dropped: list[Dropped] = [*_withdrawn(rows, withdrawn)]
    dropped.extend(exact(candidates(_left(rows, dropped))).dropped)
    left = candidates(_left(rows, dropped))
    dropped.extend((yield from held_against(left, references, encoder, threshold)))
    if threshold is not None:
        left = candidates(_left(rows, dropped), "category")
        near = yield from dedup(left, encoder, threshold)
        dropped.extend(near.dropped)
    return split(rows, dropped)


def held_against(
    rows: Sequence[Candidate],
    references: Sequence[Candidate],
    encoder: Measure,
    threshold: float | None,
) -> Program[tuple[Dropped, ...]]:
    """The rows that are near to a reference; the equal ones alone where there is no threshold."""
    if not rows or not references:
        return ()
    if threshold is None:
        return tuple(_equal(rows, references))
    far = yield from apart(rows, references, encoder, threshold)
    return far.dropped


def _equal(rows: Iterable[Candidate], references: Iterable[Candidate]) -> Iterator[Dropped]:
    known: dict[str, str] = {}
    for each in references:
        known.setdefault(content_id(each.text), each.row)
    for row in rows:
        if (first := known.get(content_id(row.text))) is not None:
            yield Dropped(row.row, "equal_reference", first, 1.0)


def _withdrawn(rows: pl.DataFrame, ids: AbstractSet[str]) -> Iterator[Dropped]:
    for row, text in rows.select("row", "text").iter_rows() if ids else ():
        if content_id(text) in ids:
            yield Dropped(row, WITHDRAWN)


def _left(rows: pl.DataFrame, dropped: Sequence[Dropped]) -> pl.DataFrame:
    return without(rows, {each.row for each in dropped})
