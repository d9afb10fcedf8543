"""Writes a report, and beside it pages with the rows that are not in its sample."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from artifacts.audit_facts import Audit
from artifacts.figures.figure import slug
from artifacts.manifest import Manifest
from artifacts.report import browser, rendering
from artifacts.report.page import Link, draw_report
from base.files import replacing

ROWS = 1_000
"""Rows of a page at most."""
FOLDER = "rows"
_GENERATOR = "refusery rows of {}"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows: its file's name in the folder, its heading, and its data."""

    name: str
    title: str
    data: Mapping[str, Any]


def row_pages(audit: Audit, source: browser.Source, per_category: int) -> Iterator[Page]:
    """The pages of each config in its order.

    Args:
        audit: For the order of categories.
        source: The tables.
        per_category: Rows of each category that the report itself shows.
    """
    for config, frame in source.allowed():
        others = browser.rest(frame, audit.categories, per_category)
        pages = list(_slices(others))
        for number, piece in enumerate(pages, start=1):
            yield Page(
                name=f"{slug(config)}-{number:04d}.html",
                title=f"{config}, page {number} of {len(pages)}",
                data=browser.packed(source.shown(config, piece)),
            )


def links(pages: list[Page]) -> tuple[Link, ...]:
    """Links from the report to its pages."""
    return tuple(Link(page.title, f"{FOLDER}/{page.name}") for page in pages)


def page_html(pages: list[Page], place: int, report: str, manifest: Manifest | None) -> str:
    """One page, with links to the one before, the one after and the report.

    Args:
        pages: All pages.
        place: Which of them.
        report: The report's file name, in the folder above.
        manifest: The release's manifest, for its canary.
    """
    page = pages[place]
    return rendering.render(
        "rows.html",
        page.data,
        title=page.title,
        report=f"../{report}",
        before=pages[place - 1] if place else None,
        after=pages[place + 1] if place + 1 < len(pages) else None,
        generator=generator(report),
        manifest=manifest,
    )


def generator(report: str) -> str:
    """What a page of rows says of itself, so that an older report's pages are told from others."""
    return _GENERATOR.format(report)


def _slices(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    return (frame.slice(start, ROWS) for start in range(0, frame.height, ROWS))


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
        FileUnwritableError: A file cannot be written; `NoSpaceError` where the disk is full.
    """
    source = browser.Source.of(rows or {}, manifest, toxic_text)
    report = draw_report(audit, source)
    shown = report.browsing.per_category
    listed = list(row_pages(audit, source, shown)) if all_rows else []
    folder = path.parent / FOLDER
    for place, page in enumerate(listed):
        _write(folder / page.name, page_html(listed, place, path.name, manifest))
    _write(path, report.html(links(listed)))
    _tidy(folder, path.name, {page.name for page in listed})


def _write(path: Path, text: str) -> None:
    with replacing(path) as file:
        file.write(text.encode())


def _tidy(folder: Path, report: str, kept: set[str]) -> None:
    """Removes pages of an older report of this name: they may show what this one leaves out."""
    mark = f'content="{generator(report)}"'
    for page in sorted(folder.glob("*.html")):
        if page.name in kept or not page.is_file():
            continue
        with page.open(encoding="utf-8", errors="replace") as file:
            ours = mark in file.read(_HEAD)
        if ours:
            page.unlink()
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
