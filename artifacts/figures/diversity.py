"""How much the texts of a config differ from each other, by measures between 0 and 1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from artifacts.audit_facts import Audit, Diversity
from artifacts.figures.figure import EMPTY, Figure, decimal, of_rows
from artifacts.figures.forms.cells import cells
from artifacts.summary import Table

_MEASURES = ("distinct-1", "distinct-2", "self-BLEU", "Vendi / n")


def diversity_figures(audit: Audit) -> Iterator[Figure]:
    """One row a config: distinct-n, self-BLEU, and the Vendi score per sampled row."""
    if not audit.diversity:
        return
    values = {
        (found.config, name): (value, EMPTY if value is None else f"{value:.2f}")
        for found in audit.diversity
        for name, value in zip(_MEASURES, _measured(found), strict=True)
    }
    sample = max(found.sample for found in audit.diversity)
    yield Figure(
        key="diversity",
        section="diversity",
        title="How much texts differ from each other",
        rests_on=of_rows(sum(found.rows for found in audit.diversity))
        + f"; self-BLEU and Vendi on a sample of {sample:,} at most",
        alt=_told(audit.diversity),
        svg=cells(
            values, [found.config for found in audit.diversity], _MEASURES, "diversity", top=1.0
        ),
        table=_table(audit.diversity),
        note=(
            "Higher distinct-n and Vendi mean more different texts; higher self-BLEU and"
            " compression mean more alike ones."
        ),
    )


def _measured(found: Diversity) -> tuple[float | None, ...]:
    each = found.vendi / found.sample if found.vendi is not None and found.sample else None
    return (found.distinct_1, found.distinct_2, found.self_bleu, each)


def _told(found: Sequence[Diversity]) -> str:
    told = "; ".join(
        f"{each.config} self-BLEU {decimal(each.self_bleu)}, distinct-2 {decimal(each.distinct_2)}"
        for each in found
    )
    return f"A grid of configs by four measures between 0 and 1. {told}."


def _table(found: Sequence[Diversity]) -> Table:
    header = (
        *("config", "rows", "distinct-1", "distinct-2", "compression", "self-BLEU"),
        *("Vendi score", "sample"),
    )
    rows = (
        (
            *(each.config, each.rows, decimal(each.distinct_1), decimal(each.distinct_2)),
            *(decimal(each.compression), decimal(each.self_bleu), decimal(each.vendi)),
            each.sample,
        )
        for each in found
    )
    return Table("Diversity", header, tuple(rows))
