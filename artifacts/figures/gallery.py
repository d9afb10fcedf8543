"""All figures and tables of an audit in the order in which they are shown; provenance and cost."""

from collections.abc import Iterator

from artifacts.audit_facts import Audit
from artifacts.figures import balance, forms, texts, votes
from artifacts.figures.figure import Figure, of_rows, unchecked
from artifacts.manifest import Manifest, StageCost
from artifacts.release_tables import gates_table, spend
from artifacts.summary import Table
from base.formats import NOT_MEASURED, UNKNOWN, cents


def provenance_figures(audit: Audit) -> Iterator[Figure]:
    """Shares of rows whose column is filled, by config."""
    if not audit.provenance:
        return
    gaps = sum(each.rows - each.filled for each in audit.provenance)
    counts = [(each.config, each.column, each.rows, each.filled) for each in audit.provenance]
    yield Figure(
        key="provenance",
        section="provenance",
        title="Rows that say where they come from",
        rests_on=of_rows(sum(each.rows for each in audit.provenance), "cells"),
        alt=f"A grid of columns by configs, darker for more filled; {gaps:,} cells are empty.",
        svg=forms.share_grid(counts, _words, "provenance", top=1.0),
        table=forms.share_table("Provenance", ("column", "filled"), counts, _words),
    )


def _words(share: float | None) -> str:
    # Rounding must not hide a gap: 99.99 % is not 100 %.
    if share is None or share == 1:
        return NOT_MEASURED if share is None else "100%"
    return f"{min(share, 0.999):.1%}"


def _gaps_table(audit: Audit) -> Table:
    """Columns that do not say of every row where it comes from."""
    rows = tuple(
        (each.config, each.column, each.rows - each.filled)
        for each in audit.provenance
        if each.filled < each.rows
    )
    return Table("Rows that do not say where they come from", ("config", "column", "rows"), rows)


def cost_figures(manifest: Manifest | None) -> Iterator[Figure]:
    """Dollars by stage and model where any were paid, else calls."""
    cost = manifest.cost if manifest is not None else None
    if cost is None or not cost.by:
        return
    paid = any(each.usd for each in cost.by)
    drawn = [forms.Bar(f"{each.stage} / {each.model}", *_size(each, paid)) for each in cost.by]
    total = UNKNOWN if cost.usd is None else f"{cost.usd:.2f} US dollars"
    yield Figure(
        key="cost",
        section="cost",
        title="Cost by stage and model" if paid else "Calls by stage and model",
        rests_on=of_rows(cost.calls, "calls"),
        alt=f"Bars, one for each of {len(drawn)} stages and models. In all: {total}.",
        svg=forms.bars(drawn, "cost"),
        table=spend(cost),
        note="Replies bought in earlier runs are counted; tokens of reasoning are output.",
    )


def _size(each: StageCost, paid: bool) -> tuple[float | None, str]:
    if not paid:
        return each.calls, f"{each.calls:,}"
    return each.usd, "price unknown" if each.usd is None else f"${cents(each.usd)}"


def figures(audit: Audit, manifest: Manifest | None = None) -> tuple[Figure, ...]:
    """Draws all that was measured; what was not is left out, as the audit's notes say why.

    Args:
        audit: The figures as numbers.
        manifest: The release's manifest, for its funnel and its cost; None for a table.
    """
    with unchecked():
        return tuple(_drawn(audit, manifest))


def _drawn(audit: Audit, manifest: Manifest | None) -> Iterator[Figure]:
    yield from balance.figures(audit, manifest)
    yield from votes.figures(audit)
    yield from texts.figures(audit)
    yield from provenance_figures(audit)
    yield from cost_figures(manifest)


def audit_tables(audit: Audit) -> list[Table]:
    """What a terminal shows of an audit: the tables that have a row; no prompt text in any."""
    found = (
        *(*balance.tables(audit), *texts.tables(audit), *votes.tables(audit)),
        *(_gaps_table(audit), gates_table(audit.gates)),
    )
    return [table for table in found if table.rows]
