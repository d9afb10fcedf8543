"""Many rows as little JSON: what repeats is named once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from artifacts.report.rows import Shown


class _Names:
    """Gives each name a number, in the order in which they come."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def __call__(self, name: str) -> int:
        return self._places.setdefault(name, len(self._places))

    def listed(self) -> list[str]:
        return list(self._places)


def packed(rows: Iterable[Shown]) -> dict[str, Any]:
    """Rows as the page's script reads them: `[config, category, label, style, id, text, facts]`.

    The first four and each fact are numbers of names in the lists beside the rows.
    """
    columns = ("configs", "categories", "labels", "styles")
    names = {column: _Names() for column in (*columns, "facts")}
    lines = []
    for row in rows:
        values = (row.config, row.category, row.label, row.style)
        numbers = [names[column](value) for column, value in zip(columns, values, strict=True)]
        lines.append([*numbers, row.id, row.text, [names["facts"](fact) for fact in row.facts]])
    return {**{column: each.listed() for column, each in names.items()}, "rows": lines}
