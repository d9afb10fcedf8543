"""A release's shards as configs to be audited."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from artifacts.manifest import MANIFEST, Manifest, read_manifest
from artifacts.tables import read_table
from artifacts.verify import verify
from artifacts.views import Value
from flows.auditing.errors import AuditInput
from flows.auditing.material import TEXT, Part, with_ids

ALL = "all"
"""The config of a mutated set that joins all others."""

FORMAT = 1
"""The newest manifest format that is known here."""


def open_sound(release: Path) -> Manifest:
    """The manifest of a release whose files are all as it says.

    Raises:
        AuditInput: A file is missing, changed or unknown to it, or a newer version wrote it.
        RecordUnreadable: The folder holds no release.
    """
    _require_known_format(release)
    found = verify(release)
    if found.problems:
        more = len(found.problems) - 1
        others = f" and {more} more problem{'s' if more > 1 else ''}" if more else ""
        raise AuditInput("a release must be as its manifest says", f"{found.problems[0]}{others}")
    return read_manifest(release)


def parts_of(release: Path, manifest: Manifest) -> tuple[Part, ...]:
    """The configs of a release, one without rows included.

    Raises:
        TableDamaged: A shard cannot be read.
    """
    numbers = manifest.mutations.numbers if manifest.mutations else {}
    return tuple(
        part_of(
            config.name,
            pl.concat([read_table(release / file.name) for file in config.files])
            if config.files
            else pl.DataFrame(schema=_EMPTY),
            numbers,
            config.stage,
            config.where,
        )
        for config in manifest.configs
    )


def part_of(
    name: str,
    rows: pl.DataFrame,
    numbers: Mapping[str, str],
    stage: str,
    where: Mapping[str, Value],
) -> Part:
    """A config in the one form that figures are computed from.

    Args:
        name: The config's name.
        rows: Its rows as they are released.
        numbers: The category's number as it is released, by the category's name; none where the
            column holds names.
        stage: The stage whose kept rows it shows.
        where: What a kept row must be to be in it.
    """
    if "turns" in rows.columns:
        rows = rows.with_columns(pl.col("turns").list.join("\n").alias(TEXT))
    if "prompt_style" in rows.columns:
        rows = rows.with_columns(style=pl.col("prompt_style"))
    if numbers:
        names = {number: category for category, number in numbers.items()}
        rows = rows.with_columns(pl.col("category").replace(names))
    encoded = "encoding" in rows.columns and rows["encoding"].drop_nulls().len() > 0
    joined = name == ALL and not where
    return Part(
        name=name,
        rows=with_ids(rows),
        stage=stage,
        where=where,
        in_words=not (encoded or joined),
    )


def encoded_note(parts: Iterable[Part]) -> tuple[str, ...]:
    """A sentence that names the configs whose texts are not measured by their words."""
    names = [part.name for part in parts if part.rows.height and not part.in_words]
    if not names:
        return ()
    return (
        f"{', '.join(names)}: encoded texts and configs that join others are not measured by "
        "their words",
    )


_EMPTY = pl.Schema({TEXT: pl.String, "category": pl.String, "id": pl.String, "row": pl.String})


def _require_known_format(release: Path) -> None:
    try:
        said = json.loads((release / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return  # reading the manifest says what is wrong with it
    found = said.get("format") if isinstance(said, dict) else None
    if isinstance(found, int) and found > FORMAT:
        rule = f"manifest.json must be of format {FORMAT} or older; a newer refusery reads it"
        raise AuditInput(rule, f"format {found}")
