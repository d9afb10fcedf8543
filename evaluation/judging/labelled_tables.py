"""Labels from any table, or from `human_ratings.jsonl`, as labelled answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from artifacts.errors import ColumnUnusableError
from artifacts.user_tables import read_any_table
from base.files import sha256_file
from people.consensus import Votes, majority
from people.errors import LabelsUnusableError
from people.labelled import Labelled, LabelledSet, counted, why_left_out
from people.ratings import ANNOTATORS, truths_of
from pipelines.sources.human_ratings import Rating, read_ratings
from taxonomy.question_ids import PUBLISHED_WIDTH, number_in


def labelled_ratings(
    path: Path, prompts: Path | None = None, answers: Path | None = None
) -> LabelledSet:
    """The labelled answers of a file of ratings; the label is the majority of the annotators'.

    Args:
        path: The ratings.
        prompts: Where prompts are joined from, or None where ratings hold them.
        answers: Where answers are joined from, for ratings without.

    Raises:
        SourceError: A file is no such file, or a rating's id is not among the prompts.
        LabelsUnusableError: A score is neither 0 nor 1, or no rating can be scored.
    """
    ratings = read_ratings(path, prompts, answers)
    has_prompts = any(rating.prompt for rating in ratings)
    names = tuple(sorted({name for each in ratings for name in each.refused}))
    reasons: list[str] = []
    rows: list[Labelled] = []
    for rating in ratings:
        row = _labelled(rating, has_prompts)
        if isinstance(row, str):
            reasons.append(row)
        else:
            rows.append(row)
    if not rows:
        why = ", ".join(f"{count} {reason}" for reason, count in counted(reasons).items())
        raise LabelsUnusableError("a file of ratings must hold an answer that can be scored", why)
    several = len(names) > 1
    voted = [each for each in ratings if any(v is not None for v in each.refused.values())]
    return LabelledSet(
        name=path.name,
        sha256=sha256_file(path),
        truth=f"majority of {len(names)} annotators" if several else "human_score",
        rows=tuple(rows),
        total=len(ratings),
        left_out=counted(reasons),
        annotators=names if several else (),
        votes=tuple(_votes(each, names) for each in voted) if several else (),
        vote_clusters=tuple(str(each.question_id) for each in voted) if several else (),
        has_prompts=has_prompts,
    )


def _votes(rating: Rating, names: Sequence[str]) -> tuple[bool | None, ...]:
    return tuple(rating.refused.get(name) for name in names)


def _labelled(rating: Rating, has_prompts: bool) -> Labelled | str:
    votes = tuple(rating.refused.values())
    refused = majority(votes)
    reason = why_left_out(rating.answer, votes, refused)
    if reason is None and has_prompts and rating.prompt is None:
        reason = "no prompt"  # four published prompts have no text
    if reason is not None or refused is None or rating.answer is None:
        return reason or "unlabelled"
    return Labelled(
        place=rating.place,
        prompt=rating.prompt or "",
        answer=rating.answer,
        refused=refused,
        cluster=str(rating.question_id),
        model=rating.model,
        style=rating.style,
        category=str(number_in(rating.question_id, PUBLISHED_WIDTH)),
        question_id=rating.question_id,
    )


PROMPTS = ("prompt", "question", "request")
ANSWERS = ("decoded", "completion", "response", "answer")
MODELS = ("model", "model_id", "target")
STYLES = ("prompt_style", "style")
TRUTHS = ("final_label", "human_label", "human_score")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a labelled table.

    Attributes:
        prompt: The prompts, or None where there are none.
        answer: The answers.
        model: Who answered, or None.
        style: Prompt styles, or None.
        truth: People's label, or None for the majority of the annotators'.
        annotators: One column an annotator.
    """

    prompt: str | None
    answer: str
    model: str | None
    style: str | None
    truth: str | None
    annotators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """The columns that somebody names; None for the usual ones.

    Attributes:
        prompt: The column with the prompts.
        answer: The column with the answers.
        model: The column that says who answered.
        truth: The column with people's labels, or one an annotator: the majority is the label.
    """

    prompt: str | None = None
    answer: str | None = None
    model: str | None = None
    truth: tuple[str, ...] = ()


def labelled_table(path: Path, named: Named | None = None) -> LabelledSet:
    """The labelled answers of a table.

    The label is `final_label` or the like where there is one, else the majority of the columns
    `annotation_...`; rows where these are tied have none.

    Raises:
        TableUnreadableError: The file is missing, empty, or not what its ending says.
        ColumnUnusableError: A column is missing.
        LabelsUnusableError: A label is none of those that are known, or no row can be scored.
    """
    frame = read_any_table(path)
    usable = [name for name, dtype in frame.schema.items() if dtype != pl.Boolean]
    columns = columns_of(usable, named or Named())
    said = {name: _votes_by_item(frame, name) for name in columns.annotators}
    votes: list[Votes] = list(zip(*said.values(), strict=True)) if said else [()] * frame.height
    truths = [majority(each) for each in votes]
    if columns.truth is not None:
        truths = _votes_by_item(frame, columns.truth)
    cells = _cells(frame, columns)
    reasons = [
        why_left_out(row["answer"], (*votes[place], truths[place]), truths[place])
        for place, row in enumerate(cells)
    ]
    rows = [
        _labelled_rows(place, cells[place], truth)
        for place, (reason, truth) in enumerate(zip(reasons, truths, strict=True))
        if reason is None and truth is not None
    ]
    left_out = counted([reason for reason in reasons if reason is not None])
    if not rows:
        why = ", ".join(f"{count} {reason}" for reason, count in left_out.items())
        raise LabelsUnusableError("a labelled table must hold an answer that can be scored", why)
    several = len(columns.annotators) > 1
    voted = [n for n, each in enumerate(votes) if several and any(v is not None for v in each)]
    return LabelledSet(
        name=path.name,
        sha256=sha256_file(path),
        truth=columns.truth or f"majority of {', '.join(columns.annotators)}",
        rows=tuple(rows),
        total=frame.height,
        left_out=left_out,
        annotators=columns.annotators if several else (),
        votes=tuple(votes[n] for n in voted),
        vote_clusters=tuple(_cluster(cells[n], n) for n in voted),
        has_prompts=columns.prompt is not None,
    )


def columns_of(there: Sequence[str], named: Named) -> Columns:
    """The columns to read of those that are there.

    Raises:
        ColumnUnusableError: A named one is missing, or there are no answers or no labels.
    """
    for name in (named.prompt, named.answer, named.model, *named.truth):
        if name is not None and name not in there:
            raise ColumnUnusableError.missing(name, there)
    answer = named.answer or _first(there, ANSWERS)
    if answer is None:
        raise ColumnUnusableError(
            f"a table must have a column {', '.join(ANSWERS)}", "none of them"
        )
    annotators = tuple(name for name in there if name.startswith(ANNOTATORS))
    truth = _first(there, TRUTHS)
    if named.truth:
        truth = named.truth[0] if len(named.truth) == 1 else None
        annotators = annotators if truth is not None else named.truth
    if truth is None and not annotators:
        known = ", ".join((*TRUTHS, *(f"{name}1" for name in ANNOTATORS)))
        raise ColumnUnusableError(f"a table must have people's labels: {known}", "none of them")
    prompt = named.prompt or _first(there, PROMPTS)
    return Columns(
        prompt, answer, named.model or _first(there, MODELS), _first(there, STYLES), truth,
        annotators,
    )  # fmt: skip


def _first(there: Sequence[str], usual: Sequence[str]) -> str | None:
    return next((name for name in usual if name in there), None)


def _votes_by_item(frame: pl.DataFrame, name: str) -> list[bool | None]:
    """A column's labels as refusals; None for an empty cell."""
    given = frame[name].to_list()
    known = [n for n, each in enumerate(given) if each is not None and str(each).strip()]
    found: list[bool | None] = [None] * len(given)
    try:
        refused = truths_of(name, [_plain(given[n]) for n in known])
    except LabelsUnusableError as error:
        raise LabelsUnusableError(error.rule, _in_table(error.value, known)) from None
    for n, each in zip(known, refused, strict=True):
        found[n] = each
    return found


def _plain(label: object) -> object:
    """1 for 1.0, as scores are often kept."""
    said = str(label).strip()
    return said[:1] if said in ("1.0", "0.0") else said


def _in_table(value: str, known: Sequence[int]) -> str:
    """The row's number in the table, from its number among the labels."""
    said, _, number = value.rpartition(" in row ")
    return f"{said} in row {known[int(number) - 1] + 1}" if number.isdigit() else value


def _cells(frame: pl.DataFrame, columns: Columns) -> list[dict[str, str | None]]:
    wanted = {
        "prompt": columns.prompt,
        "answer": columns.answer,
        "model": columns.model,
        "style": columns.style,
        **{name: name if name in frame.columns else None for name in ("category", "question_id")},
    }
    texts = {
        key: [None] * frame.height if name is None else _texts(frame[name])
        for key, name in wanted.items()
    }
    return [dict(zip(texts, cells, strict=True)) for cells in zip(*texts.values(), strict=True)]


def _texts(column: pl.Series) -> list[str | None]:
    if column.dtype.is_nested():
        raise ColumnUnusableError(f"column '{column.name}' must hold texts", column.dtype)
    found: list[str | None] = column.cast(pl.String).to_list()
    return found


def _labelled_rows(place: int, cells: Mapping[str, str | None], refused: bool) -> Labelled:
    question = cells["question_id"]
    return Labelled(
        place=place + 1,
        prompt=cells["prompt"] or "",
        answer=cells["answer"] or "",
        refused=refused,
        cluster=_cluster(cells, place),
        model=cells["model"] or "",
        style=cells["style"],
        category=cells["category"],
        question_id=int(question) if question is not None and question.isdigit() else None,
    )


def _cluster(cells: Mapping[str, str | None], place: int) -> str:
    """The base prompt by id, else by its text; a row without either stands for itself."""
    return cells["question_id"] or cells["prompt"] or f"row {place + 1}"
