"""Reads a table of seeds as the root rows of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from artifacts.user_tables import read_user_table
from checks.identity import root_key
from flows.errors import SourceError
from flows.recipe.base import did_you_mean
from flows.sources.source import Source
from taxonomy.model import Taxonomy

if TYPE_CHECKING:
    import polars as pl


def read_seeds(
    source: Source,
    taxonomy: Taxonomy,
    column: str = "prompt",
    category_column: str = "category",
    category: str | None = None,
) -> list[dict[str, Any]]:
    """The seeds of a table as rows of a stage table (`artifacts.schemas.ROWS`).

    A row's position is its number in the table from 1, the header and blank lines not counted, so
    that a seed which is edited in its place stays the same row.

    Args:
        source: The table.
        taxonomy: Whose categories the rows must have.
        column: The column with the texts.
        category_column: The column with the categories.
        category: One category for every row, in place of a column.

    Raises:
        SourceError: A category is missing or unknown, or shards do not fit each other.
        TableUnreadable: The table is empty, binary, or not what its ending says.
        ColumnUnusable: The column is missing, or holds something else than texts.
    """
    table = _table(source, column)
    texts = table[column].to_list()
    categories = [category] * len(texts) if category else _categories(table, category_column)
    for number, given in enumerate(categories, start=1):
        _require_category(taxonomy, given, source, number)
    return list(_rows(source, texts, categories))


def _table(source: Source, column: str) -> pl.DataFrame:
    import polars as pl

    tables = [read_user_table(path, column) for path in source.paths]
    if len(tables) == 1:
        return tables[0]
    try:
        return pl.concat(tables)
    except pl.exceptions.PolarsError:
        raise SourceError("shards of a source must have the same columns", source.name) from None


def _rows(
    source: Source, texts: Sequence[str], categories: Sequence[str | None]
) -> Iterator[dict[str, Any]]:
    for number, (text, category) in enumerate(zip(texts, categories, strict=True), start=1):
        key = root_key(source.name, number)
        yield {
            "row": key,
            "parent": None,
            "root": key,
            "position": str(number),
            "text": text,
            "category": category,
            "writer": None,
            "checks": [],
            "source": source.name,
            "license": source.license,
            "redistribute": source.redistribute,
        }


def _categories(table: pl.DataFrame, column: str) -> list[str | None]:
    if column not in table.columns:
        hint = did_you_mean(column, table.columns)
        rule = f"seeds must have the column `{column}`, or `seeds.category` must be given{hint}"
        raise SourceError(rule)
    return [None if value is None else str(value) for value in table[column].to_list()]


def _require_category(
    taxonomy: Taxonomy, category: str | None, source: Source, number: int
) -> None:
    where = f"{source.name}, row {number}"
    if not category:
        raise SourceError("seeds must each have a category", where)
    if category not in taxonomy.names:
        hint = did_you_mean(category, taxonomy.names)
        rule = f"seeds must be in categories of taxonomy {taxonomy.name}{hint}"
        raise SourceError(rule, f"{category[:60]} in {where}")
