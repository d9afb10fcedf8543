"""The report of an audit as one page of HTML, its tables among it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl

from artifacts.audit_facts import Audit, Spread
from artifacts.diff.tables import change_tables
from artifacts.figures.figure import Figure
from artifacts.figures.gallery import figures
from artifacts.manifest import Manifest
from artifacts.release_tables import gates_table, review_tables
from artifacts.report import browser, rendering, titles
from artifacts.report.rows import leaves_out
from artifacts.summary import Cell, Table, ratio_words
from artifacts.version_facts import ReviewFacts, Tombstone
from artifacts.writer_tables import writers_tables
from base.formats import NONE, NOT_MEASURED, cents, decimal, percent


def configs_table(audit: Audit, shown: Mapping[str, int | None]) -> Table:
    """Each config's rows and main figures, and how many rows are shown; None for left out."""
    header = (
        *("config", "rows", "entropy", "largest / smallest", "Cramér's V"),
        *("near repeats inside", "top opening", "rows shown"),
    )
    return Table("Configs", header, tuple(_config_row(audit, each, shown) for each in audit.rows))


def _config_row(audit: Audit, config: str, shown: Mapping[str, int | None]) -> tuple[Cell, ...]:
    spread = next(
        (each for each in audit.spreads if (each.config, each.dimension) == (config, "category")),
        None,
    )
    near = next(
        (each for each in audit.near if (each.config, each.scope) == (config, "inside")), None
    )
    words = next((each for each in audit.diversity if each.config == config), None)
    return (
        *(config, audit.rows[config]),
        *_balance(spread),
        percent(near.share, NONE) if near else NOT_MEASURED,
        percent(words.opener_share, NONE) if words else NOT_MEASURED,
        "left out" if (rows := shown.get(config, 0)) is None else rows,
    )


def _balance(spread: Spread | None) -> tuple[Cell, ...]:
    if spread is None:
        return (NOT_MEASURED,) * 3
    return (
        decimal(spread.entropy, NONE),
        ratio_words(spread.ratio, spread.counts, NONE),
        decimal(spread.cramers_v, NONE),
    )


def tiles(audit: Audit, manifest: Manifest | None) -> Iterator[tuple[str, str]]:
    """A few figures to begin with: what they are, and what they come to."""
    sizes = [f"{rows:,}" for rows in audit.rows.values()]
    if sizes:
        yield (f"rows in {next(iter(audit.rows))}", sizes[0])
    yield ("configs", str(len(audit.rows)))
    yield ("categories", str(len(audit.categories)))
    if audit.gates:
        held = sum(gate.held for gate in audit.gates)
        yield ("gates held", f"{held} of {len(audit.gates)}")
    if audit.agreement is not None:
        yield ("moderators' alpha", decimal(audit.agreement.alpha))
    if manifest is not None and manifest.cost.calls:
        cost = manifest.cost
        dollars = f"${cents(cost.known_usd if cost.usd is None else cost.usd)}"
        yield ("paid at least" if cost.usd is None else "cost", dollars)


def _ties(review: ReviewFacts) -> Iterator[Table]:
    if review.ties:
        ties = tuple((each,) for each in review.ties)
        yield Table("Ties: as many for as against, so that the row stays", ("id",), ties)


def tombstones_table(tombstones: tuple[Tombstone, ...]) -> Table:
    """Rows that people withdrew, by their ids."""
    rows = ((each.id, each.version, each.reason) for each in tombstones)
    return Table("Withdrawn rows", ("id", "withdrawn in", "reason"), tuple(rows))


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
    browsing: browser.Browsing

    def html(self, links: tuple[Link, ...] = ()) -> str:
        """The page, with links to pages that have the rows outside of the sample."""
        return rendering.render(
            "report.html",
            self.browsing.data,
            audit=self.audit,
            manifest=self.manifest,
            tiles=tuple(tiles(self.audit, self.manifest)),
            configs=configs_table(self.audit, self.browsing.shown),
            gates=gates_table(self.audit.gates),
            sections=_sections(self.figures),
            browsing=self.browsing,
            links=links,
            **_of_manifest(self.manifest),
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
    return draw_report(audit, browser.Source.of(rows or {}, manifest, toxic_text)).html()


def draw_report(audit: Audit, source: browser.Source) -> Report:
    """Draws all figures, and chooses as many rows as fit beside them."""
    source = source.withholding(audit.exempt)
    named = titles.with_titles(audit, source.titles)
    drawn = tuple(
        _quoting(each, source.manifest, source.toxic_text)
        for each in figures(named, source.manifest)
    )
    without = Report(named, source.manifest, drawn, browser.Browsing())
    room = BYTES - _MARGIN - len(without.html().encode())
    return replace(without, browsing=browser.sampled(source, audit.categories, room))


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


def _of_manifest(manifest: Manifest | None) -> dict[str, tuple[Table, ...]]:
    """What the manifest says of writers, of earlier releases and of people, as tables."""
    if manifest is None:
        return {"writers": (), "changes": (), "review": (), "tombstones": ()}
    changes, review = manifest.changes, manifest.review
    return {
        "writers": tuple(writers_tables(manifest.writers, manifest.categories)),
        "changes": () if changes is None else tuple(change_tables(changes)),
        "review": () if review is None else (*review_tables(review), *_ties(review)),
        "tombstones": ((tombstones_table(manifest.tombstones),) if manifest.tombstones else ()),
    }
