"""How evenly rows are spread over categories."""

from __future__ import annotations

from collections.abc import Mapping


def largest_to_smallest(counts: Mapping[str, int]) -> float | None:
    """The largest category's rows over the smallest's, 1.0 where all are equal.

    None where a category has no rows, or there are no categories. The published OR-Bench-Hard-1K
    has 12.9.
    """
    smallest = min(counts.values(), default=0)
    return max(counts.values()) / smallest if smallest > 0 else None
