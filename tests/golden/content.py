"""Digests of what tables hold, whatever order, file layout or library they come from."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict

import polars as pl

_SHARD = re.compile(r"-\d+-of-\d+\.parquet$")
_STRUCTURE = re.compile(r"[^a-z0-9_]+")


class Table(TypedDict):
    """What is pinned of a table."""

    rows: int
    columns: Sequence[str]
    sha256: str


def bytes_digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def content(frame: pl.DataFrame, columns: Sequence[str]) -> Table:
    """A digest of these columns, over the rows in an order of their own."""
    rows = [json.dumps(row, ensure_ascii=False) for row in frame.select(columns).rows()]
    text = "\n".join(sorted(rows))
    return Table(
        rows=frame.height, columns=list(columns), sha256=hashlib.sha256(text.encode()).hexdigest()
    )


def stage_tables(run: Path) -> dict[str, pl.DataFrame]:
    """The tables of a run that have rows, by stage and table (`rewrite-0/dropped`).

    A stage is called by its folder below the run's.
    """
    shards: dict[str, list[Path]] = {}
    for path in sorted(run.rglob("*.parquet")):
        stage = stage_name(str(path.parent.relative_to(run)))
        shards.setdefault(f"{stage}/{_SHARD.sub('', path.name)}", []).append(path)
    tables = {name: pl.concat(map(pl.read_parquet, paths)) for name, paths in shards.items()}
    return {name: table for name, table in tables.items() if table.height}


def comparable(value: Any) -> Any:  # noqa: ANN401 - any JSON document
    """A document that can be compared with what is pinned.

    Numbers have nine digits behind the point, as libraries may add up in another order; what parts
    the words of a stage's name does not count.
    """
    if isinstance(value, float):
        return round(value, 9)
    if isinstance(value, Mapping):
        return {
            key: stage_name(inner) if key == "stage" and inner else comparable(inner)
            for key, inner in value.items()
        }
    return [comparable(inner) for inner in value] if isinstance(value, list) else value


def stage_name(name: str) -> str:
    """A stage's name, its words parted by hyphens."""
    return _STRUCTURE.sub("-", name)


def lost(pinned: Any, found: Any, at: str = "") -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Where a document does not hold what is pinned; it may hold further keys."""
    if isinstance(pinned, Mapping) and isinstance(found, Mapping):
        for key, inner in pinned.items():
            if key in found:
                yield from lost(inner, found[key], f"{at}.{key}")
            else:
                yield f"{at}.{key}: is gone"
    elif isinstance(pinned, list) and isinstance(found, list) and len(pinned) == len(found):
        for place, (one, other) in enumerate(zip(pinned, found, strict=True)):
            yield from lost(one, other, f"{at}[{place}]")
    elif pinned != found:
        yield f"{at}: {pinned!r:.80} has become {found!r:.80}"


def paths_of(value: Any, at: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON
    """Every key path of a JSON document with the type of what stands there."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from paths_of(inner, f"{at}.{key}" if at else key)
    elif isinstance(value, list):
        yield at, "list"
        for inner in value:
            yield from paths_of(inner, f"{at}[]")
    else:
        yield at, "null" if value is None else type(value).__name__
