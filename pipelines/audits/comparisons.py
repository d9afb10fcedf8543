"""What an audited set is held against: earlier releases, releases and tables that are named."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from artifacts.manifest import MANIFEST, Manifest, read_manifest
from artifacts.releases import Earlier
from artifacts.user_tables import has_texts_alone, read_any_table, with_texts
from artifacts.version_facts import Lineage
from auditing.data import TEXT, Comparison
from checks.identity import content_id
from curation.rows import Candidate
from pipelines.audits.released import parts_of
from pipelines.errors import SourceError
from pipelines.recipe.hub_names import hub_name, is_hub_name
from pipelines.sources.models import located

_COLUMNS = (TEXT, "turns")
_CARRIES = ("extend", "reviewed")


def named(names: Iterable[str], folder: Path | None = None) -> tuple[Comparison, ...]:
    """The releases, tables and `hf://` files of these names, as benchmarks.

    Args:
        names: Paths from `folder` or from the working folder, or names on the Hub.
        folder: The recipe's folder, where a recipe names them.

    Raises:
        SourceError: One is not there, or the Hub does not answer.
        TableUnreadableError: A table is empty, binary, or not what its ending says.
        ColumnUnusableError: A table has no column `prompt` or `turns`.
    """
    return tuple(_named(name, folder or Path()) for name in names)


def earlier_releases(
    earlier: Sequence[Earlier], lineage: Lineage | None = None
) -> tuple[Comparison, ...]:
    """Releases before the audited one; rows that were carried over from them are not compared.

    Args:
        earlier: The releases.
        lineage: How the audited set came from them.

    Raises:
        TableDamagedError: A shard of one cannot be read.
    """
    texts = {each.manifest.version: release_texts(each.path, each.manifest) for each in earlier}
    parent = lineage.parent if lineage is not None and lineage.mode in _CARRIES else None
    carried = (
        frozenset(each.row for each in texts.get(parent.version, ())) if parent else frozenset()
    )
    return tuple(
        Comparison(scope="release", name=version, texts=rows, carried=carried)
        for version, rows in texts.items()
    )


def release_texts(release: Path, manifest: Manifest) -> list[Candidate]:
    """A release's texts by their ids, each once; encoded ones are left out."""
    found: dict[str, Candidate] = {}
    for part in parts_of(release, manifest):
        if part.in_words:
            for id, text in part.rows.select("id", TEXT).iter_rows():
                found.setdefault(id, Candidate(id, text))
    return [*found.values()]


def _named(name: str, folder: Path) -> Comparison:
    if is_hub_name(name):
        from pipelines.sources.hub import fetch, pin  # loads the Hub's client

        pinned = pin(hub_name(name))
        rows = [each for path in fetch(pinned) for each in _texts(path)]
        return Comparison(scope="benchmark", name=pinned.unpinned, texts=_once(rows))
    path = located(folder, name)
    if path is None:
        raise SourceError("what a set is held against must be a table or release", name)
    if path.is_dir():
        manifest = read_manifest(path)
        called = f"{manifest.data_set} {manifest.version}"
        return Comparison(scope="benchmark", name=called, texts=release_texts(path, manifest))
    return Comparison(scope="benchmark", name=path.name, texts=_once(_texts(path)))


def _texts(path: Path) -> list[Candidate]:
    rows = read_any_table(path)
    column = next((each for each in _COLUMNS if each in rows.columns), TEXT)
    rows = with_texts(joined(rows, column), column, empty_is_text=has_texts_alone(path))
    return [Candidate(content_id(text), text) for text in rows[column]]


def joined(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Rows whose column of turns (a list of texts each) is one text each; any other as it is."""
    if isinstance(rows.schema.get(column), pl.List):
        return rows.with_columns(pl.col(column).list.join("\n"))
    return rows


def _once(rows: Iterable[Candidate]) -> list[Candidate]:
    return [*{each.row: each for each in rows}.values()]


def is_release(path: Path) -> bool:
    """Whether a path is the folder of a release, sound or not."""
    return path.is_dir() or (path / MANIFEST).exists()
