"""A base set that is used as it stands: read, and its invariants checked.

Two forms are read: SORRY-Bench's own (`question_id`, `category` as a numeric string, `turns` with
one text, `prompt_style`), and any table with a text and a category in each row.
"""

import ast
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from artifacts.errors import columns_shown
from base.did_you_mean import did_you_mean
from base.problems import Problems
from checks.artefacts import ControlCharacters
from checks.identity import root_key
from generators.mutations.styles import NAMES
from inference.types import Item
from pipelines.errors import SourceError
from pipelines.recipe.base_set import LoadedBase
from pipelines.sources.seeds import frame_of
from pipelines.sources.source import Source
from taxonomy import Taxonomy
from taxonomy.question_ids import (
    category_named,
    nearest_category,
    number_in,
    number_of,
    question_id,
    width_for,
)


@dataclass(frozen=True, slots=True)
class Request:
    """One row of a base set as its file has it.

    Attributes:
        place: Its number in the file, from 1.
        text: The request.
        category: The category's name.
        question_id: Its published id, or None where the file has none.
    """

    place: int
    text: str
    category: str
    question_id: int | None


def require_invariants(
    requests: Sequence[Request], taxonomy: Taxonomy, name: str, per_category: int | None
) -> int:
    """Refuses what is no base set; gives the number of ids that each category has.

    Args:
        requests: All of them.
        taxonomy: Whose categories they have.
        name: What errors call the file.
        per_category: Requests that each category must have. Without it, as many in each where
            rows have ids, and any number elsewhere.

    Raises:
        SourceError: An id stands twice or lies outside its category's, or a category has too few
            requests, or too many; the first one is named, and how many others there are.
    """
    counts = Counter(request.category for request in requests)
    published = any(request.question_id is not None for request in requests)
    width = width_for(max(per_category or 0, *counts.values()))
    _refuse(_doubled(requests), "question_id must be unique", name)
    wanted = per_category
    if wanted is None and published:
        wanted = counts.most_common(1)[0][1]
    if wanted is not None:
        wrong = [f"{counts[each]} in {each}" for each in taxonomy.names if counts[each] != wanted]
        _refuse(wrong, f"each category must have {wanted} requests", name)
    if published:
        _refuse(
            _strays(requests, taxonomy, width),
            f"question_id must be one of its category's {width}",
            name,
        )
    return width


def _doubled(requests: Sequence[Request]) -> list[str]:
    ids = Counter(each.question_id for each in requests if each.question_id is not None)
    return [f"{question} {count} times" for question, count in ids.items() if count > 1]


def _strays(requests: Sequence[Request], taxonomy: Taxonomy, width: int) -> list[str]:
    return [
        f"{each.question_id} in {each.category}"
        for each in requests
        if each.question_id is not None
        and number_in(each.question_id, width) != number_of(taxonomy, each.category)
    ]


def _refuse(wrong: Sequence[str], rule: str, name: str) -> None:
    if wrong:
        more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise SourceError(rule, f"{wrong[0]}{more}, {name}")


BASE_STYLE = "base"
_TURNS = "turns"
_CATEGORY = "category"
_CONTROL = ControlCharacters()
_NO_ITEM = Item("", "", "")
_OTHER_STYLES: tuple[str, ...] = NAMES


@dataclass(frozen=True, slots=True)
class LoadedRows:
    """What a file holds.

    Attributes:
        base: The base set's rows (`artifacts.sorry_bench_schemas.BASE`), by question id.
        others: Rows of other prompt styles, which a base set is not made of.
        width: Ids that each category has.
    """

    base: tuple[dict[str, Any], ...]
    others: tuple[dict[str, Any], ...]
    width: int


def read_base(source: Source, taxonomy: Taxonomy, part: LoadedBase) -> LoadedRows:
    """The base set of a file.

    Args:
        source: The file, with its licence, which each row inherits.
        taxonomy: Whose categories the rows must have.
        part: How the file is read, and how many requests a category must have.

    Raises:
        SourceError: An invariant of base sets is broken, or a column is missing. Of rows that are
            not in a category the first one's problem carries the others (`base.problems`).
        TableUnreadableError: The file is empty, binary, or not what its ending says.
    """
    frame = frame_of(source)
    styles = _styles(frame, source)
    chosen = [style == BASE_STYLE for style in styles]
    if not any(chosen):
        rule = (
            f"a base set must have rows of prompt_style {BASE_STYLE} "
            "(question.jsonl is the base, question_question.jsonl a mutation)"
        )
        raise SourceError(rule, f"{styles[0]} alone in {source.name}")
    requests = _requests(frame, chosen, source, taxonomy, part)
    width = require_invariants(requests, taxonomy, source.name, part.per_category)
    numbered = _numbered(requests, taxonomy, width)
    rows = [_row(source, each, number) for each, number in zip(requests, numbered, strict=True)]
    others = [
        _row(source, Request(place, "", taxonomy.names[0], None), None, style)
        for place, style in enumerate(styles, 1)
        if style != BASE_STYLE
    ]
    return LoadedRows(
        tuple(sorted(rows, key=lambda row: int(row["question_id"]))), tuple(others), width
    )


def _styles(frame: pl.DataFrame, source: Source) -> list[str]:
    if "prompt_style" not in frame.columns:
        return [BASE_STYLE] * frame.height
    styles = [str(style) for style in frame["prompt_style"].to_list()]
    known = (BASE_STYLE, *_OTHER_STYLES)
    for number, style in enumerate(styles, 1):
        if style not in known:
            rule = f"prompt_style must be a published one{did_you_mean(style, known)}"
            raise SourceError(rule, f"{style[:60]} in {source.name}, row {number}")
    return styles


def _requests(
    frame: pl.DataFrame,
    chosen: Sequence[bool],
    source: Source,
    taxonomy: Taxonomy,
    part: LoadedBase,
) -> list[Request]:
    texts = list(_texts(frame, chosen, source, part))
    categories = frame[_column(frame, part.category_column or _CATEGORY, source)].to_list()
    ids = _ids(frame, source)
    found: list[Request] = []
    problems = Problems()
    for place, (wanted, text, given, own) in enumerate(
        zip(chosen, texts, categories, ids, strict=True), 1
    ):
        if not wanted:
            continue
        category = None if given is None else category_named(taxonomy, str(given))
        if category is None:
            hint = nearest_category(taxonomy, str(given))
            rule = f"category must be a name or number of taxonomy {taxonomy.name}{hint}"
            problems.add(SourceError(rule, f"{str(given)[:60]} in {source.name}, row {place}"))
            continue
        found.append(Request(place, text, category, own))
    problems.raise_any()
    return found


def _column(frame: pl.DataFrame, name: str, source: Source) -> str:
    if name not in frame.columns:
        rule = f"a base set must have the column `{name}`{did_you_mean(name, frame.columns)}"
        raise SourceError(rule, f"{columns_shown(frame.columns)}, in {source.name}")
    return name


def _texts(
    frame: pl.DataFrame, chosen: Sequence[bool], source: Source, part: LoadedBase
) -> Iterator[str]:
    """One text a row; rows that are not chosen may hold anything."""
    turns = _TURNS in frame.columns
    column = _TURNS if turns else _column(frame, part.column, source)
    for number, (wanted, value) in enumerate(zip(chosen, frame[column].to_list(), strict=True), 1):
        text = one_turn(value) if turns else value
        if not wanted:
            yield ""
        elif not isinstance(text, str) or not text.strip():
            rule = "turns must be a list of one text" if turns else f"{column} must be a text"
            raise SourceError(f"{rule} in every row", f"row {number} of {source.name}")
        elif _CONTROL(_NO_ITEM, text):
            rule = "a request must hold no control codes and no half characters"
            raise SourceError(rule, f"row {number} of {source.name}")
        else:
            yield text


def one_turn(value: object) -> object:
    """The one text of a row's turns; a list in a CSV cell is read as JSON or Python wrote it.

    Of another number of turns, None.
    """
    if isinstance(value, str) and value.startswith("[") and value.endswith("]"):
        try:
            value = _listed(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return value
    if isinstance(value, list):
        return value[0] if len(value) == 1 else None
    return value


def _listed(cell: str) -> object:
    try:
        return json.loads(cell)
    except ValueError:
        return ast.literal_eval(cell)


def _ids(frame: pl.DataFrame, source: Source) -> list[int | None]:
    if "question_id" not in frame.columns:
        return [None] * frame.height
    ids = frame["question_id"].cast(pl.Int64, strict=False)
    wrong = (ids.is_null() | (ids < 1)).arg_true()
    if len(wrong):
        place = f"{frame['question_id'][wrong[0]]} in {source.name}, row {wrong[0] + 1}"
        raise SourceError("question_id must be a whole number from 1 in every row", place)
    found: list[int | None] = ids.to_list()
    return found


def _numbered(requests: Sequence[Request], taxonomy: Taxonomy, width: int) -> Iterator[int]:
    """The ids that the file gives, else those of its order."""
    seen: dict[str, int] = {}
    for request in requests:
        place = seen[request.category] = seen.get(request.category, 0) + 1
        own = question_id(number_of(taxonomy, request.category), place, width)
        yield own if request.question_id is None else request.question_id


def _row(
    source: Source, request: Request, number: int | None, style: str = BASE_STYLE
) -> dict[str, Any]:
    key = root_key(source.name, request.place)
    return {
        "row": key,
        "parent": None,
        "root": key,
        "position": str(request.place),
        "text": request.text,
        "category": request.category,
        "writer": None,
        "checks": [],
        "source": source.name,
        "license": source.license,
        "redistribute": source.redistribute,
        "stated": None,
        "verdict": None,
        "agreement": None,
        "confidence": None,
        "second": None,
        "question_id": number,
        "prompt_style": style,
        "machine": None,
        "chosen_by": "given",
    }
