"""The files of the papers' authors, byte for byte: OR-Bench's CSV and SORRY-Bench's JSON Lines.

UTF-8, a header `prompt,category`, minimal quoting, CRLF between lines and none after the last,
rows in order of their category. Nothing in these files is escaped: as they are the authors', byte
for byte, a text that begins with `=` is a formula for a spreadsheet. For one, `write_user_table`
writes tables in which none is.

`question.jsonl` is the base set, `question_question.jsonl` the style `question`. Texts are ASCII
with escapes, so that no reader takes U+0085, U+2028 or a control code for the end of a line.
"""

import csv
import io
import json
from pathlib import Path

import polars as pl

from base.files import FileRecord, replacing, sha256_file

CSV_COLUMNS = ("prompt", "category")


def authors_csv(rows: pl.DataFrame) -> bytes:
    """The bytes of such a file; the order within a category stays as it is."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows(rows.select(CSV_COLUMNS).sort("category", maintain_order=True).iter_rows())
    return text.getvalue().removesuffix("\r\n").encode()


def write_authors_csv(path: Path, rows: pl.DataFrame) -> FileRecord:
    """Writes such a file (`or-bench-80k.csv`), durable and at once.

    Raises:
        FileUnwritableError: The file cannot be written; `NoSpaceError` where the disk is full.
    """
    data = authors_csv(rows)
    with replacing(path) as file:
        file.write(data)
    return FileRecord(path.name, sha256_file(path), rows.height, len(data))


JSONL_COLUMNS = ("question_id", "category", "turns", "prompt_style")
_BASE = "base"


def file_name(style: str) -> str:
    """The published name of a style's file."""
    return "question.jsonl" if style == _BASE else f"question_{style}.jsonl"


def authors_jsonl(rows: pl.DataFrame) -> bytes:
    """The bytes of such a file, a row a line, in the rows' order."""
    found = rows.select(JSONL_COLUMNS).iter_rows(named=True)
    return "".join(f"{json.dumps(row, ensure_ascii=True)}\n" for row in found).encode("ascii")


def write_authors_jsonl(folder: Path, style: str, rows: pl.DataFrame) -> FileRecord:
    """Writes such a file, durable and at once.

    Raises:
        FileUnwritableError: The file cannot be written; `NoSpaceError` where the disk is full.
    """
    path = folder / file_name(style)
    data = authors_jsonl(rows)
    with replacing(path) as file:
        file.write(data)
    return FileRecord(path.name, sha256_file(path), rows.height, len(data))


def exports_of(release: Path) -> Path:
    """Where the authors' files of a release are written: `out/exports/<name>/<version>`."""
    name, version = release.absolute().parts[-2:]
    return release.absolute().parents[2] / "exports" / name / version
