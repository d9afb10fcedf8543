"""The texts of earlier releases, which new rows are held against; evidence names their ids."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from artifacts import release_facts, schemas, tables, views
from artifacts.release_files import release_file
from artifacts.releases import Earlier
from curation.rows import Candidate

_TURNS = "turns"
(_ORIGIN,) = schemas.ORIGIN


def earlier_texts(releases: Iterable[Earlier], *, seeds: bool = True) -> list[Candidate]:
    """Every prompt of these releases once, as `VERSION#ID` of the first that has it.

    Of a fine-grained set these are the base requests: a mutation is near to its own base.

    Args:
        releases: The oldest first.
        seeds: Whether rows count that are seeds themselves (column `origin`).
    """
    found: dict[str, Candidate] = {}
    for each in releases:
        for config in each.manifest.configs:
            if _TURNS in config.columns and config.name != release_facts.BASE:
                continue
            for file in config.files:
                shard = release_file(each.path, file.name)
                left_out = not seeds and _ORIGIN in config.columns
                for id, text in _texts(shard, _TURNS in config.columns, left_out):
                    found.setdefault(id, Candidate(f"{each.manifest.version}#{id}", text))
    return list(found.values())


def earlier_ids(releases: Iterable[Earlier], style: str) -> frozenset[str]:
    """The ids of one prompt style's rows in these releases."""
    files = [
        release_file(each.path, file.name)
        for each in releases
        for config in each.manifest.configs
        if config.name == style
        for file in config.files
    ]
    return frozenset(id for file in files for id in tables.read_table(file, ["id"])["id"])


def rows_of(release: Earlier) -> pl.DataFrame:
    """Every row of a release once, in the order of its configs; no rows for an empty release."""
    configs = release.manifest.configs
    whole = [config for config in configs if config.name == views.ALL] or list(configs)
    frames = [
        tables.read_table(release_file(release.path, file.name))
        for each in whole
        for file in each.files
    ]
    if not frames:
        return pl.DataFrame(schema={"row": pl.String})
    return pl.concat(frames, how="diagonal").unique("row", keep="first", maintain_order=True)


def _texts(shard: Path, turns: bool, without_seeds: bool) -> Iterator[tuple[str, str]]:
    columns = ["id", _TURNS if turns else "prompt"]
    rows = tables.read_table(shard, [*columns, _ORIGIN] if without_seeds else columns)
    if without_seeds:
        rows = rows.filter(pl.col(_ORIGIN).ne_missing("seed")).select(columns)
    for id, text in rows.iter_rows():
        yield id, text[0] if turns else text
