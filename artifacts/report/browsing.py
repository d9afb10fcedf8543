"""Which rows a report shows, and the data that its browser reads them from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from artifacts.manifest import Manifest
from artifacts.report.packing import packed
from artifacts.report.rows import Shown, shown_rows
from artifacts.report.sample import PER_CATEGORY, drawn
from artifacts.report.texts import embedded
from artifacts.report.titles import category_titles
from artifacts.report.withheld import leaves_out, sensitive_categories


@dataclass(frozen=True, slots=True)
class Browsing:
    """The rows of a report.

    Attributes:
        data: What the page's script reads.
        shown: Rows shown by config; None for a config that is left out as unsafe.
        per_category: Rows of each category of each config at most.
        toxic: Rows of other configs that are left out as their label is toxic.
    """

    data: Mapping[str, Any] = field(default_factory=lambda: packed(()))
    shown: Mapping[str, int | None] = field(default_factory=dict)
    per_category: int = PER_CATEGORY
    toxic: int = 0

    @property
    def left_out(self) -> tuple[str, ...]:
        """The configs that are left out as unsafe."""
        return tuple(config for config, rows in self.shown.items() if rows is None)

    @property
    def rows(self) -> int:
        """Rows that are shown."""
        return sum(rows or 0 for rows in self.shown.values())


@dataclass(frozen=True, slots=True)
class Source:
    """Tables by config, and what of them may be shown.

    Attributes:
        frames: All rows by config.
        manifest: The release's manifest; None for a table.
        toxic_text: Whether unsafe configs are shown too.
        sensitive: The categories whose texts are withheld.
        titles: Longer names of categories, by what the column has.
    """

    frames: Mapping[str, pl.DataFrame]
    manifest: Manifest | None
    toxic_text: bool
    sensitive: frozenset[str]
    titles: Mapping[str, str]

    @classmethod
    def of(
        cls, frames: Mapping[str, pl.DataFrame], manifest: Manifest | None, toxic_text: bool
    ) -> Source:
        """The tables of a release, or of a user where there is no manifest."""
        sensitive, titles = sensitive_categories(manifest), category_titles(manifest)
        return cls(frames, manifest, toxic_text, sensitive, titles)

    def allowed(self) -> Iterator[tuple[str, pl.DataFrame]]:
        """Each config that may be shown, without rows that are labelled toxic."""
        for config, frame in self.frames.items():
            if self.toxic_text:
                yield config, frame
            elif not leaves_out(config, self.manifest, frame):
                yield config, _harmless(frame)

    def shown(self, config: str, frame: pl.DataFrame) -> Iterator[Shown]:
        """Rows as the browser shows them."""
        return shown_rows(
            config,
            frame,
            sensitive=self.sensitive,
            titles=self.titles,
            toxic_text=self.toxic_text,
        )


def sampled(source: Source, categories: Sequence[str], room: int) -> Browsing:
    """The fixed sample of a report, thinned until it fits.

    Args:
        source: The tables.
        categories: The order of categories.
        room: Bytes that the data may have.
    """
    allowed = dict(source.allowed())
    per_category = PER_CATEGORY
    samples, data = _packed(source, allowed, categories, per_category)
    while per_category and len(embedded(data).encode()) > room:
        per_category //= 2
        samples, data = _packed(source, allowed, categories, per_category)
    shown = {config: samples.get(config) for config in source.frames}
    toxic = sum(source.frames[config].height - frame.height for config, frame in allowed.items())
    return Browsing(data, shown, per_category, toxic)


def _packed(
    source: Source,
    allowed: Mapping[str, pl.DataFrame],
    categories: Sequence[str],
    per_category: int,
) -> tuple[dict[str, int], dict[str, Any]]:
    """Rows drawn by config, and all of them as the page's script reads them."""
    samples = {config: drawn(frame, categories, per_category) for config, frame in allowed.items()}
    shown = (row for config, frame in samples.items() for row in source.shown(config, frame))
    return {config: frame.height for config, frame in samples.items()}, packed(shown)


def _harmless(frame: pl.DataFrame) -> pl.DataFrame:
    if "label" not in frame.columns:
        return frame
    return frame.filter(pl.col("label").cast(pl.String).ne_missing("toxic"))
