"""All rows that are not in a report's sample, on pages of their own beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from artifacts.audit_facts import Audit
from artifacts.figures.figure import slug
from artifacts.manifest import Manifest
from artifacts.report.browsing import Source
from artifacts.report.packing import packed
from artifacts.report.page import Link
from artifacts.report.rendering import render
from artifacts.report.sample import rest

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


def row_pages(audit: Audit, source: Source, per_category: int) -> Iterator[Page]:
    """The pages of each config in its order.

    Args:
        audit: For the order of categories.
        source: The tables.
        per_category: Rows of each category that the report itself shows.
    """
    for config, frame in source.allowed():
        others = rest(frame, audit.categories, per_category)
        pages = list(_slices(others))
        for number, piece in enumerate(pages, start=1):
            yield Page(
                name=f"{slug(config)}-{number:04d}.html",
                title=f"{config}, page {number} of {len(pages)}",
                data=packed(source.shown(config, piece)),
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
    return render(
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
