"""Which rows a report shows: a fixed draw by category, as the data that its browser reads."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from artifacts.manifest import Manifest
from artifacts.report.rows import Shown, leaves_out, sensitive_categories, shown_rows
from artifacts.report.titles import category_titles
from base.formats import script_json


class _Names:
    """Gives each name a number, in the order in which they come."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def __call__(self, name: str) -> int:
        return self._places.setdefault(name, len(self._places))

    def listed(self) -> list[str]:
        return list(self._places)


def packed(rows: Iterable[Shown]) -> dict[str, Any]:
    """Rows as the page's script reads them: `[config, category, label, style, id, text, facts]`.

    The first four and each fact are numbers of names in the lists beside the rows.
    """
    columns = ("configs", "categories", "labels", "styles")
    names = {column: _Names() for column in (*columns, "facts")}
    lines = []
    for row in rows:
        values = (row.config, row.category, row.label, row.style)
        numbers = [names[column](value) for column, value in zip(columns, values, strict=True)]
        lines.append([*numbers, row.id, row.text, [names["facts"](fact) for fact in row.facts]])
    return {**{column: each.listed() for column, each in names.items()}, "rows": lines}


SEED = 7
PER_CATEGORY = 100
"""Rows of each category of each config that a report shows at most."""


def drawn(frame: pl.DataFrame, categories: Sequence[str], per_category: int) -> pl.DataFrame:
    """The first rows of each category by lot, categories in their order, rows in that of the lot.

    Args:
        frame: A table with `category`, or without: then all rows are of one category.
        categories: The order of categories; others follow by name.
        per_category: Rows of each at most.
    """
    ordered = _in_order(frame, categories)
    return ordered.filter(pl.col("_place") < per_category).drop("_lot", "_place", "_rank")


def rest(frame: pl.DataFrame, categories: Sequence[str], per_category: int) -> pl.DataFrame:
    """All other rows, in the same order."""
    ordered = _in_order(frame, categories)
    return ordered.filter(pl.col("_place") >= per_category).drop("_lot", "_place", "_rank")


def _in_order(frame: pl.DataFrame, categories: Sequence[str]) -> pl.DataFrame:
    known = {name: rank for rank, name in enumerate(categories)}
    names = (
        frame["category"].cast(pl.String).fill_null("")
        if "category" in frame.columns
        else pl.repeat("", frame.height, eager=True)
    )
    ranks = [(known.get(name, len(known)), name) for name in names]
    place = {name: rank for rank, name in enumerate(sorted(set(ranks)))}
    return (
        frame.with_columns(
            pl.Series("_lot", _shuffle_keys(frame), dtype=pl.String),
            pl.Series("_rank", [place[name] for name in ranks], dtype=pl.Int64),
        )
        .sort("_rank", "_lot", maintain_order=True)
        .with_columns(_place=pl.int_range(pl.len()).over("_rank"))
    )


def _shuffle_keys(frame: pl.DataFrame) -> list[str]:
    """By id where rows have one, else by text; equal rows keep the order of the table."""
    column = next((name for name in ("id", "prompt", "turns") if name in frame.columns), None)
    if column is None:
        return [""] * frame.height
    return [
        hashlib.sha256(f"{SEED}\n{key}".encode("utf-8", "replace")).hexdigest()
        for key in frame[column].to_list()
    ]


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
    ) -> "Source":
        """The tables of a release, or of a user where there is no manifest."""
        sensitive, titles = sensitive_categories(manifest), category_titles(manifest)
        return cls(frames, manifest, toxic_text, sensitive, titles)

    def withholding(self, names: Collection[str]) -> "Source":
        """The same where the texts of these categories, too, are not shown.

        An audit knows which are sensitive in a taxonomy that lies where a manifest does not say.
        """
        mutations = self.manifest.mutations if self.manifest else None
        numbers = mutations.numbers if mutations else {}
        more = {*names, *(numbers[name] for name in names if name in numbers)}
        return replace(self, sensitive=self.sensitive | more)

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
    while per_category and len(script_json(data).encode()) > room:
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
