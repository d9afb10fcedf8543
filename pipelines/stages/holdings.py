"""What the files of a recipe's taxonomy hold: how much of each category, and all their problems."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from base.errors import RefuseryError
from base.problems import all_of
from generators.errors import ExamplesInvalidError
from generators.examples.loader import examples_file, load_examples
from generators.examples.rewrites import load_rewrites, rewrites_file
from moderators.errors import PrototypesInvalidError
from moderators.prototypes import load_prototypes, prototypes_file
from pipelines.recipe import OrBench, SorryBench, taxonomy_of
from pipelines.recipe.base_set import LoadedBase
from pipelines.recipe.schema import Buildable
from pipelines.sources.base_sets import read_base
from pipelines.sources.seeds import base_sources, frame_of, read_seeds
from pipelines.sources.source import Source, seeds_source
from taxonomy import Taxonomy
from taxonomy.category_files import CategoryFile, lengths
from taxonomy.cells import cells_file, load_cells
from taxonomy.loader import seeds_file
from taxonomy.model import TaxonomyInvalidError
from taxonomy.question_ids import category_named

_CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Holding:
    """What a file of a taxonomy holds.

    Attributes:
        counts: How much of each category that it names, sound or not, so that what is too little is
            told together with what is wrong; None where it cannot be counted.
        problems: What is wrong with it.
    """

    counts: Mapping[str, int] | None
    problems: tuple[RefuseryError, ...] = ()


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a file of one kind is found, read and counted.

    Attributes:
        file: Finds it; None where there is none.
        load: Reads it whole.
        error: What its problems are told as.
        under: The key under which it has something by category; None where that is the whole.
        lists: The keys of a category's lists; none where its entry is one.
    """

    file: Callable[[Taxonomy], CategoryFile | None]
    load: Callable[[Taxonomy], object]
    error: type[RefuseryError]
    under: str | None = None
    lists: tuple[str, ...] = ()


_KINDS: Mapping[str, _Kind] = {
    "cells": _Kind(cells_file, load_cells, TaxonomyInvalidError, "sub_topics"),
    "rewrites": _Kind(rewrites_file, load_rewrites, ExamplesInvalidError),
    "examples": _Kind(examples_file, load_examples, ExamplesInvalidError, None, ("examples",)),
    "prototypes": _Kind(
        *(prototypes_file, load_prototypes, PrototypesInvalidError),
        *("categories", ("toxic", "benign")),
    ),
}


def holding(recipe: Buildable, kind: str) -> Holding:
    """What the file of a kind holds for a recipe's taxonomy; nothing where there is no file.

    Args:
        recipe: The recipe.
        kind: What the file holds, a key of `taxonomy.model.FILES`.
    """
    taxonomy = taxonomy_of(recipe)
    if kind == "seeds":
        return _seeds(recipe) if seeds_file(taxonomy) is not None else Holding({})
    of = _KINDS[kind]
    if of.file(taxonomy) is None:
        return Holding({})
    problems: tuple[RefuseryError, ...] = ()
    try:
        of.load(taxonomy)
    except RefuseryError as error:
        problems = all_of(error)
    content = _content(taxonomy, kind)
    by_category = content if of.under is None or content is None else content.get(of.under)
    counted = isinstance(by_category, dict)
    return Holding(lengths(by_category, *of.lists) if counted else None, problems)


def plain_prototypes(taxonomy: Taxonomy) -> int:
    """How many plain texts the file of prototypes has, sound or not; 0 where there is none."""
    plain = (_content(taxonomy, "prototypes") or {}).get("plain")
    return len(plain) if isinstance(plain, list) else 0


def _content(taxonomy: Taxonomy, kind: str) -> dict[Any, Any] | None:
    """The mapping that a file is; None where there is no file, or it is none."""
    of = _KINDS[kind]
    file = of.file(taxonomy)
    try:
        content, _ = (None, "") if file is None else file.read(kind, of.error)
    except RefuseryError:
        return None  # told as a problem
    return content if isinstance(content, dict) else None


def _seeds(recipe: Buildable) -> Holding:
    """Seeds, or a base set from them."""
    counts: Mapping[str, int] | None = None
    try:
        source = _source(recipe)
        counts = Counter(_named(source, taxonomy_of(recipe)))
        if isinstance(recipe, SorryBench) and isinstance(recipe.base, LoadedBase):
            read_base(source, taxonomy_of(recipe), recipe.base)
        elif (file := seeds_file(taxonomy_of(recipe))) is not None:
            read_seeds(source, file.owner)
    except RefuseryError as error:
        return Holding(counts, all_of(error))
    return Holding(counts)


def _source(recipe: Buildable) -> Source:
    found = (seeds_source(recipe),) if isinstance(recipe, OrBench) else base_sources(recipe)
    if found[0] is None:
        raise TypeError("seeds that a writer is asked for are in no file")
    return found[0]


def _named(source: Source, taxonomy: Taxonomy) -> Iterator[str]:
    """The categories that rows name and the taxonomy has."""
    frame = frame_of(source)
    given = frame[_CATEGORY].to_list() if _CATEGORY in frame.columns else []
    named = (category_named(taxonomy, str(each)) for each in given)
    yield from (name for name in named if name is not None)
