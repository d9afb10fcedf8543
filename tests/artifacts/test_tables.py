from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifacts.errors import SchemaBrokenError, TableDamagedError
from artifacts.schemas import MODERATED, OR_BENCH, PARENTS, ROWS, VOTES
from artifacts.tables import ROW_GROUP, read_footer, read_table, table_name, write_table
from base.errors import NoSpaceError
from base.files import sha256_file

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SMALL = pl.Schema({name: MODERATED[name] for name in ("row", "text", "checks", "label", "safe")})
RECORDS = st.fixed_dictionaries(
    {
        "row": TEXTS,
        "text": st.none() | TEXTS,
        "checks": st.none()
        | st.lists(
            st.fixed_dictionaries(
                {"name": TEXTS, "value": st.none() | st.floats(allow_nan=False, width=32)}
            ),
            max_size=3,
        ),
        "label": st.none() | TEXTS,
        "safe": st.none() | st.integers(-(2**31), 2**31 - 1),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(RECORDS, max_size=8), st.data())
def test_equal_frames_give_equal_bytes_and_come_back_equal(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, Any]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("tables")
    whole = pl.DataFrame(records, SMALL)
    cut = data.draw(st.integers(0, len(records)))
    pieces = pl.concat([whole[:cut], whole[cut:]], rechunk=False).select(reversed(SMALL.names()))
    first = write_table(folder / "first.parquet", whole, SMALL)
    second = write_table(folder / "second.parquet", pieces, SMALL)
    assert first.sha256 == second.sha256
    assert read_table(folder / "first.parquet").equals(whole)
    assert read_table(folder / "first.parquet").schema == SMALL


def test_the_record_states_name_hash_rows_and_bytes(tmp_path: Path) -> None:
    path = tmp_path / table_name("kept", 0, 4)
    record = write_table(path, pl.DataFrame({"row": ["a", "b"]}), pl.Schema({"row": pl.String()}))
    assert record.name == "kept-00-of-04.parquet"
    assert record.sha256 == sha256_file(path)
    assert (record.rows, record.bytes) == (2, path.stat().st_size)


@pytest.mark.parametrize("schema", [ROWS, MODERATED, PARENTS, VOTES, OR_BENCH])
def test_a_table_without_rows_keeps_its_schema(tmp_path: Path, schema: pl.Schema) -> None:
    path = tmp_path / "kept.parquet"
    assert write_table(path, schema.to_frame(), schema).rows == 0
    assert read_table(path).schema == schema == pl.read_parquet(path).schema
    assert read_footer(path)[0] == 0


def test_a_file_carries_nothing_but_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "kept.parquet"
    write_table(path, ROWS.to_frame(), ROWS)
    with pq.ParquetFile(path) as file:
        assert file.metadata.metadata is None


def test_a_long_table_has_row_groups_of_fixed_length(tmp_path: Path) -> None:
    path = tmp_path / "kept.parquet"
    frame = pl.DataFrame({"row": [f"{n:08d}" for n in range(ROW_GROUP.rows + 5)]})
    write_table(path, frame, frame.schema)
    with pq.ParquetFile(path) as file:
        groups = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
    assert groups == [ROW_GROUP.rows, 5]
    assert read_table(path).equals(frame)


def test_a_frame_of_another_schema_is_refused_and_nothing_written(tmp_path: Path) -> None:
    path = tmp_path / "kept.parquet"
    schema = pl.Schema({"row": pl.String()})
    with pytest.raises(SchemaBrokenError, match=r"column 'row' of this table must be String"):
        write_table(path, pl.DataFrame({"row": [1]}), schema)
    with pytest.raises(SchemaBrokenError, match=r"its schema's columns alone \(got other\)"):
        write_table(path, pl.DataFrame({"row": ["a"], "other": [1]}), schema)
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_named_and_leaves_no_table(tmp_path: Path) -> None:
    (tmp_path / ".kept.parquet.part").symlink_to("/dev/full")
    with pytest.raises(NoSpaceError, match=r"no space left for kept\.parquet"):
        write_table(tmp_path / "kept.parquet", ROWS.to_frame(), ROWS)
    assert not list(tmp_path.iterdir())


def test_some_columns_can_be_read_and_a_missing_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "kept.parquet"
    frame = pl.DataFrame({"row": ["a"], "text": ["b"]})
    write_table(path, frame, frame.schema)
    assert read_table(path, ["text"]).columns == ["text"]
    with pytest.raises(
        TableDamagedError, match=r"must have the column 'label' \(got kept\.parquet\)"
    ):
        read_table(path, ["label"])


def test_a_garbled_or_missing_file_is_named_without_its_contents(tmp_path: Path) -> None:
    path = tmp_path / "kept.parquet"
    for read in (read_table, read_footer):
        with pytest.raises(TableDamagedError, match=r"whole Parquet file \(got kept\.parquet\)"):
            read(path)
    path.write_bytes(b"a prompt, not a table")
    for read in (read_table, read_footer):
        with pytest.raises(
            TableDamagedError, match=r"^a table must be a whole Parquet file \(got kept"
        ):
            read(path)
