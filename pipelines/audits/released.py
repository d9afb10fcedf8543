"""A release's shards, and what its run's own tables say beside them."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from artifacts import errors, records, schemas, views
from artifacts.manifest import MANIFEST, Manifest, read_manifest
from artifacts.release_files import release_file
from artifacts.seed_columns import with_seed_ids
from artifacts.stage_roles import MODERATE, PANEL
from artifacts.stage_tables import StageTables, open_stage, tally
from artifacts.tables import read_table
from artifacts.verify.release import verify
from auditing.data import ANSWERS, LABELS, TEXT, VOTES, AuditInputError, Part, RunTables, with_ids
from base.files import LARGEST_RECORD
from base.foreign_text import open_regular, read_json

ALL = "all"
"""The config of a mutated set that joins all others."""

FORMAT = 1
"""The newest manifest format that is known here."""


def open_sound(release: Path) -> Manifest:
    """The manifest of a release whose files are all as it says.

    Raises:
        AuditInputError: A file is missing, changed or unknown to it, or a newer version wrote it.
        RecordUnreadableError: The folder holds no release.
    """
    _require_known_format(release)
    found = verify(release)
    if found.problems:
        more = len(found.problems) - 1
        others = f" and {more} more problem{'s' if more > 1 else ''}" if more else ""
        raise AuditInputError(
            "a release must be as its manifest says", f"{found.problems[0]}{others}"
        )
    return read_manifest(release)


def parts_of(release: Path, manifest: Manifest) -> tuple[Part, ...]:
    """The configs of a release, one without rows included.

    Raises:
        TableDamagedError: A shard cannot be read.
    """
    numbers = manifest.mutations.numbers if manifest.mutations else {}
    return tuple(
        part_of(
            config.name,
            pl.concat([read_table(release_file(release, file.name)) for file in config.files])
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
    where: Mapping[str, views.Value],
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
    rows = with_seed_ids(rows, texts=True)
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
        with open_regular(release / MANIFEST) as file:
            said = read_json(file.read(LARGEST_RECORD))
    except (OSError, ValueError):
        return  # reading the manifest says what is wrong with it
    found = said.get("format") if isinstance(said, dict) else None
    if isinstance(found, int) and found > FORMAT:
        rule = f"manifest.json must be of format {FORMAT} or older; a newer refusery reads it"
        raise AuditInputError(rule, f"format {found}")


def read_tables(run: Path) -> RunTables | None:
    """The tables of a run's folder; None where they are not there.

    Raises:
        RecordUnreadableError: The run's record is malformed.
    """
    if not (run / records.RUN_FILE).exists():
        return None
    record = records.read_run(run)
    if record is None:
        return None
    try:
        return _read(run, record)
    except errors.TableDamagedError as error:
        return RunTables(notes=(f"the run's tables cannot be read: {error}",))


def _read(run: Path, record: records.RunRecord) -> RunTables:
    voted, panel = _last(record, MODERATE), _last(record, PANEL)
    moderated = _open(run, voted)
    answered = _open(run, panel)
    return RunTables(
        votes=moderated.read("votes", VOTES) if moderated else VOTES.to_frame(),
        labels=moderated.read("kept", LABELS) if moderated else LABELS.to_frame(),
        answers=answered.read("answers", ANSWERS) if answered else ANSWERS.to_frame(),
        entered={each.name: _given(run, each) for each in record.stages if not each.inputs},
    )


def _last(record: records.RunRecord, stage: str) -> records.StageEntry | None:
    found = [each for each in record.stages if each.stage == stage]
    return found[-1] if found else None


def _open(run: Path, entry: records.StageEntry | None) -> StageTables | None:
    return None if entry is None else open_stage(run, entry)[0]


def _given(run: Path, entry: records.StageEntry) -> dict[str, int]:
    """Rows by category that a source kept and dropped."""
    tables, _ = open_stage(run, entry)
    kept = tables.read("kept", pl.Schema({"category": schemas.ROWS["category"]}))
    dropped = tables.read("dropped", pl.Schema({"category": schemas.DROPPED["category"]}))
    return tally(pl.concat([kept, dropped])["category"])
