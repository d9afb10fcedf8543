"""One audit from start to end, for the verb and for the weekly flow: figures, gates, files."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from artifacts.audit_facts import AUDIT, Audit, write_audit
from artifacts.manifest import REPORT, Manifest
from auditing import data, embedding
from inference.encoders import Encoder
from pipelines.audits import comparisons, gates, released, settings
from pipelines.audits.audits import SEED, audit_release, audit_table
from pipelines.errors import NotBuiltError
from pipelines.recipe import OrBench, Recipe, SorryBench, load
from pipelines.runner.lock import require_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be audited, and how.

    Attributes:
        path: A release's folder, or a table.
        against: Releases, tables and `hf://` files that rows are held against too.
        recipe: The recipe whose gates, encoder and threshold count; None for no gates.
        overrides: `key=value` settings over the recipe.
        column: A table's column with the texts.
        category_column: A table's column with the categories; None for `category` where there is
            one, and else for no figures by category.
        cache: The output folder: embeddings are kept there, audits written.
        out: Where this audit is written; by default below `cache`.
        report: Whether the report is drawn.
        toxic_text: Whether the report shows rows of unsafe configs.
        all_rows: Whether all rows are written beside the report.
        seed: The seed of every sample.
    """

    path: Path
    against: tuple[str, ...] = ()
    recipe: Path | None = None
    overrides: tuple[str, ...] = ()
    column: str = "prompt"
    category_column: str | None = None
    cache: Path = Path("out")
    out: Path | None = None
    report: bool = True
    toxic_text: bool = False
    all_rows: bool = False
    seed: int = SEED


@dataclass(frozen=True, slots=True)
class Done:
    """An audit that was written.

    Attributes:
        audit: What was found, gates included.
        folder: Where it lies.
        manifest: The release's; None for a table.
    """

    audit: Audit
    folder: Path
    manifest: Manifest | None


def do_audit(wanted: Wanted) -> Done:
    """Audits a release or a table and writes `audit.json` and the report, whatever gates say.

    Raises:
        AuditInputError: A release is not as its manifest says, or is of a newer format.
        TableUnreadableError: A table is missing, has no rows, or is not what its ending says.
        ColumnUnusableError: A table lacks a column, or it holds something else than texts.
        RecipeError: The recipe cannot be read, or its gates name no config of the set.
        OutUnusableError: The folder to write to is a file.
    """
    if wanted.out is not None:
        require_folder(wanted.out)
    recipe = _recipe(wanted)
    found, manifest, rows = _measured(wanted, recipe)
    if recipe is not None and recipe.gates is not None:
        counts = manifest is not None and manifest.lineage.mode is not None
        found = replace(found, gates=gates.check_gates(recipe.gates, found, with_releases=counts))
    folder = folder_of(wanted, manifest)
    write_audit(folder / AUDIT, found)
    if wanted.report:
        from artifacts.report.files import write_report  # loads the drawing library

        write_report(
            folder / REPORT,
            found,
            manifest=manifest,
            rows=rows,
            toxic_text=wanted.toxic_text,
            all_rows=wanted.all_rows,
        )
    return Done(found, folder, manifest)


def _recipe(wanted: Wanted) -> OrBench | SorryBench | None:
    if wanted.recipe is None:
        return None
    recipe = load(wanted.recipe, wanted.overrides)
    if not isinstance(recipe, OrBench | SorryBench):
        raise NotBuiltError("an audit takes a recipe with gates", recipe.benchmark)
    return recipe


def _measured(
    wanted: Wanted, recipe: Recipe | None
) -> tuple[Audit, Manifest | None, Mapping[str, pl.DataFrame]]:
    folder = recipe.folder if recipe is not None else None
    if comparisons.is_release(wanted.path):
        manifest = released.open_sound(wanted.path)
        run = runs_beside(wanted.path) / manifest.run
        own = settings.settings_in(manifest.recipe.text, manifest.benchmark, run)
        how = settings.settings_of(recipe, own.taxonomy) if recipe is not None else own
        with _encoder(how.encoder, folder, wanted.cache) as encoder:
            found = audit_release(
                wanted.path,
                runs_beside(wanted.path),
                embedding.by_encoder(encoder),
                manifest=manifest,
                against=wanted.against,
                settings=how,
                folder=folder,
                seed=wanted.seed,
            )
        return found.audit, found.manifest, found.rows
    how = settings.settings_of(recipe) if recipe is not None else data.Settings()
    with _encoder(how.encoder, folder, wanted.cache) as encoder:
        audit, rows = audit_table(
            wanted.path,
            embedding.by_encoder(encoder),
            column=wanted.column,
            category_column=wanted.category_column,
            against=wanted.against,
            settings=how,
            folder=folder,
            seed=wanted.seed,
        )
    return audit, None, {wanted.path.name: rows}


@contextmanager
def _encoder(name: str, folder: Path | None, cache: Path) -> Iterator[Encoder]:
    encoder = Encoder(settings.encoder_spec(folder or Path(), name), cache / "embeddings")
    try:
        yield encoder
    finally:
        encoder.close()


def runs_beside(release: Path) -> Path:
    """`out/runs` for a release at `out/releases/<benchmark>/<version>`."""
    return release.resolve().parent.parent.parent / "runs"


def folder_of(wanted: Wanted, manifest: Manifest | None) -> Path:
    """`out/audits/<benchmark>/<version>`, or `out/audits/<table>` for a table."""
    if wanted.out is not None:
        return wanted.out
    audits = wanted.cache / "audits"
    if manifest is None:
        return audits / wanted.path.stem
    return audits / manifest.data_set / manifest.version
