"""How figures look: what is not measured is never a zero, and rounding hides nothing."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base import formats


@pytest.mark.parametrize(
    "form",
    [
        formats.plain_percent,
        formats.percent,
        formats.percents,
        formats.fixed,
        formats.statistic,
        formats.decimal,
        formats.significant,
        formats.signed,
        formats.points,
        formats.hundredths,
        formats.interval,
        formats.dollars,
        formats.cell,
    ],
)
def test_what_was_not_measured_has_no_digit(form: object) -> None:
    assert callable(form)
    assert not any(sign.isdigit() for sign in form(None))


def test_a_small_share_is_not_rounded_to_nothing() -> None:
    shares = (0.0, 0.0007, 0.0123, 1.0)
    assert [formats.percent(share) for share in shares] == ["0.0%", "0.07%", "1.2%", "100.0%"]
    assert [formats.plain_percent(share) for share in shares[:2]] == ["0.0%", "0.1%"]


def test_a_large_figure_has_no_decimals() -> None:
    assert [formats.decimal(value) for value in (0.5, 99.994, 1319.4)] == ["0.50", "99.99", "1,319"]


def test_both_ends_of_an_interval_have_one_form() -> None:
    ends = (0.031, 0.0462)
    assert formats.interval(ends) == "3.1% to 4.6%"
    assert formats.interval(ends, between=" - ") == "3.1% - 4.6%"
    assert formats.interval(ends, formats.fixed) == "0.031 to 0.046"
    assert formats.percents((0.001, 0.5)) == "0.10% to 50.0%"


def test_a_difference_has_its_sign() -> None:
    assert formats.signed(0.125) == "+0.125"
    assert formats.points(-0.032) == "-3.2"
    assert formats.hundredths(0.256) == "26"


def test_less_than_a_dollar_keeps_four_digits() -> None:
    assert [formats.dollars(usd) for usd in (0, 0.0012345, 1234.5)] == [
        *("0.00", "0.001234", "1,234.50")
    ]


def test_a_cell_keeps_words_and_has_as_many_digits_as_are_asked_for() -> None:
    assert formats.cell("a|b\nc") == "a|b\nc"
    assert formats.cell(12345) == "12,345"
    assert (formats.cell(0.123456), formats.cell(0.123456, digits=3)) == ("0.1235", "0.123")
    assert formats.rounded(0.12345) == 0.123
    assert formats.rounded(None) is None


def test_a_long_text_ends_in_dots_at_the_bound() -> None:
    assert formats.cut("a mild text", 11) == "a mild text"
    assert formats.cut("a mild text", 10) == "a mild ..."


def test_nothing_in_a_cell_of_markdown_is_markup() -> None:
    assert formats.markdown_text("a|b\nc") == "a\\|b c"
    assert formats.markdown_text("<img src=x onerror=y>") == "\\<img src=x onerror=y>"
    assert formats.markdown_text("[x](javascript:y) ![z](http://w)") == (
        "\\[x\\](javascript:y) !\\[z\\](http\\://w)"
    )
    assert formats.markdown_text("`code` **bold** _soft_ ~~gone~~ \\|") == (
        "\\`code\\` \\*\\*bold\\*\\* \\_soft\\_ \\~~gone\\~~ \\\\\\|"
    )
    assert formats.markdown_text("www.example.com &lt; \x1b") == "www\\.example.com \\&lt; \\\\x1b"


def test_names_stay_readable_in_markdown() -> None:
    for name in (
        "llama_3-8b:q4",
        "translate-fr",
        "R&D",
        "a < b > 3".replace("<", ""),
        "95 % (n=3)",
    ):
        assert formats.markdown_text(name) == name


def test_a_span_of_code_cannot_be_left() -> None:
    assert formats.code_span("name") == "`name`"
    assert formats.code_span("a`b``c") == "``` a`b``c ```"
    assert formats.code_span("a|b\nc") == "`a\\|b c`"
    assert formats.code_span("  ") == ""


def test_no_text_leaves_its_place_on_a_page() -> None:
    assert formats.script_json("</script>\u2028") == '"\\u003c/script\\u003e\\u2028"'
    assert formats.html_text("a\x1bb\r\nc\ud800") == "a\ufffdb\nc\ufffd"
    assert formats.printable("a\u202eb\n") == "a\ufffdb\ufffd"


CELLS = st.text(st.sampled_from("'=+-@\uff1d\uff20\t\r\n;,\" \x00\u200bab1")) | st.text()
_SPLITS = ("\r\n", "\n", "\r", ";", ",", "\t")
_FORMULA = re.compile(r"[\s\"\x00\u200b]*[=+\-@\uff1d\uff0b\uff0d\uff20]")


@given(CELLS)
def test_a_cell_is_no_formula_however_it_is_split_and_comes_back_as_it_was(text: str) -> None:
    cell = formats.spreadsheet_cell(text)
    parts = {cell}
    for sign in _SPLITS:
        parts |= {part for each in parts for part in each.split(sign)}
    assert not any(_FORMULA.match(part) for part in parts)
    assert formats.spreadsheet_text(cell) == text


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\n=1", "\n'=1"),
        ("\t=1", "\t'=1"),
        ("\uff1d1", "'\uff1d1"),
        ("x;=1+1;y", "x;'=1+1;y"),
        ("x,=1", "x,'=1"),
        ("'=1", "''=1"),
        ("x;''=1", "x;'''=1"),
    ],
)
def test_an_apostrophe_stands_before_what_would_begin_a_formula(text: str, cell: str) -> None:
    assert formats.spreadsheet_cell(text) == cell


@pytest.mark.parametrize("text", ["", "plain", "'", "'quoted'", "a=b", "1-2", "it's; fine", "a @b"])
def test_what_begins_no_formula_stays(text: str) -> None:
    assert formats.spreadsheet_cell(text) == formats.spreadsheet_text(text) == text


@given(st.lists(CELLS, min_size=2, max_size=3))
def test_a_row_that_is_read_with_semicolons_holds_no_formula(cells: list[str]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerow(map(formats.spreadsheet_cell, cells))
    read = csv.reader(io.StringIO(file.getvalue(), newline=""), delimiter=";")
    assert not any(_FORMULA.match(cell) for row in read for cell in row)
