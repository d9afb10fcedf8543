from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifacts import xlsx_tables
from artifacts.errors import TableUnreadableError
from artifacts.user_tables import read_any_table, read_user_table, write_user_table
from tests.artifacts.workbooks import STYLES, of_texts, row, sheet, text, workbook

HEADER = row(1, text("A1", "prompt"), text("B1", "n"))


def read(folder: Path, data: bytes) -> pl.DataFrame:
    path = folder / "t.xlsx"
    path.write_bytes(data)
    return read_any_table(path)


# Excel keeps a sign that XML has no place for as `_x0001_`: that the texts here are free of.
XML = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="_"))


@settings(max_examples=60, deadline=None)
@given(st.lists(XML.map(lambda made: made.replace("\ufffe", "").replace("\uffff", "") or "x")))
def test_texts_of_a_workbook_come_back(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("books")
    found = read(folder, of_texts(["prompt", "kind"], [[made, "a"] for made in [*texts, "end"]]))
    assert found["prompt"].to_list() == [*texts, "end"]


@given(st.integers(1, 1_048_576), st.integers(0, 16_383))
def test_each_cell_has_a_name_of_its_own(number: int, column: int) -> None:
    letters = xlsx_tables.cell_name(number, column).rstrip("0123456789")
    back = 0
    for letter in letters:
        back = back * 26 + ord(letter) - ord("A") + 1
    assert (letters.isupper(), back - 1) == (True, column)


def test_it_is_the_first_sheet_by_its_tabs_and_not_by_its_files(tmp_path: Path) -> None:
    found = read(tmp_path, of_texts(["prompt"], [["a"]]))
    assert found.rows() == [("a",)]


def test_shared_texts_runs_and_escapes_are_read_and_how_they_sound_is_not(tmp_path: Path) -> None:
    shared = (
        "<sst><si><t>plain </t></si>"
        "<si><r><t>of </t></r><r><t>runs</t></r><rPh sb='0'><t>spoken</t></rPh></si>"
        "<si><t>a_x000D__x005F_x000D_b</t></si></sst>"
    )
    cells = (f'<c r="A{n}" t="s"><v>{n - 2}</v></c>' for n in (2, 3, 4))
    rows = "".join(row(n, cell) for n, cell in zip((2, 3, 4), cells, strict=True))
    found = read(tmp_path, workbook(HEADER + rows, {"xl/sharedStrings.xml": shared}))
    assert found["prompt"].to_list() == ["plain ", "of runs", "a\r_x000D_b"]


def test_numbers_dates_and_truth_read_as_they_would_in_a_csv(tmp_path: Path) -> None:
    values = ('s="0"><v>5</v>', 's="0"><v>0.1</v>', 's="1"><v>45292</v>', 's="2"><v>45292</v>')
    more = ('s="3"><v>45292</v>', 's="4"><v>45292.5</v>', 's="5"><v>1.5</v>', 't="b"><v>1</v>')
    rows = "".join(
        row(n, text(f"A{n}", "a"), f'<c r="B{n}" {value}</c>')
        for n, value in enumerate((*values, *more), 2)
    )
    found = read(tmp_path, workbook(HEADER + rows, {"xl/styles.xml": STYLES}))
    dates = ["2024-01-01", "2024-01-01", "45292", "2024-01-01 12:00:00"]
    assert found["n"].to_list() == ["5", "0.1", *dates, "1.5", "true"]


def test_gaps_are_nothing_and_empty_rows_are_no_rows(tmp_path: Path) -> None:
    rows = row(3, '<c r="B3"><v>1</v></c>') + row(5) + row(9, text("A9", "b"))
    found = read(tmp_path, workbook(HEADER + rows))
    assert found.rows() == [(None, "1"), ("b", None)]
    path = tmp_path / "t.xlsx"
    assert read_user_table(path)["prompt"].to_list() == ["", "b"]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (
            workbook(HEADER + row(3, text("A3", "a"), '<c r="B3"><f>1+1</f><v>2</v></c>')),
            r"a value, not a formula; .* \(got t\.xlsx, cell B3\)",
        ),
        (
            workbook(HEADER + row(2, '<c r="A2" t="e"><v>#N/A</v></c>')),
            r"a value, not an error \(got t\.xlsx, cell A2\)",
        ),
        (
            workbook(HEADER + row(2, text("A2", "a"), text("AB2", "x"))),
            r"well-formed \(got t\.xlsx, cell AB2: a value in a column without a name\)",
        ),
        (
            of_texts(["prompt", "prompt"], [["a", "b"]]),
            r"no two columns of one name \(got t\.xlsx, two of 'prompt'\)",
        ),
        (of_texts(["prompt"], []), "at least one row"),
        (workbook(""), "at least one row"),
        (workbook(BOMB), "a well-formed workbook"),
        (workbook("", {"xl/worksheets/b.xml": BOMB + sheet("")}), "a well-formed workbook"),
        (workbook("<a>" * 200 + "</a>" * 200), "a well-formed workbook"),
        (workbook(row(2, '<c r="A3"><v>1</v></c>')), "a well-formed workbook"),
        (workbook(row(2, '<c r="A2" t="s"><v>4</v></c>')), "a well-formed workbook"),
        (workbook("", {"xl/workbook.xml": "<workbook/>"}), "a well-formed workbook"),
        (b"PK\x03\x04", "a well-formed workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a workbook without a password, and no .xls"),
    ],
)
def test_a_workbook_that_is_no_table_is_refused_in_one_line(
    tmp_path: Path, data: bytes, rule: str
) -> None:
    with pytest.raises(TableUnreadableError, match=rule) as caught:
        read(tmp_path, data)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("bound", ["_MOST_BYTES", "_MOST_ELEMENTS", "_MOST_SIGNS"])
def test_what_would_be_huge_when_it_is_unpacked_ends_at_a_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(xlsx_tables, bound, 100)
    rows = [["x" * 20, "y"]] * 100
    with pytest.raises(TableUnreadableError, match="must have at most 100"):
        read(tmp_path, of_texts(["prompt", "n"], rows))


def test_a_workbook_is_read_and_never_written(tmp_path: Path) -> None:
    rule = r"a table that is written must end in one of \.csv, \.jsonl, \.ndjson, \.parquet \(got t"
    with pytest.raises(TableUnreadableError, match=rule):
        write_user_table(tmp_path / "t.xlsx", pl.DataFrame({"prompt": ["a"]}))
    assert not list(tmp_path.iterdir())
