"""Tables as root rows: seeds, and prior tables that a base set is picked from."""

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from artifacts.user_tables import read_any_table, read_user_table
from base.did_you_mean import did_you_mean, repeated
from base.problems import Problems
from checks.identity import root_key
from pipelines.errors import RecipeError, SourceError
from pipelines.recipe import SorryBench
from pipelines.recipe.base_set import BuiltBase, LoadedBase, SourceTable
from pipelines.recipe.names import taxonomy_of
from pipelines.sources.source import Source, resolve, seeds_of_taxonomy
from taxonomy import NONE
from taxonomy.model import Taxonomy
from taxonomy.question_ids import category_named, nearest_category


def frame_of(source: Source, column: str | None = None) -> pl.DataFrame:
    """All rows of a source, shard after shard.

    Args:
        source: The table.
        column: A column that must hold a text in every row; None where any table will do.

    Raises:
        SourceError: Shards do not fit each other.
        TableUnreadableError: A file is missing, empty, binary, or not what its ending says.
        ColumnUnusableError: The column is missing, or holds something else than texts.
    """
    if column is None:
        tables = [read_any_table(path) for path in source.paths]
    else:
        tables = [read_user_table(path, column) for path in source.paths]
    if len(tables) == 1:
        return tables[0]
    try:
        return pl.concat(tables)
    except pl.exceptions.PolarsError:
        raise SourceError("shards of a source must have the same columns", source.name) from None


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
        SourceError: A category is missing or unknown, or shards do not fit each other. The first
            row's problem carries the others (`base.problems`).
        TableUnreadableError: The table is empty, binary, or not what its ending says.
        ColumnUnusableError: The column is missing, or holds something else than texts.
    """
    table = _table(source, column)
    texts = table[column].to_list()
    categories = [category] * len(texts) if category else _categories(table, category_column)
    problems = Problems()
    for number, given in enumerate(categories, start=1):
        with problems.gathered():
            _require_category(taxonomy, given, source, number)
    problems.raise_any()
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


SHIPPED = "shipped"


def base_sources(recipe: SorryBench) -> tuple[Source, ...]:
    """Every table that a recipe's base set is loaded or picked from, in order, with its licence.

    What people write on a review table is no file of this kind: its licence is stated in
    `base.decisions`.

    Raises:
        SourceError: A file is not there, cannot be read, or the Hub does not answer.
        RecipeError: Two tables have one name: their rows could not be told apart.
    """
    base = recipe.base
    if isinstance(base, LoadedBase):
        if base.source == SHIPPED:
            return (seeds_of_taxonomy(taxonomy_of(recipe), base.license, base.redistribute),)
        return (_resolved(recipe, base),)
    found = tuple(_resolved(recipe, each) for each in base.sources)
    if twice := repeated([each.name for each in found]):
        raise RecipeError("base.sources must have a name each, whatever their folders", twice)
    return found


def read_prior(base: BuiltBase, sources: Sequence[Source], taxonomy: Taxonomy) -> list[Any]:
    """The rows of all tables (`artifacts.sorry_bench_schemas.SOURCED`), each with its own licence.

    Args:
        base: How each table is read.
        sources: The tables as `base_sources` found them.
        taxonomy: Whose categories a table's own must be.

    Raises:
        SourceError: A table's own category is unknown, or the column of categories is missing.
        TableUnreadableError: A table is empty, binary, or not what its ending says.
        ColumnUnusableError: The column of texts is missing, or holds something else.
    """
    return [
        row
        for part, source in zip(base.sources, sources, strict=True)
        for row in _prior_rows(part, source, taxonomy)
    ]


def _resolved(recipe: SorryBench, part: SourceTable) -> Source:
    return resolve(part.source, recipe.folder, part.license, part.redistribute)


def _prior_rows(part: SourceTable, source: Source, taxonomy: Taxonomy) -> Iterator[dict[str, Any]]:
    frame = frame_of(source, part.column)
    texts = frame[part.column].to_list()
    stated: list[object] = [None] * len(texts)
    if part.category_column is not None:
        if part.category_column not in frame.columns:
            hint = did_you_mean(part.category_column, frame.columns)
            rule = f"table {source.name} must have its category_column{hint}"
            raise SourceError(rule, part.category_column)
        stated = frame[part.category_column].to_list()
    for number, (text, own) in enumerate(zip(texts, stated, strict=True), start=1):
        key = root_key(source.name, number)
        yield {
            "row": key,
            "parent": None,
            "root": key,
            "position": str(number),
            "text": text,
            "category": NONE,
            "writer": None,
            "checks": [],
            "source": source.name,
            "license": source.license,
            "redistribute": source.redistribute,
            "stated": _stated(taxonomy, own, f"{source.name}, row {number}"),
        }


def _stated(taxonomy: Taxonomy, given: object, where: str) -> str | None:
    """The category that the table itself gives; None where it gives none."""
    if given is None or not str(given).strip() or str(given).strip() == NONE:
        return None
    found = category_named(taxonomy, str(given))
    if found is None:
        hint = nearest_category(taxonomy, str(given))
        rule = f"a category_column must hold names or numbers of {taxonomy.name}{hint}"
        raise SourceError(rule, f"{str(given)[:60]} in {where}")
    return found
