"""What goes into a select and what comes out; exact duplicates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from base.digests import digest_of
from checks.identity import content_id


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row that a select decides on.

    Attributes:
        row: The pipeline key; for a reference whatever names it.
        text: The prompt.
        group: Which rows it competes with: its category, or its label.
    """

    row: str
    text: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """One dropped row and why.

    Attributes:
        row: The dropped row.
        reason: A short snake_case word that is counted in reports.
        duplicate_of: The row or reference it duplicates, or None.
        score: The cosine of the two in two decimals, 1.0 for equal texts, or None.
    """

    row: str
    reason: str
    duplicate_of: str | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Every row of a select's input, once: kept ones by key, dropped ones with evidence.

    Both are in the order of the input.
    """

    kept: tuple[str, ...]
    dropped: tuple[Dropped, ...]


def selection(rows: Iterable[str], dropped: Mapping[int, Dropped]) -> Selection:
    """The selection that drops the rows at these places of `rows` and keeps all others."""
    kept = tuple(row for place, row in enumerate(rows) if place not in dropped)
    return Selection(kept, tuple(dropped[place] for place in sorted(dropped)))


def places_by_group(rows: Sequence[Candidate]) -> dict[str, list[int]]:
    """The places of each group's rows, ascending; groups in the order in which they begin."""
    groups: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        groups.setdefault(row.group, []).append(place)
    return groups


_VERSION = 1


def exact_digest() -> str:
    """SHA-256, in hex, of what makes texts equal."""
    return digest_of("exact", _VERSION)


def exact(rows: Sequence[Candidate]) -> Selection:
    """Keeps the first of each set of equal texts, whatever their groups.

    Texts are compared by `content_id`, which keeps case: texts that differ in case alone are
    different prompts here, and near duplicates later.

    Args:
        rows: In the order that says which is first: (category, row).
    """
    first: dict[str, str] = {}
    dropped: dict[int, Dropped] = {}
    for place, row in enumerate(rows):
        kept = first.setdefault(content_id(row.text), row.row)
        if kept != row.row:
            dropped[place] = Dropped(row.row, "exact_duplicate", kept, 1.0)
    return selection((row.row for row in rows), dropped)
