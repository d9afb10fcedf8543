"""Tables that people bring and take away: CSV, JSON Lines or Parquet by their ending.

TSV, JSON and XLSX are read too. A CSV may be opened in a spreadsheet: no text in it is a formula
there. Its header is quoted, by which our own CSVs are known again when they are read, and the texts
are as they were.
"""

import io
import re
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from artifacts import csv_tables, foreign_tables, json_tables, xlsx_tables
from artifacts.errors import ColumnUnusableError, TableUnreadableError, shown_name
from base.did_you_mean import repeated
from base.files import replacing
from base.foreign_text import open_regular
from base.formats import spreadsheet_cell, spreadsheet_text
from base.registry import table_of

_TEXTS = (pl.String, pl.Categorical, pl.Enum)
_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|inf)", re.IGNORECASE)


def table_kind(path: Path) -> str:
    """The path's ending, one of those that a table may have.

    Raises:
        TableUnreadableError: The ending is unknown.
    """
    return _kind(path, "a table's name must end in one of", ENDINGS)


def require_writable(path: Path, read: Path | None = None, *aside: Path) -> None:
    """Refuses a name for a table that no table is written under.

    Args:
        path: The table to be written.
        read: The table that it is made from, which is not to be lost.
        aside: What is written beside it.

    Raises:
        TableUnreadableError: The ending is unknown, such tables are read alone, or both are one.
    """
    _kind(path, "the name of a table that is written must end in one of", tuple(_WRITERS))
    for each in (path, *aside):
        if read is not None and each.exists() and read.exists() and each.samefile(read):
            rule = "the table that is written must be another file than the one that is read"
            raise TableUnreadableError(rule, each)


def _kind(path: Path, rule: str, known: Collection[str]) -> str:
    kind = path.suffix.lower()
    if kind not in known:
        raise TableUnreadableError(f"{rule} {', '.join(known)}", path.name or path)
    return kind


def has_texts_alone(path: Path) -> bool:
    """Whether the format has no other values, so that an empty cell is the empty text."""
    return path.suffix.lower() in (".csv", ".tsv", ".xlsx")


def read_user_table(path: Path, column: str = "prompt") -> pl.DataFrame:
    """A user's table with a text in every row of `column`; other columns are carried along.

    Values of a CSV, TSV or XLSX are all texts, and an empty cell of `column` is the empty text. A
    byte order mark is skipped. Of a CSV that `write_user_table` wrote texts are as they were.

    Raises:
        TableUnreadableError: The file is missing, empty, or not what its ending says.
        ColumnUnusableError: The column is missing, is not text, or holds nulls.
    """
    frame = read_any_table(path)
    return with_texts(frame, column, empty_is_text=has_texts_alone(path))


def read_any_table(path: Path) -> pl.DataFrame:
    """A user's table as it is, whatever its columns hold.

    Raises:
        TableUnreadableError: The file is missing, empty, or not what its ending says.
    """
    kind = table_kind(path)
    try:
        with open_regular(path) as file:
            raw = file.read()
    except OSError as error:
        why = error.strerror or "it must be a regular file"
        raise TableUnreadableError(f"a table must be readable: {why}", path) from error
    if not raw.strip():
        raise TableUnreadableError("a table must not be empty", path)
    try:
        frame = foreign_tables.require_shallow(_READERS[kind](raw, path))
    except json_tables.RowMalformedError as error:
        raise _malformed(path, str(error)) from None
    except foreign_tables.UNREADABLE:
        # Parsers quote what they could not read, and that may be prompt text: not passed on.
        where = _FAULTS[kind](raw) if kind in _FAULTS else None
        raise _malformed(path, where) from None
    if not frame.height:
        raise TableUnreadableError("a table must have at least one row", path)
    return frame


def _malformed(path: Path, problem: str | None = None) -> TableUnreadableError:
    kind = path.suffix.lower()
    rule = f"{'an' if kind == '.xlsx' else 'a'} {kind} table must be well-formed"
    return TableUnreadableError(rule, path if problem is None else f"{path.name}, {problem}")


def _require_once(names: Sequence[str], path: Path) -> None:
    """Refuses a table in which nobody can say which of two columns is meant."""
    twice = repeated([name for name in names if name])
    if twice is not None:
        rule = "a table must have no two columns of one name"
        raise TableUnreadableError(rule, f"{path.name}, two of {shown_name(twice)}")


def write_user_table(path: Path, frame: pl.DataFrame) -> None:
    """Writes a frame in the format of the path's ending, durable and at once.

    In a CSV a nested value is written as JSON, and no text is a formula for a spreadsheet.

    Raises:
        TableUnreadableError: The ending is unknown.
        FileUnwritableError: The file cannot be written; `NoSpaceError` where the disk is full.
    """
    require_writable(path)
    data = _WRITERS[path.suffix.lower()](frame)
    with replacing(path) as file:
        file.write(data)


def _read_csv(raw: bytes, path: Path) -> pl.DataFrame:
    text = _utf8(raw, path)
    delimiter = csv_tables.delimiter_of(text.decode())
    return _separated(text, delimiter, path)


def _read_tsv(raw: bytes, path: Path) -> pl.DataFrame:
    return _separated(_utf8(raw, path), "\t", path)


def _separated(text: bytes, delimiter: str, path: Path) -> pl.DataFrame:
    _require_once(csv_tables.column_names(text.decode(), delimiter), path)
    frame = pl.read_csv(text, infer_schema=False, separator=delimiter)
    frame = _unescaped(frame) if _is_our_own(text, frame) else frame
    return frame.filter(
        ~pl.all_horizontal(pl.all().is_null())
    )  # blank lines, and records of empty cells


def _csv_problem(raw: bytes) -> str | None:
    text = raw.decode().removeprefix("\ufeff")
    return csv_tables.problem_of(text, csv_tables.delimiter_of(text))


def _is_our_own(raw: bytes, frame: pl.DataFrame) -> bool:
    """Whether these are the bytes that `_to_csv` writes of a table, whose texts were escaped.

    An apostrophe that somebody else has put before a sign is part of the text.
    """
    if raw != _csv_of(frame):
        return False
    texts = (text for column in (frame.columns, *frame) for text in column if text)
    return all(
        spreadsheet_cell(spreadsheet_text(text)) == text or _NUMBER.fullmatch(text)
        for text in texts
    )


def _csv_of(frame: pl.DataFrame) -> bytes:
    """A CSV whose header is quoted, and whose cells are only where they must be: ours alone."""
    names = (name.replace('"', '""') for name in frame.columns)
    header = ",".join(f'"{name}"' for name in names)
    return f"{header}\n{frame.write_csv(include_header=False)}".encode()


def _unescaped(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(_mapped(column, spreadsheet_text) for column in frame)


def _mapped(column: pl.Series, function: Callable[[str], str]) -> pl.Series:
    """The column of texts with the function applied to each of them, and to its name."""
    texts = [None if text is None else function(text) for text in column]
    return pl.Series(function(column.name), texts, dtype=pl.String)


def _read_json_lines(raw: bytes, path: Path) -> pl.DataFrame:
    text = _utf8(raw, path)
    if (name := json_tables.twice(text)) is not None:
        _require_once((name, name), path)
    # Of half a character polars makes a NUL, or no table: what wants texts refuses both.
    return pl.read_ndjson(text, infer_schema_length=None)


def _read_json(raw: bytes, path: Path) -> pl.DataFrame:
    text = _utf8(raw, path)
    if (name := json_tables.twice(text)) is not None:
        _require_once((name, name), path)
    lines = json_tables.lines_of(text)
    if not lines:
        raise TableUnreadableError("a table must have at least one row", path)
    return _read_json_lines(lines, path)


def _read_xlsx(raw: bytes, path: Path) -> pl.DataFrame:
    (_, header), *rows = xlsx_tables.read_first_sheet(raw, path.name).rows or ((0, {}),)
    _require_once([*header.values()], path)
    for number, cells in rows:
        if unnamed := cells.keys() - header.keys():
            where = xlsx_tables.cell_name(number, min(unnamed))
            raise _malformed(path, f"cell {where}: a value in a column without a name")
    return pl.DataFrame(
        {name: [cells.get(place) for _, cells in rows] for place, name in header.items()},
        schema=dict.fromkeys(header.values(), pl.String),
    )


def _read_parquet(raw: bytes, path: Path) -> pl.DataFrame:
    with pq.ParquetFile(io.BytesIO(raw)) as file:
        _require_once(file.schema_arrow.names, path)
        texts = foreign_tables.text_columns(file)
    with pq.ParquetFile(io.BytesIO(raw), read_dictionary=texts) as file:
        foreign_tables.require_small(file, len(raw))
    return foreign_tables.frame_of(pq.read_table(io.BytesIO(raw)))


def _utf8(raw: bytes, path: Path) -> bytes:
    kind = path.suffix.lower()
    if b"\0" in raw:
        raise TableUnreadableError(f"a {kind} table must be text, not binary data or UTF-16", path)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise TableUnreadableError(
            f"a {kind} table must be UTF-8; line {line} is not", path
        ) from None
    return raw.removeprefix(b"\xef\xbb\xbf")


def with_texts(frame: pl.DataFrame, column: str, *, empty_is_text: bool) -> pl.DataFrame:
    """The frame, whose column holds a text in every row; nulls are empty texts where that is so.

    Raises:
        ColumnUnusableError: The column is missing, is not text, or holds nulls.
    """
    if column not in frame.columns:
        raise ColumnUnusableError.missing(column, frame.columns)
    texts = frame[column]
    if isinstance(texts.dtype, pl.Categorical | pl.Enum):
        texts = texts.cast(pl.String)
    if empty_is_text:
        texts = texts.fill_null("")
    if count := texts.null_count():
        first = texts.is_null().arg_true()[0] + 1
        rule = f"column '{column}' must hold a text in every row"
        raise ColumnUnusableError(rule, f"nothing in {count} of {len(texts)}, first in row {first}")
    if texts.dtype != pl.String:
        raise ColumnUnusableError(f"column '{column}' must hold texts", texts.dtype)
    return frame.with_columns(texts)


def _to_csv(frame: pl.DataFrame) -> bytes:
    nested = [_as_json(name) for name, dtype in frame.schema.items() if dtype.is_nested()]
    columns = (
        _mapped(column, spreadsheet_cell)
        if column.dtype in _TEXTS
        else column.alias(spreadsheet_cell(column.name))
        for column in frame.with_columns(nested)
    )
    return _csv_of(pl.DataFrame(columns))


def _as_json(name: str) -> pl.Expr:
    # polars encodes structs alone: any other value is wrapped in one and unwrapped again.
    encoded = pl.struct(v=name).struct.json_encode()
    value = encoded.str.strip_prefix('{"v":').str.strip_suffix("}")
    return pl.when(pl.col(name).is_not_null()).then(value).alias(name)


def _to_json_lines(frame: pl.DataFrame) -> bytes:
    return frame.write_ndjson().encode()


def _to_parquet(frame: pl.DataFrame) -> bytes:
    sink = io.BytesIO()
    frame.write_parquet(sink)
    return sink.getvalue()


_READERS: dict[str, Callable[[bytes, Path], pl.DataFrame]] = table_of(
    "table format",
    (
        (".csv", _read_csv),
        (".tsv", _read_tsv),
        (".json", _read_json),
        (".jsonl", _read_json_lines),
        (".ndjson", _read_json_lines),
        (".parquet", _read_parquet),
        (".xlsx", _read_xlsx),
    ),
)
ENDINGS = tuple(_READERS)
"""How the name of a table that is read may end."""

_FAULTS: dict[str, Callable[[bytes], str | None]] = {
    ".csv": _csv_problem,
    ".tsv": lambda raw: csv_tables.problem_of(raw.decode().removeprefix("\ufeff"), "\t"),
    ".json": json_tables.list_problem_of,
    ".jsonl": json_tables.problem_of,
    ".ndjson": json_tables.problem_of,
}
"""What looks for the line at which a table is not well-formed."""

_WRITERS: dict[str, Callable[[pl.DataFrame], bytes]] = table_of(
    "table format",
    (
        (".csv", _to_csv),
        (".jsonl", _to_json_lines),
        (".ndjson", _to_json_lines),
        (".parquet", _to_parquet),
    ),
)
