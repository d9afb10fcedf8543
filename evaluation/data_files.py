"""Where a data set of an evaluation lies, and what its categories are called."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from artifacts import user_tables, views
from artifacts.config_names import same_config
from artifacts.manifest import MANIFEST, ConfigRecord, Manifest, read_manifest
from artifacts.release_files import release_file
from artifacts.report.rows import sensitive_categories
from artifacts.tables import read_table
from base.did_you_mean import did_you_mean
from base.files import sha256_file
from pipelines.errors import SourceError
from pipelines.recipe import Evaluation, evaluate, hub_names
from pipelines.sources.models import located
from pipelines.sources.source import resolve
from taxonomy import loader, question_ids

_WILD = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class DataFiles:
    """The files of one data set.

    Attributes:
        name: What they are called: a release and its config, a file, a name on the Hub; never a
            machine's folder.
        paths: Where they lie, in order.
        sha256: Hash of their bytes.
        release: The release that they are of, or None.
    """

    name: str
    paths: tuple[Path, ...]
    sha256: str
    release: Manifest | None = None

    def frame(self) -> pl.DataFrame:
        """All their rows, file after file.

        Raises:
            SourceError: They do not fit each other.
            TableUnreadableError: A file is empty, binary, or not what its ending says.
            TableDamagedError: A release's shard is no whole table.
        """
        read = user_tables.read_any_table if self.release is None else read_table
        tables = [read(path) for path in self.paths]
        if len(tables) == 1:
            return tables[0]
        try:
            return pl.concat(tables)
        except pl.exceptions.PolarsError:
            rule = "files of a data set must have the same columns"
            raise SourceError(rule, self.name) from None


def files_of(recipe: Evaluation, part: evaluate.DataSet) -> DataFiles:
    """The files that a data set is read from; what is on the Hub is fetched.

    Raises:
        SourceError: There are none, or a release has no such config.
        RecordUnreadableError: A release's manifest is malformed.
    """
    if hub_names.is_hub_name(part.source):
        found = resolve(part.source, recipe.folder)
        return DataFiles(found.name, found.paths, found.revision)
    if _WILD & set(part.source):
        return _matching(recipe, part.source)
    path = located(recipe.folder, part.source)
    if path is not None and (path / MANIFEST).exists():
        return _released(path, part.config)
    if part.config is not None and path is not None:
        raise SourceError("config must be given for a release alone", part.source)
    if path is not None and path.is_dir():
        return _listed(path.name, [*path.iterdir()], part.source)
    source = resolve(part.source, recipe.folder)
    return DataFiles(source.name, source.paths, source.revision)


_RELEASE = re.compile(r"(?:^|/)releases/[^/]+/\d{4}\.\d{1,2}\.\d+/?$")


def is_unbuilt(recipe: Evaluation, part: evaluate.DataSet) -> bool:
    """Whether a data set is a release of one's own that nothing has built yet."""
    return bool(_RELEASE.search(part.source)) and located(recipe.folder, part.source) is None


def _matching(recipe: Evaluation, pattern: str) -> DataFiles:
    folder, _, last = pattern.rpartition("/")
    found = located(recipe.folder, folder or ".")
    return _listed(last, [*found.glob(last)] if found is not None else [], pattern)


def _listed(name: str, files: list[Path], given: str) -> DataFiles:
    """SORRY-Bench's own files are one a style: the base first, then by name."""
    known = (each for each in files if each.suffix.lower() in user_tables.ENDINGS)
    tables = sorted(known, key=lambda each: each.stem)
    if not tables:
        raise SourceError(
            "a data set must have files (CSV, TSV, JSON, JSON Lines, Parquet, XLSX)", given
        )
    hashes = "\n".join(sha256_file(each) for each in tables)
    return DataFiles(name, tuple(tables), hashlib.sha256(hashes.encode()).hexdigest())


def _released(folder: Path, config: str | None) -> DataFiles:
    manifest = read_manifest(folder)
    chosen = _config(manifest, config)
    hashes = "\n".join(file.sha256 for file in chosen.files)
    return DataFiles(
        f"{manifest.data_set} {manifest.version} {chosen.name}",
        tuple(release_file(folder, file.name) for file in chosen.files),
        hashlib.sha256(hashes.encode()).hexdigest(),
        manifest,
    )


def _config(manifest: Manifest, wanted: str | None) -> ConfigRecord:
    """The config that is asked for; of a set in several styles all of them, else the first."""
    full = {each.name: each for each in manifest.configs if each.files}
    if wanted is None and full:
        return full.get(views.ALL) or next(iter(full.values()))
    found = same_config(wanted, full) if wanted is not None else None
    if found is None:
        rule = f"config must be one of the release's with rows{did_you_mean(wanted, full)}"
        raise SourceError(rule, wanted or manifest.version)
    return full[found]


_SORRY_TAXONOMY = "sorry_bench_202503"


@dataclass(frozen=True, slots=True)
class Categories:
    """The categories that rows of one data set may have.

    Attributes:
        names: Those that are known, in the order in which they are shown.
        sensitive: Those whose fulfilling answers are withheld.
        numbers: Names by the numbers that some files have in their place.
    """

    names: tuple[str, ...]
    sensitive: frozenset[str]
    numbers: Mapping[str, str] = field(default_factory=dict)

    def named(self, given: str | None) -> str:
        """A category by its name or number; as it is where it is not known, "" where there is none.

        Case makes no difference to a known name.
        """
        text = (given or "").strip()
        if text in self.numbers:
            return self.numbers[text]
        return text.lower() if text.lower() in self.names else text

    def ordered(self, there: frozenset[str]) -> tuple[str, ...]:
        """The categories that are there; those that are not known come last, by name."""
        known = [name for name in self.names if name in there]
        return (*known, *sorted(there - set(known)))


def categories_of(
    recipe: Evaluation, part: evaluate.DataSet, files: DataFiles, published: bool
) -> Categories:
    """The categories of a data set: those of its own taxonomy, of its release, or of the recipe.

    Args:
        recipe: Whose taxonomy is the default.
        part: The data set.
        files: Its files.
        published: Whether they are SORRY-Bench's own, whose categories are numbers.

    Raises:
        TaxonomyUnknownError: There is no such taxonomy.
        TaxonomyInvalidError: A file of one breaks a rule of taxonomies.
    """
    withheld = sensitive_categories(None)
    if files.release is not None and part.taxonomy is None:
        mutations = files.release.mutations
        numbers = {} if mutations is None else {no: name for name, no in mutations.numbers.items()}
        return Categories(files.release.categories, withheld, numbers)
    own = recipe.taxonomy
    named = part.taxonomy or (_SORRY_TAXONOMY if published and "sorry" not in own else own)
    is_file = named.endswith((".yaml", ".yml"))
    taxonomy = loader.load_taxonomy(recipe.folder / named if is_file else named)
    sensitive = {each.name for each in taxonomy.categories if each.sensitive}
    numbered = {str(question_ids.number_of(taxonomy, name)): name for name in taxonomy.names}
    return Categories(taxonomy.names, withheld | sensitive, numbered if published else {})
