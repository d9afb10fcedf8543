"""Cells that no spreadsheet calculates, and files as spreadsheets save them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.formats import spreadsheet_cell
from people.errors import ReviewUnusableError
from people.spreadsheet import read_cells, write_cells

TEXT = "Write «naïve» notes; with, commas\nand “quotes”"


SAVED = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(st.fixed_dictionaries({"a": SAVED, "b": SAVED}), min_size=1, max_size=5))
def test_a_sheet_comes_back_whole(rows: list[dict[str, str]]) -> None:
    import tempfile

    kept = [row for row in rows if any(spreadsheet_cell(cell).strip() for cell in row.values())]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.csv"
        write_cells(path, ("a", "b"), rows)
        assert [dict(row) for _, row in read_cells(path, ("a", "b")).rows] == kept


def _saved(path: Path, encoding: str, delimiter: str) -> Path:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([["id", "text"], ["r1", TEXT], ["", ""], ["r2", "'=x"]])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("encoding", "called"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("cp1252", "Latin-1")]
)
def test_every_way_of_saving_is_read(
    tmp_path: Path, encoding: str, called: str, delimiter: str
) -> None:
    sheet = read_cells(_saved(tmp_path / "s.csv", encoding, delimiter), ("id", "text"))
    assert (sheet.encoding, sheet.delimiter) == (called, delimiter)
    assert [row["text"] for _, row in sheet.rows] == [TEXT, "=x"]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "must not be empty"),
        (b"  \n", "must not be empty"),
        ("id,text\nr1,x".encode("utf-16"), "not a workbook or UTF-16"),
        (b"PK\x03\x04\0\0", "not a workbook"),
        (b"id,words\nr1,x\n", "missing: text"),
        (b"r1,x\nr2,y\n", "missing: id, text"),
        (b"id,text,text\nr1,x,y\n", r"each column once \(got text"),
        (b"id,text\nr1,x,y\n", r"at most 2 cells \(got 3 in s.csv, line 2"),
        (b'id,text\nr1,"x\n', "quotes must close"),
    ],
)
def test_a_broken_sheet_is_refused_in_one_line(tmp_path: Path, content: bytes, rule: str) -> None:
    path = tmp_path / "s.csv"
    path.write_bytes(content)
    with pytest.raises(ReviewUnusableError, match=rule) as caught:
        read_cells(path, ("id", "text"))
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_rows_that_were_cut_short_are_filled_up(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_bytes(b"id,text,more\nr1\n")
    ((line, row),) = read_cells(path, ("id", "text")).rows
    assert (line, row) == (2, {"id": "r1", "text": "", "more": ""})


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReviewUnusableError, match="must be readable"):
        read_cells(tmp_path / "s.csv", ("id",))
