"""The tables that a base set is picked from, as rows that no one has classified yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from checks.identity import root_key
from flows.errors import RecipeError, SourceError
from flows.recipe import SorryBench
from flows.recipe.base import did_you_mean, repeated
from flows.recipe.sorry_base import BuiltBase, LoadedBase, SourceTable
from flows.sources.frames import frame_of
from flows.sources.question_ids import category_named, nearest_category
from flows.sources.source import Source, resolve, shipped
from taxonomy import NONE, Taxonomy

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
            return (shipped(recipe.taxonomy),)
        return (_resolved(recipe, base),)
    found = tuple(_resolved(recipe, each) for each in base.sources)
    if twice := repeated([each.name for each in found]):
        raise RecipeError("base.sources must have a name each, whatever their folders", twice)
    return found


def read_prior(base: BuiltBase, sources: Sequence[Source], taxonomy: Taxonomy) -> list[Any]:
    """The rows of all tables (`artifacts.base_schemas.SOURCED`), each with its own licence.

    Args:
        base: How each table is read.
        sources: The tables as `base_sources` found them.
        taxonomy: Whose categories a table's own must be.

    Raises:
        SourceError: A table's own category is unknown, or the column of categories is missing.
        TableUnreadable: A table is empty, binary, or not what its ending says.
        ColumnUnusable: The column of texts is missing, or holds something else.
    """
    return [
        row
        for part, source in zip(base.sources, sources, strict=True)
        for row in _rows(part, source, taxonomy)
    ]


def _resolved(recipe: SorryBench, part: SourceTable) -> Source:
    return resolve(part.source, recipe.folder, part.license, part.redistribute)


def _rows(part: SourceTable, source: Source, taxonomy: Taxonomy) -> Iterator[dict[str, Any]]:
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
