"""Changes as tables, for a terminal and for the card, and as JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import fields

from pydantic_core import to_json

from artifacts.diff.compare import changes_of
from artifacts.diff.rows import Difference
from artifacts.summary import Table, facts
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


_NOT_IN_JSON = "fates"


def tables(difference: Difference) -> list[Table]:
    """The whole difference but its rows."""
    return [_counts(difference), *change_tables(changes_of(difference))]


def as_json(difference: Difference) -> str:
    """The difference as indented JSON; its rows are a table of their own and left out."""
    content = {
        field.name: getattr(difference, field.name)
        for field in fields(difference)
        if field.name != _NOT_IN_JSON
    }
    return to_json(content, indent=2).decode()


def _counts(difference: Difference) -> Table:
    counts = difference.counts
    return facts(
        f"{difference.data_set}: from {difference.old.version} to {difference.new}",
        {
            "rows before": counts.before,
            "rows now": counts.now,
            "added": counts.added,
            "removed": counts.removed,
            "of these withdrawn by people": counts.withdrawn,
            "kept": counts.kept,
            "of these relabelled": counts.relabelled,
            "of these moved between configs": counts.moved,
        },
    )
