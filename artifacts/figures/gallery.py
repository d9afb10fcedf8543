"""All figures of an audit in the order in which they are shown; provenance and cost."""

from __future__ import annotations

from collections.abc import Iterator

from artifacts.audit_facts import Audit, Provenance
from artifacts.figures.balance import (
    coverage_figures,
    funnel_figures,
    spread_figures,
    stage_figures,
)
from artifacts.figures.figure import Figure, of_rows, unchecked
from artifacts.figures.forms import Bar, bars, cells
from artifacts.figures.texts import (
    diversity_figures,
    length_figures,
    near_figures,
    opening_figures,
    rule_figures,
)
from artifacts.figures.votes import agreement_figures, refusal_figures, voter_figures
from artifacts.manifest import Manifest, StageCost
from artifacts.release_tables import spend
from artifacts.summary import Table
from base.formats import NOT_MEASURED, UNKNOWN


def provenance_figures(audit: Audit) -> Iterator[Figure]:
    """Shares of rows whose column is filled, by config."""
    if not audit.provenance:
        return
    configs = tuple(dict.fromkeys(each.config for each in audit.provenance))
    columns = tuple(dict.fromkeys(each.column for each in audit.provenance))
    gaps = sum(each.rows - each.filled for each in audit.provenance)
    rows = (
        (each.config, each.column, each.rows, each.filled, _share(each))
        for each in audit.provenance
    )
    yield Figure(
        key="provenance",
        section="provenance",
        title="Rows that say where they come from",
        rests_on=of_rows(sum(each.rows for each in audit.provenance), "cells"),
        alt=f"A grid of columns by configs, darker for more filled; {gaps:,} cells are empty.",
        svg=cells(
            {(each.column, each.config): (_value(each), _share(each)) for each in audit.provenance},
            columns,
            configs,
            "provenance",
            top=1.0,
        ),
        table=Table("Provenance", ("config", "column", "rows", "filled", "share"), tuple(rows)),
    )


def _value(each: Provenance) -> float | None:
    return each.filled / each.rows if each.rows else None


def _share(each: Provenance) -> str:
    # Rounding must not hide a gap: 99.99 % is not 100 %.
    value = _value(each)
    if value is None:
        return NOT_MEASURED
    return "100%" if value == 1 else f"{min(value, 0.999):.1%}"


def cost_figures(manifest: Manifest | None) -> Iterator[Figure]:
    """Dollars by stage and model where any were paid, else calls."""
    cost = manifest.cost if manifest is not None else None
    if cost is None or not cost.by:
        return
    paid = any(each.usd for each in cost.by)
    drawn = [Bar(f"{each.stage} / {each.model}", *_size(each, paid)) for each in cost.by]
    total = UNKNOWN if cost.usd is None else f"{cost.usd:.2f} US dollars"
    yield Figure(
        key="cost",
        section="cost",
        title="Cost by stage and model" if paid else "Calls by stage and model",
        rests_on=of_rows(cost.calls, "calls"),
        alt=f"Bars, one for each of {len(drawn)} stages and models. In all: {total}.",
        svg=bars(drawn, "cost"),
        table=spend(cost),
        note="Replies bought in earlier runs are counted; tokens of reasoning are output.",
    )


def _size(each: StageCost, paid: bool) -> tuple[float | None, str]:
    if not paid:
        return each.calls, f"{each.calls:,}"
    return each.usd, "price unknown" if each.usd is None else f"${each.usd:,.2f}"


def figures(audit: Audit, manifest: Manifest | None = None) -> tuple[Figure, ...]:
    """Draws all that was measured; what was not is left out, as the audit's notes say why.

    Args:
        audit: The figures as numbers.
        manifest: The release's manifest, for its funnel and its cost; None for a table.
    """
    with unchecked():
        return tuple(_drawn(audit, manifest))


def _drawn(audit: Audit, manifest: Manifest | None) -> Iterator[Figure]:
    yield from funnel_figures(audit, manifest)
    yield from stage_figures(audit)
    yield from spread_figures(audit)
    yield from coverage_figures(audit)
    yield from voter_figures(audit)
    yield from agreement_figures(audit)
    yield from refusal_figures(audit)
    yield from near_figures(audit)
    yield from opening_figures(audit)
    yield from diversity_figures(audit)
    yield from length_figures(audit)
    yield from rule_figures(audit)
    yield from provenance_figures(audit)
    yield from cost_figures(manifest)
