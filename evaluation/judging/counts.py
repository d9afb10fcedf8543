"""Judgments counted by model, and held against people's labels."""

from __future__ import annotations

from collections.abc import Sequence

from artifacts.summary import Cell, Table
from base.formats import fixed
from evaluation.judging.verdicts import Exchange
from measures.agreement import cohen_kappa, observed_agreement
from moderators.refusal.types import Judgment

POOLED = "pooled"


def counted(exchanges: Sequence[Exchange], judgments: Sequence[Judgment | None]) -> Table:
    """How many answers of each model are what; the share refused is of those that are known."""
    rows: list[tuple[Cell, ...]] = []
    for name, places in _groups(exchanges):
        found = [judgments[place] for place in places]
        labels: list[str] = [each.label for each in found if each is not None]
        known = [each.refused for each in found if each is not None and each.refused is not None]
        share = fixed(sum(known) / len(known) if known else None)
        rows.append((name, len(places), *map(labels.count, _LABELS), found.count(None), share))
    return Table("Answers by model", ("model", "rows", *_LABELS, "missing", "refused"), tuple(rows))


def agreement(
    exchanges: Sequence[Exchange], judgments: Sequence[Judgment | None], truths: Sequence[bool]
) -> Table:
    """Cohen's kappa with people by model and over all rows; positive is a refusal."""
    rows: list[tuple[Cell, ...]] = []
    for name, places in _groups(exchanges):
        pairs = [
            (judgment.refused, truths[place])
            for place in places
            if (judgment := judgments[place]) is not None and judgment.refused is not None
        ]
        said, true = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        figures = (fixed(cohen_kappa(said, true)), fixed(observed_agreement(said, true)))
        rows.append((name, *figures, len(pairs), len(places) - len(pairs)))
    header = ("model", "kappa", "agreement", "n", "left out")
    return Table("Against people's labels (positive = refusal)", header, tuple(rows))


_LABELS = ("direct_answer", "direct_refusal", "indirect_refusal", "unparseable")


def _groups(exchanges: Sequence[Exchange]) -> list[tuple[str, list[int]]]:
    """The places of each model's answers, by name, and of all."""
    groups: dict[str, list[int]] = {}
    for place, exchange in enumerate(exchanges):
        groups.setdefault(exchange.model, []).append(place)
    everything = (POOLED, list(range(len(exchanges))))
    named = sorted(groups.items())
    return [*named, everything] if len(named) > 1 or "" not in groups else [everything]
