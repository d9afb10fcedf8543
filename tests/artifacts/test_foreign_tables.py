"""Tables that others made end in one line or are read as what they say; never in a panic."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from artifacts.errors import TableDamagedError, TableUnreadableError
from artifacts.tables import read_footer, read_table, write_table
from artifacts.user_tables import read_any_table, read_user_table
from base.errors import RefuseryError


def _no_text() -> pa.StringArray:
    offsets = pa.py_buffer((0).to_bytes(4, "little") + (2).to_bytes(4, "little"))
    return pa.StringArray.from_buffers(1, offsets, pa.py_buffer(b"\xff\xfe"))


def _nested(levels: int) -> pa.Array:
    kind = pa.int32()
    value: object = 1
    for _ in range(levels):
        kind, value = pa.list_(kind), [value]
    return pa.array([value], type=kind)


_ODD = {
    "no_text": pa.table({"prompt": _no_text(), "row": ["1"]}),
    "no_columns": pa.table({}),
    "deep": pa.table({"prompt": ["a"], "x": _nested(40)}),
    "twice": pa.table([["a"], ["b"]], names=["prompt", "prompt"]),
    "decimals": pa.table({"prompt": pa.array([1]).cast(pa.decimal256(60, 2))}),
}


@pytest.mark.parametrize("name", _ODD)
def test_an_odd_parquet_file_is_one_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / "odd.parquet"
    pq.write_table(_ODD[name], path)
    with pytest.raises(RefuseryError) as caught:
        read_user_table(path)
    assert "\n" not in str(caught.value)
    assert name != "deep" or "at most 20 levels deep (got 21 or more)" in str(caught.value)
    with pytest.raises(TableDamagedError):
        read_table(path, ["prompt", "row", "not there"])


def test_bytes_that_are_no_text_never_reach_polars(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pq.write_table(_ODD["no_text"], path)
    with pytest.raises(TableDamagedError, match="must be a whole Parquet file"):
        read_table(path, ["prompt"])
    with pytest.raises(TableUnreadableError, match="must be well-formed"):
        read_any_table(path)


@pytest.mark.parametrize("dictionary", [True, False])
def test_a_small_file_does_not_stand_for_gigabytes(tmp_path: Path, dictionary: bool) -> None:
    path = tmp_path / "bomb.parquet"
    times = 200_000 if dictionary else 100
    text = "x" * (1_000 if dictionary else 1_000_000)
    table = pa.table({"prompt": pa.array([text] * times)})
    pq.write_table(table, path, use_dictionary=dictionary, compression="zstd")
    assert path.stat().st_size < 40_000
    with pytest.raises(TableUnreadableError, match=r"bytes when it is read \(got [\d,]+ or more"):
        read_any_table(path)
    with pytest.raises(TableDamagedError, match="bytes when it is read"):
        read_table(path)


def test_a_constant_column_beside_many_rows_is_no_bomb(tmp_path: Path) -> None:
    rows = 20_000
    frame = pl.DataFrame(
        {"row": [f"{row:016x}" for row in range(rows)], "license": ["cc-by-4.0"] * rows,
         "votes": [[{"model": "a", "label": "safe"}]] * rows}
    )  # fmt: skip
    path = tmp_path / "kept.parquet"
    write_table(path, frame, frame.schema)
    assert read_table(path).equals(frame)
    assert read_any_table(path).equals(frame)


def test_a_device_a_folder_and_a_cut_file_are_no_tables(tmp_path: Path) -> None:
    (tmp_path / "folder.parquet").mkdir()
    (tmp_path / "device.parquet").symlink_to("/dev/zero")
    (tmp_path / "device.csv").symlink_to("/dev/zero")
    for name in ("folder.parquet", "device.parquet", "device.csv"):
        with pytest.raises(TableUnreadableError, match="must be readable"):
            read_any_table(tmp_path / name)
    with pytest.raises(TableDamagedError):
        read_footer(tmp_path / "device.parquet")


@pytest.mark.parametrize(
    "line",
    [
        b'{"prompt": ' + b"[" * 200_000,
        b'{"prompt": "a", "x": ' + b"[" * 150 + b"]" * 150 + b"}",
        b'{"prompt": 1' + b"0" * 500 + b"}",
        b'[1, 2]',
        b'{"prompt": "\\ud83d", "x": ' + b"[" * 5_000,
    ],
)  # fmt: skip
def test_odd_json_lines_are_one_line(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_bytes(b'{"prompt": "good"}\n' + line + b"\n")
    with pytest.raises(TableUnreadableError):
        read_user_table(path)


def test_half_a_character_in_json_lines_is_a_nul_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "half.jsonl"
    path.write_bytes(b'{"prompt": "\\ud83d\\ude00"}\n{"prompt": "ends \\ud83d"}\n')
    assert read_user_table(path)["prompt"].to_list() == ["\U0001f600", "ends \x00"]
    path.write_bytes(b'{"prompt": "ends \\udc00"}\n')
    with pytest.raises(TableUnreadableError, match="well-formed"):
        read_user_table(path)


def _parquet() -> bytes:
    file = io.BytesIO()
    rows = {"prompt": ["a", "b", None], "category": ["x", "y", "x"], "votes": [[1], [], None]}
    pq.write_table(pa.table(rows), file)
    return file.getvalue()


_WHOLE = {
    ".parquet": _parquet(),
    ".csv": b'prompt,category\n"a, b",x\nc,y\n',
    ".jsonl": b'{"prompt": "a", "category": "x"}\n{"prompt": "b"}\n',
}


@given(
    ending=st.sampled_from(sorted(_WHOLE)),
    edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6),
    keep=st.floats(0, 1),
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_damage_is_a_table_or_an_error_of_ours(
    tmp_path: Path, ending: str, edits: list[tuple[float, int]], keep: float
) -> None:
    raw = bytearray(_WHOLE[ending])
    for place, byte in edits:
        raw[int(place * (len(raw) - 1))] = byte
    path = tmp_path / f"damaged{ending}"
    path.write_bytes(bytes(raw) if keep > 0.3 else bytes(raw[: int(keep * len(raw))]))
    for read in (read_user_table, read_any_table, read_table):
        try:
            read(path)
        except RefuseryError as error:
            assert "\n" not in str(error)
