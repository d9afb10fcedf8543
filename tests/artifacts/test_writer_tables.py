"""What writers gave, as it is told."""

from __future__ import annotations

import pytest

from artifacts.release_facts import WriterCounts, WriterFacts
from artifacts.writer_tables import refusal_lines, writers_tables

_CALM = WriterCounts(asked=4, calls=5, texts=9, usable=6)
_SHY = WriterCounts(asked=4, calls=4, texts=3, usable=2, refused=3, lost=2)


def _facts(name: str, counts: WriterCounts, part: str = "rewrite") -> WriterFacts:
    styles = {"slang": counts} if part == "mutate" else {}
    return WriterFacts(part, name, counts, {"hate": counts}, styles)


def test_a_single_writer_is_one_row_and_no_table_by_category() -> None:
    (table,) = writers_tables([_facts("a", _SHY)], ("hate", "privacy"))
    assert table.header == (
        *("part", "writer", "asked", "calls", "texts", "usable", "refused", "lost"),
    )
    assert table.rows == (("rewrite", "a", 4, 4, 3, 2, 3, 2),)


def test_several_writers_of_a_part_are_told_apart_by_category_and_by_style() -> None:
    facts = [_facts("s", _CALM, "seeds"), *(_facts(n, c, "mutate") for n, c in _BOTH.items())]
    _, categories, styles = writers_tables(facts, ("hate", "privacy"))
    assert categories.title == "Usable of written texts by category: mutate"
    assert categories.header == ("", "a", "b")
    assert categories.rows == (("hate", "2 of 3", "6 of 9"), ("privacy", "", ""))
    assert styles.title == "Usable of written texts by style: mutate"
    assert styles.rows == (("slang", "2 of 3", "6 of 9"),)


_BOTH = {"a": _SHY, "b": _CALM}


@pytest.mark.parametrize(
    ("facts", "lines"),
    [
        ([], []),
        ([_facts("a", _CALM)], []),
        (
            [_facts("a", _SHY)],
            [
                "rewrite: a refused 2 rows that nobody wrote; add another writer to"
                " rewrite.writer: [a, ANOTHER]."
            ],
        ),
        (
            [_facts("a", _SHY), _facts("b", WriterCounts(asked=2, calls=2, refused=1, lost=1))],
            [
                "rewrite: a refused 2 rows that nobody wrote; add another writer to"
                " rewrite.writer, at the end of the list."
            ],
        ),
        (
            [_facts("a", WriterCounts(asked=1, calls=3, refused=3, lost=1), "seeds")],
            [
                "seeds: a refused 1 row that nobody wrote; add another writer to"
                " seeds.writer: [a, ANOTHER]."
            ],
        ),
    ],
)
def test_what_nobody_wrote_as_a_writer_refused_it_is_said_with_what_would_help(
    facts: list[WriterFacts], lines: list[str]
) -> None:
    assert [*refusal_lines(facts)] == lines


def test_without_writers_nothing_is_told() -> None:
    assert [*writers_tables([], ("hate",))] == []
