"""Changes as tables: for a terminal, and for the card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from artifacts.summary import Table
from artifacts.version_facts import Changes

_NO_KEY = "(not given)"


def change_tables(changes: Changes) -> Iterator[Table]:
    """Rows by config, then a table for each kind of thing that has changed."""
    yield config_table(changes)
    if changes.categories:
        yield category_table(changes)
    yield from (
        _said(title, sentences)
        for title, sentences in (
            ("Models", changes.models),
            ("Prompt templates", changes.templates),
            ("Sources and licences", changes.sources),
            ("Configs and columns", changes.columns),
        )
        if sentences
    )
    if changes.recipe:
        yield recipe_table(changes)


def config_table(changes: Changes) -> Table:
    """Rows by config: what was there, what became of it, what is there now."""
    header = ("config", "before", "added", "removed", "kept", "relabelled", "moved in", "moved out")
    rows = (
        (
            *(each.config, each.before, each.added, each.removed, each.kept, each.relabelled),
            *(each.moved_in, each.moved_out, each.now),
        )
        for each in changes.configs
    )
    return Table("Rows by config", (*header, "now"), tuple(rows))


def category_table(changes: Changes) -> Table:
    """Rows by config and category, where they differ."""
    rows = (
        (config, category, before, now, now - before)
        for config, counts in changes.categories.items()
        for category, (before, now) in counts.items()
    )
    header = ("config", "category", "before", "now", "change")
    return Table("Rows by category, where they differ", header, tuple(rows))


def recipe_table(changes: Changes) -> Table:
    """Changed keys of the recipe."""
    rows = ((key, before or _NO_KEY, now or _NO_KEY) for key, before, now in changes.recipe)
    return Table("Recipe", ("key", "before", "now"), tuple(rows))


def _said(title: str, sentences: Sequence[str]) -> Table:
    return Table(title, ("what has changed",), tuple((each,) for each in sentences))
