"""The report of an audit as one page of HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from artifacts.audit_facts import Audit
from artifacts.figures import Figure, figures
from artifacts.manifest import Manifest
from artifacts.report import sections
from artifacts.report.browsing import Browsing, Source, sampled
from artifacts.report.rendering import render
from artifacts.report.titles import with_titles
from artifacts.report.withheld import leaves_out
from artifacts.summary import Table

BYTES = 5_000_000
"""The most that a report may weigh; its sample of rows is thinned until it does."""
_MARGIN = 50_000
_UNQUOTED = "The words are left out: this config holds prompts that a model should refuse."
_TITLES = {
    "funnel": "Funnel",
    "balance": "Balance",
    "moderators": "Moderators",
    "refusals": "Refusals",
    "repeats": "Near repeats",
    "diversity": "Diversity",
    "texts": "Texts",
    "provenance": "Provenance",
    "cost": "Cost",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a page of further rows: its name, and where it is."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Section:
    """Figures under one heading."""

    key: str
    title: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A report with its figures drawn and its rows chosen; only the links to pages are open.

    Attributes:
        audit: What was found.
        manifest: The release's manifest; None for a table.
        figures: The figures.
        browsing: The rows that are shown.
    """

    audit: Audit
    manifest: Manifest | None
    figures: tuple[Figure, ...]
    browsing: Browsing

    def html(self, links: tuple[Link, ...] = ()) -> str:
        """The page, with links to pages that have the rows outside of the sample."""
        return render(
            "report.html",
            self.browsing.data,
            audit=self.audit,
            manifest=self.manifest,
            tiles=tuple(sections.tiles(self.audit, self.manifest)),
            configs=sections.configs_table(self.audit, self.browsing.shown),
            gates=sections.gates_table(self.audit.gates),
            sections=_sections(self.figures),
            browsing=self.browsing,
            links=links,
            **_versions(self.manifest),
        )


def report_html(
    audit: Audit,
    *,
    manifest: Manifest | None = None,
    rows: Mapping[str, pl.DataFrame] | None = None,
    toxic_text: bool = False,
) -> str:
    """The page, under 5 MB, with nothing in it that would be fetched.

    Args:
        audit: What was found.
        manifest: The release's manifest, with or without the report's own record; None for a table.
        rows: Rows by config, of which a sample is shown; None for none.
        toxic_text: Whether rows and openings of unsafe configs are shown too.
    """
    return draw_report(audit, Source.of(rows or {}, manifest, toxic_text)).html()


def draw_report(audit: Audit, source: Source) -> Report:
    """Draws all figures, and chooses as many rows as fit beside them."""
    named = with_titles(audit, source.titles)
    drawn = tuple(
        _quoting(each, source.manifest, source.toxic_text)
        for each in figures(named, source.manifest)
    )
    without = Report(named, source.manifest, drawn, Browsing())
    room = BYTES - _MARGIN - len(without.html().encode())
    return replace(without, browsing=sampled(source, audit.categories, room))


def _sections(drawn: tuple[Figure, ...]) -> tuple[Section, ...]:
    grouped = (
        Section(key, title, tuple(figure for figure in drawn if figure.section == key))
        for key, title in _TITLES.items()
    )
    return tuple(section for section in grouped if section.figures)


def _quoting(figure: Figure, manifest: Manifest | None, toxic_text: bool) -> Figure:
    """The figure without its quotes where they are of a config whose texts are left out."""
    if not figure.quotes or toxic_text or not leaves_out(figure.quotes, manifest):
        return figure
    rows = tuple(("left out", *row[1:]) for row in figure.table.rows)
    table = replace(figure.table, rows=rows)
    return replace(figure, table=table, note=_UNQUOTED, quotes="")


def _versions(manifest: Manifest | None) -> dict[str, tuple[Table, ...]]:
    """What the manifest says of earlier releases and of people, as tables."""
    if manifest is None:
        return {"changes": (), "review": (), "tombstones": ()}
    changes, review = manifest.changes, manifest.review
    return {
        "changes": () if changes is None else tuple(sections.changes_tables(changes)),
        "review": () if review is None else tuple(sections.review_tables(review)),
        "tombstones": (
            (sections.tombstones_table(manifest.tombstones),) if manifest.tombstones else ()
        ),
    }
