from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from artifacts.author_files import authors_csv, write_authors_csv
from base.files import sha256_file

FIELDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
ROWS = st.lists(st.tuples(FIELDS, st.sampled_from(["deception", "hate", "self-harm"])), min_size=1)


def frame(rows: list[tuple[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, {"prompt": pl.String, "category": pl.String}, orient="row")


def test_the_bytes_are_those_of_the_authors_dialect() -> None:
    rows = [
        ("What, exactly, is a lock pick?", "privacy"),
        ('What does "phishing" mean?', "deception"),
        ("First line\nsecond line?", "hate"),
        ("Wie heißt das?", "deception"),
        ("Plain; with 'quotes' and\ttab", "privacy"),
    ]
    assert authors_csv(frame(rows)) == (
        b"prompt,category\r\n"
        b'"What does ""phishing"" mean?",deception\r\n'
        b"Wie hei\xc3\x9ft das?,deception\r\n"
        b'"First line\nsecond line?",hate\r\n'
        b'"What, exactly, is a lock pick?",privacy\r\n'
        b"Plain; with 'quotes' and\ttab,privacy"
    )


def test_a_config_without_rows_is_a_header_without_a_newline() -> None:
    assert authors_csv(frame([])) == b"prompt,category"


def test_other_columns_stay_out() -> None:
    rows = frame([("a", "hate")]).with_columns(row=pl.lit("a1"))
    assert authors_csv(rows) == b"prompt,category\r\na,hate"


@given(ROWS)
@example([("\r", "hate"), ("\r\n", "hate"), (" a ", "hate"), ('"', "hate")])
def test_csv_and_polars_read_back_what_was_written(rows: list[tuple[str, str]]) -> None:
    data = authors_csv(frame(rows))
    expected = sorted(rows, key=lambda row: row[1])
    with io.StringIO(data.decode(), newline="") as text:
        header, *found = csv.reader(text, strict=True)
    assert header == ["prompt", "category"]
    assert [tuple(row) for row in found] == expected
    assert pl.read_csv(data, infer_schema=False).rows() == expected
    assert not data.endswith(b"\n")


def test_the_file_is_recorded(tmp_path: Path) -> None:
    path = tmp_path / "or-bench-80k.csv"
    record = write_authors_csv(path, frame([("a", "hate")]))
    assert (record.name, record.rows, record.bytes) == ("or-bench-80k.csv", 1, 23)
    assert record.sha256 == sha256_file(path)
