"""A table of models' answers, as an evaluation leaves it, of which people are to label some."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from artifacts.release_facts import BASE
from artifacts.report.rows import sensitive_categories
from artifacts.user_tables import read_any_table
from moderators.refusal.keyword import KeywordJudge, visible
from people.errors import ReviewUnusableError
from people.labelled import REDACTED

NO_CATEGORY = ""
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "question": ("question_id",),
    "prompt": ("prompt", "question", "text"),
    "style": ("prompt_style", "style"),
    "model": ("model", "model_id", "target"),
    "answer": ("decoded", "response", "answer", "completion"),
    "category": ("category",),
    "refused": ("refused",),
}
_NEEDED = ("prompt", "model", "answer")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that people may be asked about.

    Attributes:
        place: Its row in the table, from 1.
        question: The base prompt: its id, or its number among the prompts.
        prompt: The prompt as it was put.
        style: The prompt's style; `base` where the table has no styles.
        model: Who answered.
        category: The prompt's category, or "".
        text: The answer, without reasoning; `REDACTED` where nobody may read it.
    """

    place: int
    question: int
    prompt: str
    style: str
    model: str
    category: str
    text: str

    @property
    def redacted(self) -> bool:
        """Whether the answer may not be read."""
        return self.text == REDACTED


@dataclass(frozen=True, slots=True)
class AnswersTable:
    """All answers of a table.

    Attributes:
        name: The file's name.
        sha256: Of its bytes.
        answers: The answers, in the table's order.
        missing: Rows without an answer, which nobody is asked about.
        bases: Base prompts by question, as far as the table has them.
    """

    name: str
    sha256: str
    answers: tuple[Answer, ...]
    missing: int
    bases: Mapping[int, str]


def read_answers(path: Path) -> AnswersTable:
    """The answers of a table; fulfilling ones of sensitive categories are redacted.

    Which ones fulfil says the column `refused` where there is one, else the keyword judge.

    Raises:
        TableUnreadableError: The file is missing, empty, or not what its ending says.
        ReviewUnusableError: A column is missing, or rows of a style have no question id.
    """
    frame = read_any_table(path)
    columns = _found(frame, path)
    cells = {key: _cells(frame, name) for key, name in columns.items()}
    questions = _questions(cells, frame.height, path)
    sensitive = sensitive_categories(None)
    answers: list[Answer] = []
    bases: dict[int, str] = {}
    for place in range(frame.height):
        row = {key: values[place] for key, values in cells.items()}
        style, prompt = row["style"] or BASE, row["prompt"] or ""
        if style == BASE:
            bases.setdefault(questions[place], prompt)
        text = visible(row["answer"] or "")
        if not text or not prompt.strip():
            continue
        category = row["category"] or NO_CATEGORY
        if category in sensitive and not _refuses(row["refused"], text):
            text = REDACTED
        model = row["model"] or "unknown"
        answers.append(Answer(place + 1, questions[place], prompt, style, model, category, text))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return AnswersTable(path.name, digest, tuple(answers), frame.height - len(answers), bases)


def _refuses(said: str | None, text: str) -> bool:
    if said in ("true", "false"):
        return said == "true"
    return bool(KeywordJudge().read(text).refused)


def _found(frame: pl.DataFrame, path: Path) -> dict[str, str | None]:
    # a column of yes and no that is called `decoded` says whether, not what
    there = [name for name, dtype in frame.schema.items() if dtype != pl.Boolean]
    found = {
        key: next((name for name in usual if name in there), None)
        for key, usual in _COLUMNS.items()
    }
    found["refused"] = "refused" if "refused" in frame.columns else None
    for key in _NEEDED:
        if found[key] is None:
            rule = f"a table of answers must have a column {' or '.join(_COLUMNS[key])}"
            raise ReviewUnusableError(rule, path.name)
    return found


def _cells(frame: pl.DataFrame, name: str | None) -> list[str | None]:
    if name is None:
        return [None] * frame.height
    if frame[name].dtype.is_nested():
        raise ReviewUnusableError(f"column '{name}' of a table of answers must hold texts", name)
    found: list[str | None] = frame[name].cast(pl.String).to_list()
    return found


def _questions(cells: Mapping[str, list[str | None]], rows: int, path: Path) -> list[int]:
    """Each row's question id; without ids, the number of its prompt, which mutations lack."""
    ids = cells["question"]
    if any(ids):
        wrong = next((n for n, each in enumerate(ids, 1) if not (each or "").isdigit()), None)
        if wrong is not None:
            rule = (
                "question_id must be a whole number in every row, or stand in none: of an "
                "evaluation keep the rows of one data set"
            )
            raise ReviewUnusableError(rule, f"row {wrong} of {path.name}")
        return [int(each or 0) for each in ids]
    if any(style not in (None, BASE) for style in cells["style"]):
        raise ReviewUnusableError("answers to mutated prompts must have a question_id", path.name)
    numbers: dict[str | None, int] = {}
    return [numbers.setdefault(each, len(numbers) + 1) for each in cells["prompt"][:rows]]


def by_question(answers: tuple[Answer, ...]) -> Iterator[tuple[int, list[Answer]]]:
    """The answers of each base prompt, prompts in order of their ids."""
    groups: dict[int, list[Answer]] = {}
    for answer in answers:
        groups.setdefault(answer.question, []).append(answer)
    yield from sorted(groups.items())
