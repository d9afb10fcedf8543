from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from artifacts.schemas import ROWS
from base.errors import ArtifactError
from pipelines.errors import SourceError
from pipelines.sources import resolve
from pipelines.sources.seeds import read_seeds
from taxonomy import load_taxonomy

OR_BENCH = load_taxonomy("or_bench")
MARKER = "zebra-marker"


def rows_of(path: Path, content: str | bytes, **options: str) -> list[dict[str, Any]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_seeds(resolve(str(path), path.parent, "mit", True), OR_BENCH, **options)


def refused(path: Path, content: str | bytes, **options: str) -> str:
    with pytest.raises((SourceError, ArtifactError)) as caught:
        rows_of(path, content, **options)
    assert isinstance(caught.value, SourceError | ArtifactError)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    assert MARKER not in str(caught.value)
    return str(caught.value)


def test_rows_are_roots_with_their_place_licence_and_category(tmp_path: Path) -> None:
    first, second = rows_of(tmp_path / "s.csv", "prompt,category\nA a,privacy\nB b,hate\n")
    assert (first["text"], first["category"], first["position"]) == ("A a", "privacy", "1")
    assert (second["text"], second["position"]) == ("B b", "2")
    assert (first["source"], first["license"], first["redistribute"]) == ("s.csv", "mit", True)
    assert first["row"] == first["root"] != second["row"]
    assert pl.DataFrame([first, second], schema=ROWS).height == 2


def test_the_same_rows_come_out_of_csv_json_lines_and_parquet(tmp_path: Path) -> None:
    frame = pl.DataFrame({"prompt": ["A", "B"], "category": ["hate", "privacy"]})
    frame.write_csv(tmp_path / "s.csv")
    frame.write_ndjson(tmp_path / "s.jsonl")
    frame.write_parquet(tmp_path / "s.parquet")
    tables = [
        [
            (row["text"], row["category"], row["position"])
            for row in rows_of(path, path.read_bytes())
        ]
        for path in sorted(tmp_path.iterdir())
    ]
    assert tables[0] == tables[1] == tables[2] == [("A", "hate", "1"), ("B", "privacy", "2")]


def test_a_seed_that_is_edited_in_its_place_stays_the_same_row(tmp_path: Path) -> None:
    before = rows_of(tmp_path / "s.csv", "prompt,category\nA,hate\nB,hate\n")
    after = rows_of(tmp_path / "s.csv", "prompt,category\nA,hate\nC,hate\n")
    assert [row["row"] for row in before] == [row["row"] for row in after]


def test_columns_may_have_other_names_and_one_category_may_be_given(tmp_path: Path) -> None:
    (row,) = rows_of(
        tmp_path / "a.csv", "text,kind\nA,hate\n", column="text", category_column="kind"
    )
    assert (row["text"], row["category"]) == ("A", "hate")
    (row,) = rows_of(tmp_path / "b.csv", "text\nA\n", column="text", category="privacy")
    assert row["category"] == "privacy"


def test_an_unknown_category_is_named_with_its_row_and_the_nearest_one(tmp_path: Path) -> None:
    content = f"prompt,category\nA,hate\n{MARKER},privcy\n"
    assert refused(tmp_path / "s.csv", content) == (
        "seeds must be in categories of taxonomy or_bench (did you mean `privacy`?)"
        " (got privcy in s.csv, row 2)"
    )


def test_the_harmless_category_has_no_seeds(tmp_path: Path) -> None:
    assert "must be in categories" in refused(tmp_path / "s.csv", "prompt,category\nA,none\n")


def test_a_missing_category_is_named_with_its_row(tmp_path: Path) -> None:
    line = refused(tmp_path / "s.csv", f"prompt,category\nA,hate\n{MARKER},\n")
    assert line == "seeds must each have a category (got s.csv, row 2)"


def test_a_table_without_the_column_is_refused_and_a_near_one_named(tmp_path: Path) -> None:
    line = refused(tmp_path / "s.csv", f"promt,category\n{MARKER},hate\n")
    assert "column 'prompt'" in line
    assert "promt" in line
    line = refused(tmp_path / "t.csv", f"prompt,categry\n{MARKER},hate\n")
    assert "`category`" in line
    assert "did you mean `categry`" in line


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("header.csv", b"prompt,category\n"),
        ("binary.csv", b"GGUF\x00\x03\xff"),
        ("not.parquet", b"prompt,category\nA,hate\n"),
        ("half.jsonl", b'{"prompt": "zebra-marker", "cat'),
        ("null.jsonl", b'{"prompt": null, "category": "hate"}\n'),
        ("page.html", b"<html></html>"),
    ],
)
def test_a_table_that_is_none_is_refused_in_one_line(
    tmp_path: Path, name: str, content: bytes
) -> None:
    assert refused(tmp_path / name, content)


def test_one_text_may_stand_in_two_categories(tmp_path: Path) -> None:
    assert len(rows_of(tmp_path / "s.csv", "prompt,category\nA,hate\nA,privacy\n")) == 2


def test_empty_texts_are_left_for_cleaning_to_drop(tmp_path: Path) -> None:
    rows = rows_of(tmp_path / "s.csv", 'prompt,category\n"",hate\n"",hate\nA,hate\n')
    assert [row["text"] for row in rows] == ["", "", "A"]


def test_a_text_of_one_megabyte_is_read_whole(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path / "s.csv", f"prompt,category\n{'x' * 1_000_000},hate\n")
    assert len(row["text"]) == 1_000_000
