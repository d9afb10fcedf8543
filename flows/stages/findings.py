"""What checks find in a text that no writer was asked for."""

from __future__ import annotations

from collections.abc import Sequence

from inference.types import Check, Item, Program, Score


def findings(
    checks: Sequence[Check], item: Item, text: str
) -> Program[tuple[tuple[Score, ...], str | None]]:
    """What the checks measured up to the first that objects, and its reason.

    Args:
        checks: Run in order.
        item: The row that the text was written for, or is.
        text: The text.
    """
    scores: list[Score] = []
    for check in checks:
        finding = check(item, text)
        if finding is not None and not isinstance(finding, str | Score):
            finding = yield from finding
        if isinstance(finding, Score):
            scores.append(finding)
        reason = finding.reason if isinstance(finding, Score) else finding
        if reason is not None:
            return tuple(scores), reason
    return tuple(scores), None
