"""What changes with a release that is about to be written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from artifacts.diff import NotComparable, changes_of, compare_rows
from artifacts.manifest import ReleaseFacts
from artifacts.version_facts import Changes
from artifacts.views import View
from flows.versions.earlier import releases_before


def changes_since(out: Path, views: Sequence[View], facts: ReleaseFacts) -> Changes | None:
    """What has changed since the newest version before this one.

    Args:
        out: The output folder.
        views: The configs of the release to come.
        facts: What it says of itself beside them.

    Returns:
        The changes; None for a benchmark's first version, and after one whose rows have no ids.

    Raises:
        RecordUnreadable: The manifest of an earlier version is malformed.
        TableDamaged: A shard of the version before is not what its manifest says.
    """
    earlier = releases_before(out, facts.benchmark, facts.version)
    if not earlier:
        return None
    try:
        return changes_of(compare_rows(earlier[-1].path, views, facts))
    except NotComparable:
        return None
