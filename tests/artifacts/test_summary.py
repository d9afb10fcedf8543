from __future__ import annotations

import re

from artifacts.stage_tables import Edge
from artifacts.summary import (
    Markdown,
    Table,
    by_category,
    facts,
    funnel,
    markdown,
    markdown_table,
    reasons,
)

EDGES = (
    Edge("seeds", "select", (), 3, 2, 1, 0, reasons={"too_short": 1}, categories={"hate": 2}),
    Edge("rewrite", "expand", ("seeds",), 2, 1500, 1, 0, categories={"hate": 900, "illegal": 600}),
)


def test_the_funnel_has_a_row_for_each_stage() -> None:
    assert funnel(EDGES).rows == (
        ("seeds", 3, 2, 1, 0, None, None),
        ("seeds -> rewrite", 2, 1500, 1, 0, None, None),
    )


def test_reasons_are_given_by_stage() -> None:
    assert reasons(EDGES).rows == (("seeds", "too_short", 1),)


def test_categories_without_rows_are_shown_and_columns_are_added_up() -> None:
    counts = {edge.stage: edge.categories for edge in EDGES}
    table = by_category("Kept rows", counts, ("hate", "illegal", "none"))
    assert table.header == ("category", "seeds", "rewrite")
    assert table.rows == (
        ("hate", 2, 900),
        ("illegal", 0, 600),
        ("none", 0, 0),
        ("total", 2, 1500),
    )


def test_a_table_is_written_in_markdown_with_its_numbers_to_the_right() -> None:
    table = Table("Any", ("name", "n", "share"), (("a|b", 1500, 0.25), ("c\nd", 2, None)))
    assert markdown_table(table) == (
        "| name | n | share |\n| --- | ---: | ---: |\n| a\\|b | 1,500 | 0.25 |\n| c d | 2 |  |\n"
    )


def test_tables_are_joined_under_their_titles() -> None:
    text = markdown([facts("One", {"a": 1}), facts("Two", {"b": "x"})])
    assert text == (
        "## One\n\n| what | value |\n| --- | ---: |\n| a | 1 |\n\n"
        "## Two\n\n| what | value |\n| --- | --- |\n| b | x |\n"
    )


def test_names_of_others_are_no_markup_in_a_table_and_markdown_of_ours_stays() -> None:
    hostile = "<img src=x onerror=y> [a](http://evil) ![b](c) `d` | e\x1b]0;t\x07"
    table = Table(hostile, ("name", hostile), ((hostile, 1), (Markdown("`ours` = safe"), 2)))
    shown = markdown([table])
    assert "\x1b" not in shown
    assert not re.search(r"(?<!\\)[<\[`]", shown.replace("`ours`", ""))
    assert "`ours` = safe" in shown
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 3 for line in shown.splitlines()[2:])
