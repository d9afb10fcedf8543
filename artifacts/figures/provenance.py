"""Whether each row says where it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from artifacts.audit_facts import Audit, Provenance
from artifacts.figures.figure import NOTHING, Figure, of_rows
from artifacts.figures.forms.cells import cells
from artifacts.summary import Table


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
        return NOTHING
    return "100%" if value == 1 else f"{min(value, 0.999):.1%}"
