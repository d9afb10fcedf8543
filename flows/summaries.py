"""A release in a few tables: for the terminal, and for Prefect's interface."""

from __future__ import annotations

from collections.abc import Sequence

from artifacts.funnel import Edge
from artifacts.manifest import Manifest
from artifacts.summary import Cell, Table, by_category, funnel, reasons

_REPEATED = ("seeds", "dedup", "moderate")  # each round of these holds the rows of all before it


def of_manifest(manifest: Manifest) -> list[Table]:
    """Rows by stage, drops by reason, kept rows by stage and category, released rows."""
    configs = {config.name: config.categories for config in manifest.configs}
    return [
        funnel(manifest.funnel),
        reasons(manifest.funnel),
        _kept(manifest.funnel, manifest.categories),
        by_category("Released rows by category", configs, manifest.categories),
    ]


def _kept(edges: Sequence[Edge], categories: Sequence[str]) -> Table:
    """Kept rows of the stages on the final path, a row each; calls have no category to speak of."""
    last = {_base(edge.stage): edge.stage for edge in edges}
    rows: list[tuple[Cell, ...]] = [
        (edge.stage, *(edge.categories.get(name, 0) for name in categories))
        for edge in edges
        if _base(edge.stage) != "calls"
        and (_base(edge.stage) not in _REPEATED or last[_base(edge.stage)] == edge.stage)
    ]
    return Table("Kept rows by stage and category", ("stage", *categories), tuple(rows))


def _base(stage: str) -> str:
    return stage.partition("-")[0]
