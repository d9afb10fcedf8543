"""What a fine-grained set has and lacks by category and by prompt style, as tables."""

from collections.abc import Sequence

from artifacts import release_facts
from artifacts.summary import Cell, Table, by_category

_SHORTEST = 3

TRANSLATED = "translate-"
"""What the names of the styles begin with that are translations; the language's code follows."""


def mutation_tables(found: release_facts.MutationFacts, categories: Sequence[str]) -> list[Table]:
    """What a release has and lacks: by category and style, by style, by category of the base."""
    counted = [base_table(found.base, categories)] if found.base.is_measured else []
    outside = outside_table(found.base)
    return [
        *counted,
        *([outside] if outside.rows else []),
        styles_table(found, short=True),
        coverage_table(found, categories, short=True),
    ]


def coverage_table(
    found: release_facts.MutationFacts, categories: Sequence[str], *, short: bool = False
) -> Table:
    """Rows by category and style; the column `base` says how many there could be.

    Args:
        found: What the release holds.
        categories: The categories' names, in order.
        short: Whether styles are named by their first letters, as a terminal is narrow.
    """
    names = [style.name for style in found.styles]
    heads = codes(names) if short else names
    columns = {head: style.rows for head, style in zip(heads, found.styles, strict=True)}
    table = by_category("Coverage: rows by category and prompt style", columns, categories)
    labels = [*(f"{found.numbers.get(each, '')} {each}" for each in categories), "total"]
    rows = tuple((label, *row[1:]) for label, row in zip(labels, table.rows, strict=True))
    return Table(table.title, table.header, rows)


def styles_table(found: release_facts.MutationFacts, *, short: bool = False) -> Table:
    """A row for each style: what it has, what it lacks and why."""
    heads = codes([style.name for style in found.styles])
    header = ("style", *(("short",) if short else ()), "group", "writer", "rows", "missing", "why")
    rows = tuple(
        _style(style, head if short else None)
        for style, head in zip(found.styles, heads, strict=True)
    )
    return Table("Prompt styles", header, rows)


def base_table(found: release_facts.BaseFacts, categories: Sequence[str]) -> Table:
    """Requests of the base set by category: found, chosen, missing."""
    return by_category("Base set by category", found.counts, categories)


def outside_table(found: release_facts.BaseFacts) -> Table:
    """Groups of candidates that fit no category."""
    header = ("group", "rows", "sources")
    return Table("Candidates outside all categories", header, found.outside)


def codes(names: Sequence[str]) -> list[str]:
    """Short names of styles: as few first letters as tell them apart, at least three."""
    bare = [name.removeprefix(TRANSLATED) for name in names]
    return [_code(name, bare) for name in bare]


def _code(name: str, names: Sequence[str]) -> str:
    for length in range(_SHORTEST, len(name)):
        if sum(other.startswith(name[:length]) for other in names) == 1:
            return name[:length].rstrip("-_")
    return name


def _style(style: release_facts.StyleFacts, code: str | None) -> tuple[Cell, ...]:
    ordered = sorted(style.missing.items(), key=lambda reason: (-reason[1], reason[0]))
    why = ", ".join(f"{reason} {count}" for reason, count in ordered)
    named: tuple[Cell, ...] = (style.name,) if code is None else (style.name, code)
    missing = sum(style.missing.values())
    return (*named, style.group, style.writer or "", style.total, missing, why)
