"""Exact duplicates: texts that differ in nothing but white space and Unicode composition."""

from __future__ import annotations

from collections.abc import Sequence

from base.digests import digest_of
from checks.identity import content_id
from curation.rows import Candidate, Dropped, Selection, selection

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
