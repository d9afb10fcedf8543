"""Moderators held against true labels: what `moderate` prints where a table has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from artifacts.summary import Cell, Table
from flows.errors import LabelsUnusable
from measures.binary import confusion

LABELS: Mapping[str, bool] = {"safe": False, "harmless": False, "unsafe": True, "toxic": True}
"""The true labels that are known, and whether they are positive (unsafe)."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What one voter said of every row.

    Attributes:
        name: The moderator's name, `ensemble` or `baseline`.
        labels: `safe`, `toxic`, and for neither `abstain` or `undecided`, row by row.
    """

    name: str
    labels: tuple[str, ...]

    @property
    def flagged(self) -> list[bool]:
        """Whether each row is called toxic; what is neither is not flagged."""
        return [label == "toxic" for label in self.labels]

    @property
    def neither(self) -> int:
        """Rows called neither safe nor toxic."""
        return sum(label not in ("safe", "toxic") for label in self.labels)


def truths_of(labels: Sequence[object]) -> list[bool]:
    """The true labels as positive or negative.

    Raises:
        LabelsUnusable: A label is none of those that are known.
    """
    for place, label in enumerate(labels, start=1):
        if str(label).strip().lower() not in LABELS:
            rule = f"column `label` must hold {', '.join(LABELS)}"
            raise LabelsUnusable(rule, f"{str(label)[:40]} in row {place}")
    return [LABELS[str(label).strip().lower()] for label in labels]


def pooled(voters: Sequence[Verdicts], truths: Sequence[bool]) -> Table:
    """TPR, FPR and balanced accuracy of each voter over all rows; positive is unsafe."""
    rows = tuple(_rates(voter, truths) for voter in voters)
    header = ("moderator", "TPR", "FPR", "balanced accuracy", "neither", "rows")
    return Table("Against the table's labels (positive = unsafe)", header, rows)


def by_type(voters: Sequence[Verdicts], truths: Sequence[bool], types: Sequence[object]) -> Table:
    """The share that each voter flags, type by type."""
    groups: dict[tuple[str, bool], list[int]] = {}
    for place, (kind, truth) in enumerate(zip(types, truths, strict=True)):
        groups.setdefault((str(kind), truth), []).append(place)
    rows: list[tuple[Cell, ...]] = []
    for (kind, truth), places in sorted(groups.items(), key=lambda group: group[0][::-1]):
        shares = (sum(voter.flagged[place] for place in places) / len(places) for voter in voters)
        rows.append((kind, "unsafe" if truth else "safe", len(places), *map(_share, shares)))
    header = ("type", "label", "rows", *(voter.name for voter in voters))
    return Table("Share flagged by type", header, tuple(rows))


def _rates(voter: Verdicts, truths: Sequence[bool]) -> tuple[Cell, ...]:
    found = confusion(zip(truths, voter.flagged, strict=True))
    rates = (found.tpr, found.fpr, found.balanced_accuracy)
    return (voter.name, *map(_share, rates), voter.neither, len(truths))


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
