"""The reader of printed tables: what it takes for a number, and what it lets pass."""

from __future__ import annotations

import pytest

from tests.golden.tables import differences, figures, numbers, parse, same

_SHOWN = """\
answers are read from column `completion`
Judges against people (20 of 27 answers)
 judge    model   n  kappa  95 % interval   left out 
 keyword  ann-7b  9  0.615  0.120 to 1.000         1 
 keyword  bob-8b  8         12.5% to 30.0%           

Stages
 stage            rows  share 
 rewrite-0 at 3  1,200      - 
 panel               7    0.5 

written: out/scores-2.csv (27 rows), at 127.0.0.1:8000
"""
_DATA = ("keyword", "ann-7b", "bob-8b")


def test_tables_have_their_cells_and_all_else_is_loose() -> None:
    first, second = parse(_SHOWN).tables
    assert first.title.endswith("people (20 of 27 answers)")
    assert first.header == ("judge", "model", "n", "kappa", "95 % interval", "left out")
    assert first.rows[1] == ("keyword", "bob-8b", "8", "", "12.5% to 30.0%", "")
    assert second.rows == (("rewrite-0 at 3", "1,200", "-"), ("panel", "7", "0.5"))


def test_rows_are_known_by_their_data_and_empty_cells_keep_their_places() -> None:
    found = figures(parse(_SHOWN), _DATA)
    assert found["tables"][0]["rows"] == [
        [["keyword", "ann-7b"], ["9", "0.615", "0.120", "1.000", "1"]],
        [["keyword", "bob-8b"], ["8", "", "0.125", "0.300", ""]],
    ]
    assert found["tables"][1]["rows"] == [[[], ["1200", ""]], [[], ["7", "0.5"]]]
    assert found["loose"] == ["20", "27", "27"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12,345 rows, 97% of them, -0.5 and +3", ["12345", "0.97", "-0.5", "+3"]),
        ("or-bench-main at 2026.11.1: sound; 61 files", ["2026.11.1", "61"]),
        ("t1, gpt4o, distinct-2, p95, a1b2c3d4, 20251130 and 127.0.0.1:80", []),
        ("out/r-1.csv, line 3: 95 % of 4.", ["3", "4"]),
        ("cost 0.000034 or 1.5e-05 US dollars", ["0.000034", "0.000015"]),
    ],
)
def test_numbers_inside_words_and_addresses_are_none(text: str, found: list[str]) -> None:
    assert [each.lstrip("+") for each in numbers(text)] == [each.lstrip("+") for each in found]


@pytest.mark.parametrize(
    ("pinned", "found", "alike"),
    [
        ("0.615", "0.6154", True),
        ("0.615", "0.61", False),
        ("0.500", "0.5", True),
        ("0.667", "0.6672", True),
        ("0.667", "0.6676", False),
        ("8", "8.4", True),
        ("2026.11.0", "2026.11.1", False),
        ("", "0", False),
    ],
)
def test_a_number_may_gain_digits_and_lose_none(pinned: str, found: str, alike: bool) -> None:
    assert same(pinned, found) is alike


def test_other_words_are_no_difference_and_other_numbers_data_or_rows_are() -> None:
    pinned = figures(parse(_SHOWN), _DATA, _DATA)
    reworded = _SHOWN.replace("left out", "out     ").replace("Stages", "Steps of the run")
    assert differences(pinned, figures(parse(reworded), _DATA, _DATA)) == []
    for old, new in (
        ("0.615", "0.616"),
        ("bob-8b", "ann-7b"),
        ("      7 ", "      8 "),
        ("(27 rows)", "(28 rows)"),
        (" panel               7    0.5 \n", ""),
    ):
        changed = figures(parse(_SHOWN.replace(old, new, 1)), _DATA, _DATA)
        assert differences(pinned, changed) != [], old
