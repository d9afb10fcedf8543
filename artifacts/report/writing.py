"""Writes a report, and beside it the rows that are not in its sample."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from artifacts.audit_facts import Audit
from artifacts.files import replacing
from artifacts.manifest import Manifest
from artifacts.report import pages
from artifacts.report.browsing import Source
from artifacts.report.page import draw_report

_HEAD = 600  # characters within which a page of rows says what it is


def write_report(
    path: Path,
    audit: Audit,
    *,
    manifest: Manifest | None = None,
    rows: Mapping[str, pl.DataFrame] | None = None,
    toxic_text: bool = False,
    all_rows: bool = False,
) -> None:
    """Writes the report, and with `all_rows` pages with all other rows into `rows/` beside it.

    Pages of rows that an earlier report left there, and this one has not, are removed.

    Args:
        path: The report's file.
        audit: What was found.
        manifest: The release's manifest; None for a table.
        rows: Rows by config; None for a report without rows.
        toxic_text: Whether rows and openings of unsafe configs are shown too.
        all_rows: Whether the rows that are not in the sample are written too.

    Raises:
        FileUnwritable: A file cannot be written; `NoSpace` where the disk is full.
    """
    source = Source.of(rows or {}, manifest, toxic_text)
    report = draw_report(audit, source)
    shown = report.browsing.per_category
    listed = list(pages.row_pages(audit, source, shown)) if all_rows else []
    folder = path.parent / pages.FOLDER
    for place, page in enumerate(listed):
        _write(folder / page.name, pages.page_html(listed, place, path.name, manifest))
    _write(path, report.html(pages.links(listed)))
    _tidy(folder, path.name, {page.name for page in listed})


def _write(path: Path, text: str) -> None:
    with replacing(path) as file:
        file.write(text.encode())


def _tidy(folder: Path, report: str, kept: set[str]) -> None:
    """Removes pages of an older report of this name: they may show what this one leaves out."""
    mark = f'content="{pages.generator(report)}"'
    for page in sorted(folder.glob("*.html")):
        if page.name in kept or not page.is_file():
            continue
        with page.open(encoding="utf-8", errors="replace") as file:
            ours = mark in file.read(_HEAD)
        if ours:
            page.unlink()
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
