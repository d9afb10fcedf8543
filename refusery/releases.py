"""Finished sets from Python: read, measured and verified."""

import os
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from artifacts.audit_facts import Audit
from artifacts.config_names import same_config
from artifacts.errors import TableDamagedError
from artifacts.manifest import MANIFEST, Manifest, read_manifest
from artifacts.release_files import release_file
from artifacts.schemas import OR_BENCH
from artifacts.sorry_bench_schemas import SORRY_BENCH
from artifacts.stage_tables import file_problems
from artifacts.tables import read_table
from artifacts.verify.release import Report
from artifacts.verify.release import verify as check
from artifacts.views import ALL
from base.did_you_mean import did_you_mean
from base.files import FileRecord
from refusery.inputs import USER_CACHE, Cache, Frame, InputError, cache_folder, rows_of
from refusery.recipes import GivenRecipe, file_of

if TYPE_CHECKING:
    from pipelines.audits.run import Wanted

Location = str | os.PathLike[str]
_SCHEMAS = {"or-bench": OR_BENCH, "sorry-bench": SORRY_BENCH}


def load(release: Location, config: str | None = None) -> pl.DataFrame:
    """Reads the rows of one config of a release, each file held against its hash.

    Args:
        release: A release's folder, or a repository on the Hub: `hf://owner/name`, with
            `@revision` for one version of it.
        config: `or-bench-hard`, `morse`, ...; by default `all` of a SORRY-Bench set and
            `or-bench-main` of an OR-Bench one. A name that the config had before (`or-bench-80k`)
            is read too, and a `FutureWarning` says the one that the release has.

    Returns:
        A polars frame; `.to_pandas()` makes a pandas one.

    Raises:
        RecordUnreadableError: The folder holds no release.
        InputError: It has no such config.
        TableDamagedError: A file is missing, or is not as its manifest says.
        SourceError: The repository cannot be read.

    Example:
        >>> import refusery
        >>> rows = refusery.load("out/releases/sorry-bench/2026.11.0", "caesar")
        >>> rows.height, rows["turns"][0].to_list()[0][-13:]
        (4, 'Qdph d ulyhu.')
    """
    folder = _manifest_from_hub(str(release)) if _is_on_hub(release) else Path(release)
    manifest = read_manifest(folder)
    names = [each.name for each in manifest.configs]
    _require_read(manifest)
    chosen = _config(config or (ALL if ALL in names else names[0]), names)
    found = next(each for each in manifest.configs if each.name == chosen)
    files = found.files
    if _is_on_hub(release):
        _files_from_hub(str(release), folder, files)
    for file in files:
        for problem in file_problems(release_file(folder, file.name), file):
            raise TableDamagedError(_AS_STATED, f"{file.name}: {problem}")
    tables = [read_table(release_file(folder, file.name)) for file in files]
    if any(table.schema != tables[0].schema for table in tables):
        raise TableDamagedError(_AS_STATED, f"{chosen}: files with other columns each")
    rows = pl.concat(tables) if tables else pl.DataFrame(schema=_SCHEMAS[manifest.benchmark])
    if rows.height != found.rows:
        raise TableDamagedError(
            _AS_STATED, f"{chosen}: it has {rows.height} rows and not {found.rows}"
        )
    return rows


def _config(said: str, names: Sequence[str]) -> str:
    """The config that is meant, by its name or by the one that it had before."""
    found = same_config(said, names)
    if found is None:
        hint = did_you_mean(said, names) or f": {', '.join(names)}"
        raise InputError(f"config must be one of the release's{hint}", said)
    if found != said:
        warnings.warn(
            f"config {said} is called {found} in this release", FutureWarning, stacklevel=3
        )
    return found


_AS_STATED = "a release must be as its manifest says"


def _require_read(manifest: Manifest) -> None:
    """Refuses a manifest that is whole, and not of any set that is read here."""
    if manifest.benchmark not in _SCHEMAS:
        rule = f"a release must be of {' or '.join(_SCHEMAS)}"
        raise InputError(rule, manifest.benchmark)
    names = [each.name for each in manifest.configs]
    if not names or len({*names}) != len(names):
        rule = "a release must have configs, each with a name of its own"
        raise TableDamagedError(rule, ", ".join(names) or "none")


def _is_on_hub(release: Location) -> bool:
    return str(release).startswith("hf://")


def _manifest_from_hub(release: str) -> Path:
    """The folder of this machine in which the release's files will lie, with its manifest."""
    from pipelines.recipe.hub_names import hub_name
    from pipelines.sources.hub import fetch_file

    return fetch_file(hub_name(f"{release}/{MANIFEST}")).parent


def _files_from_hub(release: str, folder: Path, files: Iterable[FileRecord]) -> None:
    from pipelines.recipe.hub_names import hub_name
    from pipelines.sources.hub import fetch_file

    for file in files:
        # The folder is named for the commit that the manifest was read at.
        name = hub_name(f"{release}/{file.name}").at(folder.name)
        fetch_file(name)


def verify(release: Location, *, runs: Location | None = None) -> Report:
    """Checks every hash of a release, and that every edge of its run adds up.

    Args:
        release: The release's folder.
        runs: The folder of all runs; by default `runs` beside the release's `releases`. Where the
            run is not there, the release alone is checked, and a note says so.

    Returns:
        `.sound`, `.problems` (a line for each, naming file or edge), `.notes`, `.edges`, `.files`.

    Raises:
        RecordUnreadableError: The folder holds no release, or the run's record is malformed.

    Example:
        >>> import refusery
        >>> report = refusery.verify("out/releases/sorry-bench/2026.11.0")
        >>> report.sound, report.problems
        (True, ())
    """
    from pipelines.audits.run import runs_beside

    folder = Path(release)
    return check(folder, runs_beside(folder) if runs is None else Path(runs))


def audit(
    given: Location | Frame,
    *,
    against: Location | Iterable[Location] = (),
    recipe: GivenRecipe | None = None,
    column: str = "prompt",
    category_column: str | None = None,
    out: Location | None = None,
    cache: Cache = USER_CACHE,
) -> Audit:
    """Measures balance, repeats, diversity, votes and refusals of a release or of any table.

    Args:
        given: A release's folder, a CSV, TSV, JSON, JSON Lines, Parquet or XLSX table, or a frame.
        against: Releases, tables or `hf://` files whose near repeats are counted too.
        recipe: The recipe whose gates, encoder and threshold count; by default no gates.
        column: A table's column with the texts.
        category_column: A table's column with the categories; by default `category`, and where a
            table has none the figures by category are left out.
        out: A folder for `audit.json` and `report.html`; by default nothing is written.
        cache: A folder for vectors; None keeps nothing.

    Returns:
        All figures as values: `.rows`, `.near`, `.diversity`, `.gates` (each with `.held`), ...

    Raises:
        AuditInputError: A release is not as its manifest says.
        TableUnreadableError: A table is missing, has no rows, or is not what its ending says.
        ColumnUnusableError: A table lacks a column, or it holds something else than texts.

    Example:
        >>> import refusery
        >>> import polars as pl
        >>> rows = pl.DataFrame({"prompt": ["Name a river."] * 2, "category": "facts"})
        >>> found = refusery.audit(rows)
        >>> found.rows, found.near[0].share
        ({'frame.parquet': 2}, 0.5)
    """
    from pipelines.audits.audits import CATEGORY
    from pipelines.audits.run import do_audit

    columns = (column, category_column or CATEGORY)
    with (
        cache_folder(cache) as folder,
        tempfile.TemporaryDirectory(prefix="refusery-") as made,
        _table(given, Path(made), *columns) as table,
    ):
        wanted = _wanted(table, against, recipe, column, category_column)
        where = Path(made) if out is None else Path(out)
        return do_audit(replace(wanted, cache=folder, out=where, report=out is not None)).audit


def _wanted(
    table: Path,
    against: Location | Iterable[Location],
    recipe: GivenRecipe | None,
    column: str,
    category_column: str | None,
) -> "Wanted":
    """What is audited, and against what."""
    from pipelines.audits.run import Wanted

    path, settings = (None, []) if recipe is None else file_of(recipe)
    many = (against,) if isinstance(against, str | os.PathLike) else against
    named = tuple(str(each) for each in many)
    return Wanted(
        path=table,
        against=named,
        recipe=path,
        overrides=tuple(settings),
        column=column,
        category_column=category_column,
    )


@contextmanager
def _table(given: Location | Frame, folder: Path, *columns: str) -> Iterator[Path]:
    """The path of what is given; a frame becomes a table for as long as it is read."""
    if isinstance(given, str | os.PathLike):
        yield Path(given)
        return
    rows = rows_of(given)
    if rows is None:
        raise InputError(
            "what is audited must be a folder, a table or a frame", type(given).__name__
        )
    frame = rows.polars(*columns)
    frame.select(name for name in columns if name in frame.columns).write_parquet(
        path := folder / "frame.parquet"
    )
    yield path
