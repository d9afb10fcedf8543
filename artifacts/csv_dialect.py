"""The CSV files of the OR-Bench authors, byte for byte in their dialect.

UTF-8, a header `prompt,category`, minimal quoting, CRLF between lines and none after the last,
rows in order of their category.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl

from artifacts.files import FileRecord, replacing, sha256_file

COLUMNS = ("prompt", "category")


def authors_csv(rows: pl.DataFrame) -> bytes:
    """The bytes of such a file; the order within a category stays as it is."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows.select(COLUMNS).sort("category", maintain_order=True).iter_rows())
    return text.getvalue().removesuffix("\r\n").encode()


def write_authors_csv(path: Path, rows: pl.DataFrame) -> FileRecord:
    """Writes such a file (`or-bench-80k.csv`), durable and at once.

    Raises:
        FileUnwritable: The file cannot be written; `NoSpace` where the disk is full.
    """
    data = authors_csv(rows)
    with replacing(path) as file:
        file.write(data)
    return FileRecord(path.name, sha256_file(path), rows.height, len(data))
