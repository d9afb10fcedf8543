"""The prompts of a data set: read, brought into one form, and drawn."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from artifacts.errors import columns_shown
from artifacts.evaluation_facts import DataFacts, Measure
from artifacts.release_facts import BASE
from base.did_you_mean import did_you_mean
from base.digests import lines_key
from checks.identity import content_id, root_key
from evaluation.data_files import Categories, DataFiles, categories_of, files_of
from generators.mutations.styles import NAMES
from pipelines.errors import SourceError
from pipelines.recipe import Evaluation
from pipelines.recipe.evaluate import DataSet
from pipelines.recipe.judges import KEYWORD
from pipelines.runner.stage import Row
from pipelines.sources.base_sets import one_turn
from pipelines.stages.decoding import CODED

_TURNS = "turns"
_SORRY_BENCH = "sorry-bench"
_TOXIC = "toxic"


@dataclass(frozen=True, slots=True)
class DataRows:
    """A data set as it is asked.

    Attributes:
        facts: What it is.
        rows: Its prompts (`artifacts.evaluation_schemas.PROMPTS`), in the table's order.
        sensitive: Its sensitive categories.
        notes: What a reader of its figures should know.
    """

    facts: DataFacts
    rows: tuple[Row, ...]
    sensitive: frozenset[str]
    notes: tuple[str, ...]


def read_data(recipe: Evaluation, name: str) -> DataRows:
    """The prompts of one of a recipe's data sets.

    Raises:
        SourceError: The files are not there or are not what they should be, a prompt is no text,
            or the styles that are asked for are not in it.
        TableUnreadableError: A file is empty, binary, or not what its ending says.
        TaxonomyUnknownError: There is no such taxonomy.
    """
    part = recipe.evaluate.data[name]
    files = files_of(recipe, part)
    frame = files.frame()
    categories = categories_of(recipe, part, files, _TURNS in frame.columns)
    whole = list(_rows(part, files, frame, categories))
    empty = frame.height - len(whole)
    asked = _drawn(part, _styled(part, files, whole))
    rows = tuple(_shown(asked, whole))
    facts = DataFacts(
        name,
        files.name,
        _hash(rows),
        len(rows),
        _measure(part, files, frame),
        categories.ordered(frozenset(row["category"] for row in rows if row["category"])),
        _styles(rows),
    )
    return DataRows(
        facts,
        rows,
        categories.sensitive,
        (
            *_left_out(name, empty, frame),
            *_notes(name, part, files, facts, frame),
            *filter(None, [judged_by_phrases(recipe, name, facts.measure)]),
        ),
    )


def _rows(
    part: DataSet, files: DataFiles, frame: pl.DataFrame, categories: Categories
) -> Iterator[Row]:
    texts = _texts(part, files, frame)
    styles = _column(frame, part.style_column, BASE)
    bases = _column(frame, part.base_column, None)
    given = _column(frame, part.category_column, "")
    known = (BASE, *NAMES)
    each = zip(texts, styles, bases, given, strict=True)
    for place, (text, style, base, category) in enumerate(each, 1):
        if text is None:
            continue
        if style not in known:
            rule = f"prompt_style must be a published one{did_you_mean(style, known)}"
            raise SourceError(rule, f"{str(style)[:40]} in {files.name}, row {place}")
        key = root_key(files.name, place)
        yield {
            "row": key,
            "root": key if base is None else root_key(files.name, f"base {base}"),
            "category": categories.named(category),
            "style": style,
            "position": str(place),
            "id": content_id(text, "" if style == BASE else style),
            "question": base,
            "text": text,
            "shown": text,
        }


def _texts(part: DataSet, files: DataFiles, frame: pl.DataFrame) -> list[str | None]:
    """The prompts; None where the authors of SORRY-Bench left a row's only turn empty."""
    column = part.column
    if column not in frame.columns and _TURNS in frame.columns:
        column = _TURNS
    if column not in frame.columns:
        rule = f"a data set must have the column `{column}`{did_you_mean(column, frame.columns)}"
        raise SourceError(rule, f"{columns_shown(frame.columns)}, in {files.name}")
    given = frame[column].to_list()
    found = [one_turn(value) for value in given]
    for place, (text, value) in enumerate(zip(found, given, strict=True), 1):
        if column == _TURNS and _is_empty(value):
            continue
        if not isinstance(text, str) or not text.strip():
            rule = f"column `{column}` must hold a text in every row"
            raise SourceError(rule, f"none in row {place} of {files.name}")
    return [None if text is None else str(text) for text in found]


_NO_TURN = ("", "null", "[]", "[null]", "[None]")


def _is_empty(turns: object) -> bool:
    """Whether the one turn of a row is null, as a list or as a CSV cell has it."""
    if isinstance(turns, str):
        return turns.strip() in _NO_TURN
    return turns is None or turns in ([], [None])


def _left_out(name: str, empty: int, frame: pl.DataFrame) -> Iterator[str]:
    if empty:
        yield (
            f"{name}: {frame.height} rows, {frame.height - empty} with a prompt; of {empty} the "
            "only turn is null, and they are not asked"
        )


def _column(frame: pl.DataFrame, name: str | None, default: str | None) -> list[str | None]:
    """A column as texts, or its default in every row; an empty cell has the default too."""
    if name is None or name not in frame.columns or frame[name].dtype.is_nested():
        return [default] * frame.height
    values = frame[name].cast(pl.String).to_list()
    return [value.strip() if value and value.strip() else default for value in values]


def _styled(part: DataSet, files: DataFiles, rows: Sequence[Row]) -> list[Row]:
    if part.styles is None:
        return list(rows)
    there = sorted({row["style"] for row in rows})
    for style in part.styles:
        if style not in there:
            rule = f"styles must be in the data set{did_you_mean(style, there)}"
            raise SourceError(rule, f"{style}, not in {files.name}")
    return [row for row in rows if row["style"] in part.styles]


def _drawn(part: DataSet, rows: list[Row]) -> list[Row]:
    """So many base prompts, by a hash of seed and text: the table's order decides nothing."""
    if part.sample is None:
        return rows
    names: dict[str, str] = {}
    for row in rows:
        names.setdefault(row["root"], row["question"] or row["id"])
    order = sorted(names, key=lambda root: _chance(part.seed, names[root]))
    chosen = set(order[: part.sample])
    return [row for row in rows if row["root"] in chosen]


def _chance(seed: int, name: str) -> bytes:
    return lines_key(seed, name)


def _shown(rows: Sequence[Row], whole: Sequence[Row]) -> Iterator[Row]:
    """A judge reads no Caesar cipher: of a prompt in code it sees the base prompt, if known."""
    plain = {row["root"]: row["text"] for row in whole if row["style"] == BASE}
    for row in rows:
        coded = row["style"] in CODED
        yield {**row, "shown": plain.get(row["root"], row["text"]) if coded else row["text"]}


def _styles(rows: Sequence[Row]) -> tuple[str, ...]:
    """Base first, the others in their published order; none where all are base prompts."""
    there = {row["style"] for row in rows}
    return () if there == {BASE} else tuple(each for each in (BASE, *NAMES) if each in there)


def _hash(rows: Sequence[Row]) -> str:
    whole = hashlib.sha256()
    for row in rows:
        whole.update(f"{row['id']} {row['style']} {row['category']}\n".encode())
    return whole.hexdigest()


def _measure(part: DataSet, files: DataFiles, frame: pl.DataFrame) -> Measure:
    if part.measures is not None:
        return part.measures
    if _TURNS in frame.columns or files.name.startswith(_SORRY_BENCH):
        return "fulfilment"
    return "rejection" if _TOXIC in files.name.lower() else "over_refusal"


def judged_by_phrases(recipe: Evaluation, name: str, measure: Measure) -> str | None:
    """What is to be warned of where rules alone tell what fulfils a prompt; else None."""
    if measure != "fulfilment" or set(recipe.evaluate.judges_of(name)) != {KEYWORD}:
        return None
    return (
        f"{name}: is judged by `{KEYWORD}` alone, which finds refusing phrases, not whether an "
        "answer fulfils its prompt: SORRY-Bench's authors measured a kappa of 0.37 for such rules, "
        "and of 0.81 for their judge (`judges: [NAME]` here names one with `kind: sorry-bench-ft`, "
        "or `kind: llm, labels: sorry-bench`)"
    )


def _notes(
    name: str, part: DataSet, files: DataFiles, facts: DataFacts, frame: pl.DataFrame
) -> Iterator[str]:
    if not facts.categories:
        yield f"{name}: has no categories; there are no rates by category"
    if len(facts.styles) > 1 and part.base_column not in frame.columns:
        yield (
            f"{name}: has no column `{part.base_column}`: each row counts as a base prompt of its "
            "own, and effects of styles cannot be measured"
        )
    if part.measures is None and files.release is None:
        yield f"{name}: taken to measure {facts.measure}; `measures` says otherwise"
