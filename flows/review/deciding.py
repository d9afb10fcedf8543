"""From people's tables to a patch version of the release that they looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from artifacts.manifest import Manifest
from artifacts.version_facts import ReviewFacts
from flows.review.errors import ReviewUnusable
from flows.review.figures import review_facts
from flows.review.findings import find
from flows.review.released import open_released
from flows.review.words import Table, read_words, require_one_review
from flows.versions.withdraw import Finish, Patch, withdraw


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a review.

    Attributes:
        facts: What manifest and card say of it.
        notices: What of the tables does not count, and which are not there, a line each.
        withdrawn: Rows that go, the mutations of a rejected base row not included.
        patch: The patch version; None where none was to be written.
    """

    facts: ReviewFacts
    notices: tuple[str, ...]
    withdrawn: int
    patch: Patch | None


def decide(
    paths: Sequence[Path],
    folder: Path,
    *,
    write: bool = True,
    finish: Finish | None = None,
    report: Callable[[Manifest], str] | None = None,
) -> Decided:
    """Writes the patch version that people's decisions make of a release.

    A row goes where more than half of those want it out who say whether they do; a tie stays.

    Args:
        paths: One table a person, as spreadsheets saved them.
        folder: The release that they were exported from; it is only read.
        write: Whether to write the patch, or only to say what would come of it.
        finish: Adds the figures that are measured on the new rows; None for none.
        report: Draws the new release's report; None for none.

    Raises:
        RecordUnreadable: The folder holds no release.
        ReviewUnusable: A table breaks a rule of review tables, or nobody decided anything.
        PatchRefused: The release's version is no number.
        FileUnwritable: The patch cannot be written.
    """
    released = open_released(folder)
    tables = [read_words(path, released) for path in paths]
    require_one_review(tables)
    findings = find(tables, released)
    if not any(word.decides for table in tables for word in table.words.values()):
        names = ", ".join(table.path.name for table in tables)
        raise ReviewUnusable("a review must hold at least one decision", names)
    facts = review_facts(tables, findings, released)
    reasons = {found.id: found.reason for found in findings if found.rejected}
    patch = None
    if write:
        patch = withdraw(released.release, reasons, facts, finish=finish, report=report)
    return Decided(facts, tuple(_notices(tables)), len(reasons), patch)


def _notices(tables: Sequence[Table]) -> list[str]:
    lines = [line for table in tables for line in table.notices]
    mark = tables[0].mark
    there = {table.mark.person for table in tables}
    missing = [str(n) for n in range(1, mark.people + 1) if n not in there]
    if missing:
        lines.append(f"no table of person {', '.join(missing)}, of {mark.people}")
    return lines
