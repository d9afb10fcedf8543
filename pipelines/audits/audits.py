"""The three things that are audited: a release, what a build is about to release, any table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from artifacts import audit_facts, releases, schemas, stage_tables, user_tables, version_facts
from artifacts.manifest import Manifest, ReleaseFacts
from artifacts.views import View
from auditing import data, embedding, figures, stages
from checks.language_table import ENGLISH
from pipelines.audits.comparisons import earlier_releases, joined, named
from pipelines.audits.released import encoded_note, open_sound, part_of, parts_of, read_tables
from pipelines.audits.settings import settings_in, settings_of
from pipelines.recipe.schema import Recipe
from pipelines.runner.run import Run
from taxonomy import Taxonomy

SEED = 7

_SAFE_SETS = ("id", "row", "root", "seed_id", "writer", "source", "license")
_MUTATED_SETS = ("id", "row", "root", "prompt_style", "source", "license")
_NO_RUN = "the run's tables are not there: votes are of released rows, blocks are not told apart"


@dataclass(frozen=True, slots=True)
class Release:
    """A release that was audited.

    Attributes:
        audit: What was found.
        manifest: Its manifest.
        rows: The rows of each config as they were read.
    """

    audit: audit_facts.Audit
    manifest: Manifest
    rows: Mapping[str, pl.DataFrame]


def audit_release(
    release: Path,
    runs: Path | None,
    drive: embedding.Drive,
    *,
    manifest: Manifest | None = None,
    against: Sequence[str] = (),
    settings: data.Settings | None = None,
    folder: Path | None = None,
    seed: int = SEED,
) -> Release:
    """Audits a release from its shards, its manifest, and its run's tables where they are there.

    Args:
        release: The release's folder.
        runs: The folder of all runs; None to audit the release alone.
        drive: Runs programs that ask the encoder of the settings.
        manifest: The release's, where `open_sound` has given it already.
        against: Releases, tables and `hf://` files that rows are held against too.
        settings: How to measure; by default as the release's own recipe says.
        folder: The folder that names in `against` start from, before the working folder.
        seed: The seed of every sample.

    Raises:
        AuditInputError: The release is not as its manifest says, or is of a newer format.
        RecordUnreadableError: The folder holds no release.
        SourceError: What it is held against is not there.
    """
    manifest = manifest or open_sound(release)
    parts = parts_of(release, manifest)
    before = (*_before(release, manifest), *named(against, folder))
    audit = audit_parts(manifest, parts, runs, drive, against=before, settings=settings, seed=seed)
    return Release(audit, manifest, {part.name: part.rows for part in parts})


def audit_parts(
    facts: ReleaseFacts,
    parts: tuple[data.Part, ...],
    runs: Path | None,
    drive: embedding.Drive,
    *,
    against: tuple[data.Comparison, ...] = (),
    settings: data.Settings | None = None,
    seed: int = SEED,
) -> audit_facts.Audit:
    """Audits the configs of a release, written or about to be, by what is known of it.

    Args:
        facts: What its manifest says, or is to say.
        parts: Its configs.
        runs: The folder of all runs; None to audit the release alone.
        drive: Runs programs that ask the encoder of the settings.
        against: What rows are held against.
        settings: How to measure; by default as the release's own recipe says.
        seed: The seed of every sample.
    """
    run = runs / facts.run if runs else None
    tables = read_tables(run) if run else None
    known = tables or _released_votes(parts)
    how = settings or settings_in(facts.recipe.text, facts.benchmark, run)
    material = data.Material(
        name=f"{facts.data_set} {facts.version}",
        parts=parts,
        categories=facts.categories,
        styles=_styles(facts),
        stages=_stages(facts.funnel, parts, facts.categories, known),
        provenance=_SAFE_SETS if facts.mutations is None else _MUTATED_SETS,
        rules=facts.mutations is None and how.language == ENGLISH,
        against=against,
        seed=seed,
        notes=(*encoded_note(parts), *known.notes, *_language_note(how)),
        settings=how,
        known=known,
    )
    return figures.audited(material, drive)


def _parts_of(views: Sequence[View], numbers: Mapping[str, str]) -> tuple[data.Part, ...]:
    return tuple(part_of(view.config, view.rows, numbers, view.stage, view.where) for view in views)


def audit_views(
    run: Run,
    views: Sequence[View],
    recipe: Recipe,
    taxonomy: Taxonomy,
    *,
    funnel: Sequence[stage_tables.Edge],
    version: str,
    numbers: Mapping[str, str] | None = None,
    styles: Sequence[str] = (),
    against: Sequence[str] = (),
    earlier: Sequence[releases.Earlier] = (),
    lineage: version_facts.Lineage | None = None,
) -> audit_facts.Audit:
    """Audits what a build is about to release: the same figures as on the release afterwards.

    Args:
        run: The run, all of whose stages are finished.
        views: The configs, the default one first.
        recipe: What the run is.
        taxonomy: Its categories.
        funnel: The run's edges, as the manifest will have them.
        version: The version that is to be released.
        numbers: For a mutated set, the category's number by its name.
        styles: For a mutated set, its styles in order, `base` first.
        against: Releases, tables and `hf://` files that rows are held against.
        earlier: Releases that rows are held against.
        lineage: How the rows came from an earlier release.

    Raises:
        SourceError: What it is held against is not there.
        TableDamagedError: A table of the run or of an earlier release cannot be read.
    """
    parts = _parts_of(views, numbers or {})
    known = read_tables(run.context.layout.run) or data.RunTables()
    how = settings_of(recipe, taxonomy)
    material = data.Material(
        name=f"{recipe.data_set} {version}",
        parts=parts,
        categories=taxonomy.names,
        styles=tuple(styles),
        stages=_stages(funnel, parts, taxonomy.names, known),
        provenance=_MUTATED_SETS if styles else _SAFE_SETS,
        rules=not styles and how.language == ENGLISH,
        against=(*earlier_releases(earlier, lineage), *named(against, recipe.folder)),
        notes=(*encoded_note(parts), *known.notes, *_language_note(how)),
        settings=how,
        known=known,
    )
    return figures.audited(material, embedding.by_engine(run.context.engine()))


def _language_note(how: data.Settings) -> Iterator[str]:
    """What is measured otherwise, or not at all, as the texts are not in English."""
    if how.language != ENGLISH:
        yield f"the style rules are English: they are not counted for language {how.language}"
    if how.ngrams is not None:
        yield (
            f"the encoder does not know language {how.language}: near repeats are told by "
            f"{how.ngrams.length}-grams of characters, and there is no Vendi score"
        )


def audit_table(
    table: Path,
    drive: embedding.Drive,
    *,
    column: str = data.TEXT,
    category_column: str | None = None,
    against: Sequence[str] = (),
    settings: data.Settings | None = None,
    folder: Path | None = None,
    seed: int = SEED,
) -> tuple[audit_facts.Audit, pl.DataFrame]:
    """Audits any table of prompts, and gives its rows as they were read.

    Args:
        table: A CSV, TSV, JSON, JSON Lines, Parquet or XLSX table.
        drive: Runs programs that ask the encoder of the settings.
        column: The column with the texts; a list of turns counts as one text.
        category_column: The column with the categories; None for `category` where there is one,
            and else for no figures by category.
        against: Releases, tables and `hf://` files that rows are held against.
        settings: How to measure; by default with the shipped encoder at 0.92.
        folder: The folder that names in `against` start from, before the working folder.
        seed: The seed of every sample.

    Raises:
        TableUnreadableError: The table is missing, has no rows, or is not what its ending says.
        ColumnUnusableError: A column is missing, or holds something else than texts.
    """
    material = table_material(
        table, column, category_column, settings=settings, against=named(against, folder), seed=seed
    )
    (part,) = material.parts
    return figures.audited(material, drive), part.rows


def table_material(
    table: Path,
    column: str = data.TEXT,
    category_column: str | None = None,
    *,
    settings: data.Settings | None = None,
    against: tuple[data.Comparison, ...] = (),
    seed: int = SEED,
) -> data.Material:
    """What is audited of a table; its arguments are those of `audit_table`.

    Raises:
        TableUnreadableError: The table is missing, has no rows, or is not what its ending says.
        ColumnUnusableError: A column is missing, or holds something else than texts.
    """
    rows = _table_rows(table, column, category_column)
    styles = sorted(set(rows["style"]) - {""})
    categories = sorted(set(rows["category"]) - {""})
    columns = dict.fromkeys((*_SAFE_SETS[1:], *_MUTATED_SETS[1:]))
    return data.Material(
        name=table.name,
        parts=(data.Part(name=table.name, rows=rows),),
        categories=tuple(categories),
        settings=replace(settings or data.Settings(), quotas={}, taxonomy=None),
        styles=tuple(styles) if len(styles) > 1 else (),
        provenance=tuple(name for name in columns if name in rows.columns),
        against=against,
        seed=seed,
        notes=(_NO_STAGES,) if categories else (_NO_STAGES, _NO_CATEGORIES),
    )


CATEGORY = "category"
"""The column in which a table's categories are looked for."""
_NO_STAGES = "a table has no run: its stages and votes are not known"
_NO_CATEGORIES = (
    "the table has no column `category`: the balance of categories (entropy, largest to smallest, "
    "Cramér's V) and coverage by category are left out; --category-column names another column"
)


def _table_rows(table: Path, column: str, category_column: str | None) -> pl.DataFrame:
    """The rows with `id`, `prompt`, `category` and perhaps `style`; one category "" for none."""
    texts_alone = user_tables.has_texts_alone(table)
    rows = joined(user_tables.read_any_table(table), column)
    rows = user_tables.with_texts(rows, column, empty_is_text=texts_alone)
    named = category_column or CATEGORY
    if category_column is None and named not in rows.columns:
        rows = rows.with_columns(pl.lit("").alias(named))
    if rows.schema.get(named, pl.String).is_integer():
        rows = rows.with_columns(pl.col(named).cast(pl.String))
    rows = user_tables.with_texts(rows, named, empty_is_text=False)
    if not rows.height:
        raise data.AuditInputError("a table must have at least one row", table)
    rows = rows.with_columns(prompt=pl.col(column), category=pl.col(named))
    if rows.schema.get("prompt_style") == pl.String:
        rows = rows.with_columns(style=pl.col("prompt_style").fill_null(""))
    else:
        rows = rows.drop("style", strict=False)
    return data.with_ids(
        rows.drop("id", "base_row", strict=False)
    )  # ids of others are not contents'


def _styles(manifest: ReleaseFacts) -> tuple[str, ...]:
    found = manifest.mutations
    return tuple(style.name for style in found.styles) if found else ()


def _stages(
    funnel: Sequence[stage_tables.Edge],
    parts: Iterable[data.Part],
    categories: Sequence[str],
    known: data.RunTables,
) -> tuple[audit_facts.StageBalance, ...]:
    drawn = [
        (part.name, part.stage, part.where, stage_tables.tally(part.rows["category"]))
        for part in parts
    ]
    return stages.stage_balances(funnel, drawn, categories, known.entered)


def _before(release: Path, manifest: Manifest) -> tuple[data.Comparison, ...]:
    """The releases before this one in the same output folder."""
    out = release.resolve().parent.parent.parent
    earlier = releases.releases_before(out, manifest.data_set, manifest.version)
    return earlier_releases(earlier, manifest.lineage)


def _released_votes(parts: Sequence[data.Part]) -> data.RunTables:
    """Votes, labels and answers as released rows carry them, where the run's tables are gone."""
    votes, labels, answers = (
        [data.VOTES.to_frame()],
        [data.LABELS.to_frame()],
        [data.ANSWERS.to_frame()],
    )
    for part in parts:
        rows = part.rows
        if "origin" in rows.columns:  # votes on seeds are no votes on prompts
            rows = rows.filter(pl.col("origin") != "seed")
        if rows.schema.get("votes") == schemas.RELEASE_VOTES:
            votes.append(_flat(rows, "votes").select(data.VOTES.names()))
            own = rows.filter(~pl.col("rescued").fill_null(False)) if "rescued" in rows else rows
            labels.append(own.select(data.LABELS.names()))
        if rows.schema.get("panel") == schemas.RELEASE_PANEL:
            kinds = pl.lit(None, pl.String).alias("refusal_kind")
            answers.append(_flat(rows, "panel").with_columns(kinds).select(data.ANSWERS.names()))
    return data.RunTables(
        votes=pl.concat(votes).unique(["row", "model"], keep="first", maintain_order=True),
        labels=pl.concat(labels).unique("row", keep="first", maintain_order=True),
        answers=pl.concat(answers).unique(["row", "model"], keep="first", maintain_order=True),
        notes=(_NO_RUN,),
    )


def _flat(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """One row for each struct of a list, with the key of the row that it is of."""
    return rows.select("row", column).explode(column).drop_nulls(column).unnest(column)
