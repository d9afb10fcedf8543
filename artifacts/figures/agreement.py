"""How far the moderators agree beyond chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from artifacts.audit_facts import Agreement, Audit, Pair
from artifacts.figures.figure import EMPTY, Figure, decimal, of_rows, percent
from artifacts.figures.forms.cells import cells
from artifacts.summary import Table


def agreement_figures(audit: Audit) -> Iterator[Figure]:
    """Cohen's kappa of each pair of moderators."""
    found = audit.agreement
    if found is None or not found.pairs:
        return
    names = tuple(dict.fromkeys(name for pair in found.pairs for name in (pair.first, pair.second)))
    rows = (
        (pair.first, pair.second, pair.rows, percent(pair.observed), decimal(pair.kappa))
        for pair in found.pairs
    )
    yield Figure(
        key="agreement",
        section="moderators",
        title="Agreement between moderators (Cohen's kappa)",
        rests_on=of_rows(found.rows) + " with two readable votes at least",
        alt=_told(found),
        svg=cells(_grid(found.pairs), names[:-1], names[1:], "agreement", top=1.0),
        table=Table(
            "Agreement between moderators",
            ("first", "second", "rows", "observed", "kappa"),
            tuple(rows),
        ),
        note=(
            f"All together: Krippendorff's alpha {decimal(found.alpha)},"
            f" Gwet's AC1 {decimal(found.ac1)}."
        ),
    )


def _grid(pairs: Sequence[Pair]) -> dict[tuple[str, str], tuple[float | None, str]]:
    return {
        (pair.first, pair.second): (
            pair.kappa,
            EMPTY if pair.kappa is None else f"{pair.kappa:.2f}",
        )
        for pair in pairs
    }


def _told(found: Agreement) -> str:
    measured = [pair for pair in found.pairs if pair.kappa is not None]
    if not measured:
        return "A grid of pairs of moderators; kappa could be taken for none of them."
    least = min(measured, key=lambda pair: pair.kappa or 0.0)
    most = max(measured, key=lambda pair: pair.kappa or 0.0)
    return (
        f"A grid of pairs of moderators. {most.first} and {most.second} agree most"
        f" (kappa {decimal(most.kappa)}), {least.first} and {least.second} least"
        f" ({decimal(least.kappa)})."
    )
