from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifacts.csv_tables import DELIMITERS, delimiter_of
from artifacts.errors import TableUnreadableError
from artifacts.user_tables import read_any_table, read_user_table

SIGNS = st.text(st.sampled_from(';,\t"\n ab'), min_size=1)


def saved(rows: list[list[str]], delimiter: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(SIGNS, SIGNS), min_size=1),
    st.sampled_from(DELIMITERS),
    st.sampled_from([".csv", ".tsv"]),
)
def test_a_table_comes_back_whatever_stands_between_its_cells(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str]],
    delimiter: str,
    ending: str,
) -> None:
    delimiter = "\t" if ending == ".tsv" else delimiter
    path = tmp_path_factory.mktemp("tables") / f"table{ending}"
    path.write_text(saved([["prompt", "label"], *map(list, rows)], delimiter), newline="")
    assert read_any_table(path).rows() == rows


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("prompt\none; two, three\tfour\n", ","),
        ("prompt;label\none, two, three;safe\nfour, five;toxic\n", ";"),
        ("prompt\tlabel\none; two, three\tsafe\n", "\t"),
        ('"a;b","c;d"\n1;2,3;4\n', ","),
        ("notes; more\nplain\nwords\n", ","),
        ("id,text;note\n1,a;b\n2,c;d\n", ","),
        ("id;a,b\n1;x\n2;y, z, w\n", ";"),
        ("prompt;label\n", ";"),
        ("", ","),
    ],
)
def test_the_header_and_where_it_has_several_the_rows_say_what_parts_cells(
    text: str, delimiter: str
) -> None:
    assert delimiter_of(text) == delimiter


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ("a,b\n" + "1,2\n" * 15 + "1,2,3,4\n", "line 17: 4 fields, the header has 2"),
        ('a;b\n"1\n2";3\n1;2;3\n', "line 4: 3 fields, the header has 2"),
        ('a,b\n1,2\n"3,4\n5,6\n', "line 3: a quote does not close"),
        ('a,b\n1,2\n"3"x,4\n', "line 3: a sign between a quote and the next cell"),
        ("a\tb\n1\t2\t3\n", "line 2: 3 fields, the header has 2"),
    ],
)
def test_a_row_that_is_not_well_formed_has_its_line(tmp_path: Path, data: str, where: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(data, newline="")
    rule = rf"a \.csv table must be well-formed \(got table\.csv, {where}\)"
    with pytest.raises(TableUnreadableError, match=rule):
        read_any_table(path)


def test_a_column_that_stands_twice_is_named_and_a_text_is_not(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("prompt,id,prompt\na,b,c\n")
    with pytest.raises(TableUnreadableError, match=r"of one name \(got table.csv, two of 'prompt"):
        read_user_table(path)
    path.write_text("How do I marker a text,How do I marker a text\na,b\n")
    with pytest.raises(TableUnreadableError, match="two of a name that reads as a text"):
        read_user_table(path)


def test_columns_without_a_name_may_be_many(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("prompt,,\na,,\n")
    assert read_user_table(path)["prompt"].to_list() == ["a"]
