"""What the replies of each stage cost."""

from __future__ import annotations

from collections.abc import Iterator

from artifacts.figures.figure import Figure, of_rows
from artifacts.figures.forms.bars import Bar, bars
from artifacts.manifest import Cost, Manifest, StageCost
from artifacts.summary import Table


def cost_figures(manifest: Manifest | None) -> Iterator[Figure]:
    """Dollars by stage and model where any were paid, else calls."""
    cost = manifest.cost if manifest is not None else None
    if cost is None or not cost.by:
        return
    paid = any(each.usd for each in cost.by)
    drawn = [Bar(f"{each.stage} / {each.model}", *_size(each, paid)) for each in cost.by]
    total = "unknown" if cost.usd is None else f"{cost.usd:.2f} US dollars"
    yield Figure(
        key="cost",
        section="cost",
        title="Cost by stage and model" if paid else "Calls by stage and model",
        rests_on=of_rows(cost.calls, "calls"),
        alt=f"Bars, one for each of {len(drawn)} stages and models. In all: {total}.",
        svg=bars(drawn, "cost"),
        table=_table(cost),
        note="Replies bought in earlier runs are counted; tokens of reasoning are output.",
    )


def _size(each: StageCost, paid: bool) -> tuple[float | None, str]:
    if not paid:
        return each.calls, f"{each.calls:,}"
    return each.usd, "price unknown" if each.usd is None else f"${each.usd:,.2f}"


def _table(cost: Cost) -> Table:
    rows = (
        (
            *(each.stage, each.model, each.calls, each.input_tokens, each.output_tokens),
            "unknown" if each.usd is None else f"{each.usd:.4f}",
        )
        for each in cost.by
    )
    header = ("stage", "model", "calls", "tokens in", "tokens out", "US dollars")
    return Table("Cost by stage and model", header, tuple(rows))
