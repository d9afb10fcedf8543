"""`release.version: next`: the version that a recipe's next release has, settled once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeAlias, TypeVar

from artifacts.records import RUN_FILE
from flows.errors import RunFolderTaken
from flows.recipe import OrBench, SorryBench
from flows.versions.earlier import VersionKey, version_key
from flows.versions.settled import (
    Settled,
    forget_settled,
    is_written,
    keep_settled,
    read_settled,
    settling_alone,
)
from flows.versions.taken import taken

NEXT = "next"
Versioned: TypeAlias = OrBench | SorryBench
RecipeT = TypeVar("RecipeT", OrBench, SorryBench, OrBench | SorryBench)


@dataclass(frozen=True, slots=True)
class Upcoming:
    """What `next` stands for.

    Attributes:
        version: The version.
        settled: Whether a run has it already; else a recipe that builds first may still take it.
        note: What is odd about it, in a sentence; None for nothing.
    """

    version: str
    settled: bool
    note: str | None

    @property
    def says(self) -> str:
        """One line for people."""
        how = "settled for the run under way" if self.settled else "as things stand now"
        return f"release.version next: {self.version}, {how}{f'; {self.note}' if self.note else ''}"


def settle(recipe: RecipeT, out: Path, today: date | None = None) -> RecipeT:
    """The recipe with a version in place of `next`; one that names its version as it is.

    Settled once: until that release is written every call gives the same version, whatever the
    month, so that a killed run goes on. A new one is `YEAR.MONTH.PATCH`: patch 0 in a month
    without versions, else one more than the newest; never at or below a version that is there,
    nor one that another recipe of the benchmark has under way. Processes may ask at once.

    Args:
        recipe: The recipe.
        out: The output folder.
        today: The day; by default today's (UTC).

    Raises:
        RunFolderTaken: The recipe's runs are of another benchmark.
        RecordUnreadable: What is kept of a version under way is malformed.
        FileUnwritable: It cannot be kept; `NoSpace` where the disk is full.
    """
    if recipe.release.version != NEXT:
        return recipe
    with settling_alone(out):
        found = _standing(recipe, out)
        if found is None:
            found = _free(recipe, out, today)
            keep_settled(_runs(recipe, out), found)
    return with_version(recipe, found.version)


def peek(recipe: Versioned, out: Path, today: date | None = None) -> Upcoming | None:
    """What `next` stands for, without settling it; None where the recipe names its version.

    Raises:
        RunFolderTaken: The recipe's runs are of another benchmark.
        RecordUnreadable: What is kept of a version under way is malformed.
    """
    if recipe.release.version != NEXT:
        return None
    known = _standing(recipe, out)
    found = known or _free(recipe, out, today)
    return Upcoming(found.version, known is not None, found.note)


def peeked(recipe: RecipeT, out: Path, today: date | None = None) -> RecipeT:
    """The recipe as `settle` would give it, with nothing settled; raises as `peek` does."""
    upcoming = peek(recipe, out, today)
    return recipe if upcoming is None else with_version(recipe, upcoming.version)


def at_hand(recipe: RecipeT, out: Path) -> RecipeT:
    """The recipe with the version of its run to look at: the one under way, else the newest one.

    For what reads a run's tables and starts none, such as a review. Without any run, `next` is
    what it would be.

    Raises:
        RunFolderTaken: The recipe's runs are of another benchmark.
        RecordUnreadable: What is kept of a version under way is malformed.
    """
    if recipe.release.version != NEXT or _standing(recipe, out) is not None:
        return peeked(recipe, out)
    runs = {
        version_key(each.parent.name): each for each in _runs(recipe, out).glob(f"*/{RUN_FILE}")
    }
    newest = max((key for key in runs if key is not None), default=None)
    return peeked(recipe, out) if newest is None else with_version(recipe, runs[newest].parent.name)


def written(recipe: Versioned, out: Path) -> None:
    """Forgets a settled version once its release is there, so that `next` is another one.

    Args:
        recipe: The recipe as `settle` gave it.
        out: The output folder.
    """
    with settling_alone(out):
        found = read_settled(_runs(recipe, out))
        if found and found.version == recipe.release.version and is_written(found, out):
            forget_settled(_runs(recipe, out))


def with_version(recipe: RecipeT, version: str) -> RecipeT:
    """The recipe with another version."""
    release = recipe.release.model_copy(update={"version": version})
    return recipe.model_copy(update={"release": release})


def following(versions: Collection[VersionKey], day: date) -> tuple[str, str | None]:
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
    return out / "runs" / recipe.name


def _standing(recipe: Versioned, out: Path) -> Settled | None:
    """What was settled for the recipe, unless its release has been written since."""
    found = read_settled(_runs(recipe, out))
    if found is None or is_written(found, out):
        return None
    if found.benchmark != recipe.benchmark:
        rule = f"the runs of recipe {recipe.name} must be of {recipe.benchmark}; rename the recipe"
        raise RunFolderTaken(rule, found.benchmark)
    return found


def _free(recipe: Versioned, out: Path, today: date | None) -> Settled:
    day = today or datetime.now(UTC).date()
    version, note = following(taken(out, recipe.benchmark, recipe.name), day)
    return Settled(recipe.benchmark, version, note)
