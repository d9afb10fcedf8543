"""`release.version: next`: the version that a recipe's next release has, resolved once."""

import fcntl
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeAlias, TypeVar

from pydantic import TypeAdapter

from artifacts.manifest import MANIFEST
from artifacts.records import RUN_FILE, run_if_readable
from artifacts.releases import VersionKey, version_key
from base import errors, files
from pipelines.errors import RunFolderTakenError
from pipelines.recipe import OrBench, SorryBench
from pipelines.runner.run_folders import run_key

RESOLVED_FILE = "next.json"
_LOCK = ".next.lock"


@dataclass(frozen=True, slots=True)
class ResolvedVersion:
    """What `out/runs/<recipe>/next.json` holds.

    Attributes:
        benchmark: The recipe's benchmark.
        version: The version of the release that is under way.
        note: What is odd about it, in a sentence; None for nothing.
        name: The data set's name, where it is not the benchmark's.
    """

    benchmark: str
    version: str
    note: str | None = None
    name: str = ""

    @property
    def data_set(self) -> str:
        """The data set that it is a version of."""
        return self.name or self.benchmark


_RESOLVED = TypeAdapter(ResolvedVersion)


def read_resolved(runs: Path) -> ResolvedVersion | None:
    """What was resolved for a recipe; None where nothing was, or where the file breaks off.

    Args:
        runs: The folder of the recipe's runs.
    """
    path = runs / RESOLVED_FILE
    try:
        found = files.read_json(path, _RESOLVED) if path.exists() else None
    except errors.RecordUnreadableError:
        return None
    return found if found is not None and version_key(found.version) else None


def keep_resolved(runs: Path, resolved: ResolvedVersion) -> None:
    """Keeps what was resolved for a recipe, durable and at once.

    Raises:
        FileUnwritableError: The file cannot be written; `NoSpaceError` where the disk is full.
    """
    files.write_json(runs / RESOLVED_FILE, resolved, _RESOLVED)


def forget_resolved(runs: Path) -> None:
    """Forgets what was resolved for a recipe, if anything was."""
    (runs / RESOLVED_FILE).unlink(missing_ok=True)


def is_written(resolved: ResolvedVersion, out: Path) -> bool:
    """Whether the release of a resolved version is there."""
    return (out / "releases" / resolved.data_set / resolved.version / MANIFEST).exists()


@contextmanager
def resolving_alone(out: Path) -> Iterator[None]:
    """Holds the lock that every process takes to resolve a version in `out`.

    The system lets it go with the process: a killed one leaves none behind.

    Raises:
        FileUnwritableError: The lock's file cannot be made.
    """
    path = out / "runs" / _LOCK
    try:
        files.make_folders(path.parent)
        file = path.open("w")
    except OSError as error:
        rule = f"a file must be writable: {error.strerror or 'input/output error'}"
        raise errors.FileUnwritableError(rule, path) from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def used_versions(out: Path, data_set: str, recipe: str) -> set[VersionKey]:
    """The versions that a recipe cannot give to its next release.

    Its own unfinished runs are not among them: a release under their version is theirs to write.

    Args:
        out: The output folder.
        data_set: The data set's name.
        recipe: The folder of the recipe's own runs.
    """
    names = [*_folders(out / "releases" / data_set)]
    for runs in _folders(out / "runs"):
        if runs.name != recipe:
            names += _under_way(runs, data_set)
    return {key for each in names if (key := version_key(each.name)) is not None}


def _under_way(runs: Path, data_set: str) -> Iterator[Path]:
    """The runs of another recipe for this data set, begun or only resolved."""
    resolved = read_resolved(runs)
    if resolved is not None and resolved.data_set == data_set:
        yield runs / resolved.version
    yield from (run for run in _folders(runs) if _is_of(run, data_set))


def _is_of(run: Path, data_set: str) -> bool:
    if not (run / RUN_FILE).exists():
        return False
    record = run_if_readable(run)
    # One that breaks off may be anybody's: a version too many costs nothing.
    return record is None or record.data_set == data_set


def _folders(folder: Path) -> list[Path]:
    return [each for each in folder.iterdir() if each.is_dir()] if folder.is_dir() else []


NEXT = "next"
Versioned: TypeAlias = OrBench | SorryBench
RecipeT = TypeVar("RecipeT", OrBench, SorryBench, OrBench | SorryBench)


@dataclass(frozen=True, slots=True)
class Upcoming:
    """What `next` stands for.

    Attributes:
        version: The version.
        resolved: Whether a run has it already; else a recipe that builds first may still take it.
        note: What is odd about it, in a sentence; None for nothing.
    """

    version: str
    resolved: bool
    note: str | None

    @property
    def says(self) -> str:
        """One line for people."""
        how = "resolved for the run under way" if self.resolved else "as things stand now"
        return f"release.version next: {self.version}, {how}{f'; {self.note}' if self.note else ''}"


def resolve_version(recipe: RecipeT, out: Path, today: date | None = None) -> RecipeT:
    """The recipe with a version in place of `next`; one that names its version as it is.

    Resolved once: until that release is written every call gives the same version, whatever
    the month, so that a killed run goes on. A new one is `YEAR.MONTH.PATCH`: patch 0 in a month
    without versions, else one more than the newest; never at or below a version that is there,
    nor one that another recipe of the data set has under way. Processes may ask at once.

    Args:
        recipe: The recipe.
        out: The output folder.
        today: The day; by default today's (UTC).

    Raises:
        RunFolderTakenError: The recipe's runs are of another benchmark.
        FileUnwritableError: It cannot be kept; `NoSpaceError` where the disk is full.
    """
    if recipe.release.version != NEXT:
        return recipe
    with resolving_alone(out):
        found = _resolved(recipe, out)
        if found is None:
            found = _broken_off(recipe, out) or _free(recipe, out, today)
            keep_resolved(_runs(recipe, out), found)
    return with_version(recipe, found.version)


def preview_version(recipe: Versioned, out: Path, today: date | None = None) -> Upcoming | None:
    """What `next` stands for, without resolving it; None where the recipe names its version.

    Raises:
        RunFolderTakenError: The recipe's runs are of another benchmark.
    """
    if recipe.release.version != NEXT:
        return None
    known = _resolved(recipe, out) or _broken_off(recipe, out)
    found = known or _free(recipe, out, today)
    return Upcoming(found.version, known is not None, found.note)


def with_preview_version(recipe: RecipeT, out: Path, today: date | None = None) -> RecipeT:
    """The recipe as `resolve_version` would give it; raises as `preview_version` does."""
    upcoming = preview_version(recipe, out, today)
    return recipe if upcoming is None else with_version(recipe, upcoming.version)


def with_current_version(recipe: RecipeT, out: Path) -> RecipeT:
    """The recipe with the version of its run to look at: the one under way, else the newest one.

    For what reads a run's tables and starts none, such as a review. Without any run, `next` is
    what it would be.

    Raises:
        RunFolderTakenError: The recipe's runs are of another benchmark.
    """
    if recipe.release.version != NEXT or _resolved(recipe, out) is not None:
        return with_preview_version(recipe, out)
    newest = _newest_run(recipe, out)
    return with_preview_version(recipe, out) if newest is None else with_version(recipe, newest)


def forget_version(recipe: Versioned, out: Path) -> None:
    """Forgets a resolved version once its release is there, so that `next` is another one.

    Args:
        recipe: The recipe as `resolve_version` gave it.
        out: The output folder.
    """
    with resolving_alone(out):
        found = read_resolved(_runs(recipe, out))
        if found and found.version == recipe.release.version and is_written(found, out):
            forget_resolved(_runs(recipe, out))


def with_version(recipe: RecipeT, version: str) -> RecipeT:
    """The recipe with another version."""
    release = recipe.release.model_copy(update={"version": version})
    return recipe.model_copy(update={"release": release})


def next_version(versions: Collection[VersionKey], day: date) -> tuple[str, str | None]:
    """The version that comes after all of these on a day, and what is odd about it."""
    month = (day.year, day.month)
    year, number, patch = max(versions, default=(0, 0, 0))
    if (year, number) < month:
        return f"{day.year}.{day.month}.0", None
    version = f"{year}.{number}.{patch + 1}"
    if (year, number) == month:
        return version, None
    return version, (
        f"it follows {year}.{number}.{patch}, though the clock shows {day.year}.{day.month}:"
        " it has gone back, or that version was ahead of it"
    )


def _runs(recipe: Versioned, out: Path) -> Path:
    return out / "runs" / run_key(recipe.path, out)


def _resolved(recipe: Versioned, out: Path) -> ResolvedVersion | None:
    """What was resolved for the recipe, unless its release has been written since."""
    found = read_resolved(_runs(recipe, out))
    if found is None or is_written(found, out):
        return None
    if found.benchmark != recipe.benchmark:
        rule = f"the runs of recipe {recipe.name} must be of {recipe.benchmark}; rename the recipe"
        raise RunFolderTakenError(rule, found.benchmark)
    # Under another name the version may be taken: it is resolved anew.
    return found if found.data_set == recipe.data_set else None


def _newest_run(recipe: Versioned, out: Path) -> str | None:
    """The newest version that the recipe has a run of."""
    names = {each.parent.name for each in _runs(recipe, out).glob(f"*/{RUN_FILE}")}
    known = {key: name for name in names if (key := version_key(name)) is not None}
    return known[max(known)] if known else None


def _broken_off(recipe: Versioned, out: Path) -> ResolvedVersion | None:
    """What was resolved where the file that says so breaks off: the run under way goes on.

    It is the recipe's newest one, unless that is released.
    """
    runs, newest = _runs(recipe, out), _newest_run(recipe, out)
    if newest is None or not (runs / RESOLVED_FILE).exists() or read_resolved(runs) is not None:
        return None
    found = _of(recipe, newest)
    return None if is_written(found, out) else found


def _free(recipe: Versioned, out: Path, today: date | None) -> ResolvedVersion:
    day = today or datetime.now(UTC).date()
    taken = used_versions(out, recipe.data_set, run_key(recipe.path, out))
    return _of(recipe, *next_version(taken, day))


def _of(recipe: Versioned, version: str, note: str | None = None) -> ResolvedVersion:
    name = "" if recipe.data_set == recipe.benchmark else recipe.data_set
    return ResolvedVersion(recipe.benchmark, version, note, name)
