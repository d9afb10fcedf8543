"""Cleaning: a text is tidied, then kept or dropped by the first check that objects."""

from collections.abc import Sequence

from base.digests import Json, digests_of
from checks.clean import tidy, tidy_part
from inference.types import Check, Item, Program, Score
from pipelines.runner.rows import drop, item_of
from pipelines.runner.stage import EachRow, Outcome, Row


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


VERSION = 1
"""Raised where the code of cleaning changes what comes out."""


def cleaning_part(checks: Sequence[Check]) -> tuple[Json, ...]:
    """What cleaning by these checks depends on.

    Raises:
        DigestError: A check has no digest.
    """
    return tidy_part(), digests_of("check", checks)


def cleaning(checks: Sequence[Check]) -> EachRow:
    """Selects rows by checks on their text alone: each is tidied, and kept or dropped.

    Args:
        checks: Run in order; the first reason drops the row.
    """

    def row(row: Row) -> Program[Outcome]:
        tidied = {**row, "text": tidy(row["text"])}
        _, reason = yield from findings(checks, item_of(tidied), tidied["text"])
        return Outcome(kept=[tidied]) if reason is None else Outcome(dropped=[drop(tidied, reason)])

    return EachRow.of(row)
