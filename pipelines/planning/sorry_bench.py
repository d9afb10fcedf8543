"""The stages of a fine-grained recipe, each with what it asks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.planning.model_calls import ask, is_hosted
from pipelines.planning.sizes import (
    PROMPT,
    back_translation_call,
    classify_call,
    imperative_call,
    intent_call,
    mutation_call,
    text_tokens,
)
from pipelines.planning.values import ModelCalls, StagePlan
from pipelines.recipe.base_set import BuiltBase, LoadedBase, Mutate, Style
from pipelines.recipe.hub_names import is_hub_name
from pipelines.recipe.names import taxonomy_of
from pipelines.recipe.schema import SorryBench
from pipelines.sorry_bench.styles import back_translator_of, is_written, writer_of
from taxonomy.model import Taxonomy


@dataclass(frozen=True, slots=True)
class _Base:
    """What is known of a base set: its rows, None where nobody knows, and tokens of one."""

    rows: int | None
    prompt: int = PROMPT


def stages(recipe: SorryBench) -> tuple[StagePlan, ...]:
    """The stages in the order in which they run.

    Raises:
        SourceError: The file of the base set is not there, or is no base set.
        TableUnreadableError: A table cannot be read.
        ColumnUnusableError: A table lacks its column.
    """
    taxonomy = taxonomy_of(recipe)
    if isinstance(recipe.base, LoadedBase):
        base = _loaded(recipe, recipe.base, taxonomy)
        planned = [_base_stage(base)]
    else:
        base, planned = _picked(recipe, recipe.base, taxonomy)
    part = recipe.mutate
    if part is not None:
        planned.append(_pilot(recipe, part, base))
        planned.extend(_style(recipe, part, style, base) for style in part.wanted)
    styles = len(part.wanted) if part is not None else 0
    return (*planned, StagePlan("release", _times(base.rows, 1 + styles)))


def _base_stage(base: _Base) -> StagePlan:
    note = "rows on the Hub are not known before they are fetched; base.per_category would say"
    return StagePlan("base", base.rows, notes=(note,) if base.rows is None else ())


def _loaded(recipe: SorryBench, part: LoadedBase, taxonomy: Taxonomy) -> _Base:
    if is_hub_name(part.source):
        return _Base(_times(part.per_category, len(taxonomy.names)))
    from pipelines.sources.base_sets import read_base
    from pipelines.sources.seeds import base_sources  # loads the table libraries

    (source,) = base_sources(recipe)
    rows = read_base(source, taxonomy, part).base
    return _Base(len(rows), _mean([row["text"] for row in rows]))


def _picked(
    recipe: SorryBench, part: BuiltBase, taxonomy: Taxonomy
) -> tuple[_Base, list[StagePlan]]:
    """The base set that is picked, and the stages up to the choice."""
    found = _candidates(recipe, part, taxonomy)
    votes = classify_call(taxonomy, found.prompt)
    asks = tuple(ask(recipe, name, found.rows, votes) for name in part.classifiers)
    planned = [
        *(StagePlan(name, found.rows) for name in ("sources", "clean", "dedup")),
        StagePlan("classify", found.rows, asks, notes=("as if no row were a repeat",)),
    ]
    if part.imperative is not None:
        reworded = (ask(recipe, part.imperative, found.rows, imperative_call(found.prompt)),)
        note = "at most: a row that is one instruction already is not asked about"
        planned.append(StagePlan("imperative", found.rows, reworded, notes=(note,)))
    rows = _chosen(part, taxonomy, found.rows)
    return _Base(rows, found.prompt), [*planned, StagePlan("choose", rows)]


def _chosen(part: BuiltBase, taxonomy: Taxonomy, candidates: int | None) -> int:
    """Rows of the choice: as many as are wanted, if there are so many; people may add to them."""
    wanted = part.per_category * len(taxonomy.names)
    few = candidates is not None and part.decisions is None
    return min(wanted, candidates or 0) if few else wanted


def _candidates(recipe: SorryBench, part: BuiltBase, taxonomy: Taxonomy) -> _Base:
    if any(is_hub_name(each.source) for each in part.sources):
        return _Base(None)
    from pipelines.sources.seeds import base_sources, read_prior

    rows = read_prior(part, base_sources(recipe), taxonomy)
    return _Base(len(rows), _mean([row["text"] for row in rows if row["text"]]))


def _pilot(recipe: SorryBench, part: Mutate, base: _Base) -> StagePlan:
    """The pilot's calls are among those of the styles, which find its answers kept."""
    first = None if base.rows is None else min(part.pilot, base.rows)
    return StagePlan(
        "pilot", _times(first, len(part.wanted)), notes=tuple(_pilot_notes(recipe, part))
    )


def _pilot_notes(recipe: SorryBench, part: Mutate) -> Iterator[str]:
    asked = [style for style in part.wanted if is_written(part, style)]
    if not asked:
        return
    yield f"a style of which none of the first {part.pilot} rows passes is asked for no further"
    yield f"up to {part.tries} times as many calls where mutations are unusable"
    writers = dict.fromkeys(name for style in asked if (name := writer_of(part, style)))
    if hosted := [name for name in writers if is_hosted(recipe, name)]:
        names = ", ".join(hosted)
        yield f"a hosted model is asked to reword unsafe requests ({names}): mind its terms"


def _style(recipe: SorryBench, part: Mutate, style: Style, base: _Base) -> StagePlan:
    asks = tuple(_asks(recipe, part, style, base)) if is_written(part, style) else ()
    return StagePlan(f"mutate.{style}", base.rows, asks)


def _asks(recipe: SorryBench, part: Mutate, style: Style, base: _Base) -> Iterator[ModelCalls]:
    if writer := writer_of(part, style):
        yield ask(recipe, writer, base.rows, mutation_call(style, base.prompt), part.max_tokens)
    if back := back_translator_of(part, style):
        size = back_translation_call(style, base.prompt)
        yield ask(recipe, back, base.rows, size, part.max_tokens)
    if part.checker is not None:
        yield ask(recipe, part.checker, base.rows, intent_call(style, base.prompt))


def _mean(texts: Sequence[str]) -> int:
    """Tokens of a text on average."""
    counts = [text_tokens(text) for text in texts]
    return math.ceil(sum(counts) / len(counts)) if counts else PROMPT


def _times(count: int | None, factor: int) -> int | None:
    return None if count is None else count * factor
