"""The answers that people are to label: a table of them as an evaluation leaves it, and a draw."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from artifacts.release_facts import BASE
from artifacts.report.rows import sensitive_categories
from artifacts.user_tables import read_any_table
from base.files import sha256_file
from curation.quota import shuffle_key
from inference.thoughts import visible
from moderators.refusal.keyword import KeywordJudge
from people.errors import ReviewUnusableError
from people.labelled import REDACTED
from people.sheet import drawn

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
_PAIR = re.compile(r"(\d+)(?:\+(\d+))?")


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
    digest = sha256_file(path)
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


@dataclass(frozen=True, slots=True)
class Numbers:
    """So many answers to the base prompt, and so many to its mutations: written `8+8`."""

    base: int
    mutated: int


@dataclass(frozen=True, slots=True)
class Sampled:
    """The answers that people are asked about.

    Attributes:
        answers: The answers, by question.
        train: Places of those that are marked for training.
        questions: How many base prompts they are to.
        short: Base prompts left out for having too few answers.
        spare: Base prompts left out so that all categories have equally many.
    """

    answers: tuple[Answer, ...]
    train: frozenset[int]
    questions: int
    short: int
    spare: int


def numbers(given: str, option: str) -> Numbers:
    """Reads `8+8`, or `8` for base prompts alone.

    Raises:
        ReviewUnusableError: It is no such pair.
    """
    found = _PAIR.fullmatch(given.replace(" ", ""))
    if found is None:
        raise ReviewUnusableError(
            f"--{option} must be numbers for base and mutated prompts: 8+8", given
        )
    return Numbers(int(found[1]), int(found[2] or 0))


def sampled(
    table: AnswersTable, each: Numbers, train: Numbers, seed: int, questions: int | None = None
) -> Sampled:
    """Draws answers: as many of each model and of each style as can be, the rest by lot.

    Args:
        table: The answers.
        each: How many a base prompt.
        train: How many of them are marked for training.
        seed: The draw's seed.
        questions: How many base prompts, spread over the categories; None for as many of each
            category as the smallest one has.

    Raises:
        ReviewUnusableError: The numbers do not fit, or no base prompt has enough answers.
    """
    if not each.base + each.mutated or train.base > each.base or train.mutated > each.mutated:
        rule = f"--train must be at most --per-prompt, {each.base}+{each.mutated}"
        raise ReviewUnusableError(rule, f"{train.base}+{train.mutated}")
    groups: dict[int, list[Answer]] = {}
    for answer in sorted(table.answers, key=lambda one: one.question):
        groups.setdefault(answer.question, []).append(answer)
    enough = {question: own for question, own in groups.items() if _has(own, each)}
    if not enough:
        most = max((_sizes(own) for own in groups.values()), default=(0, 0))
        rule = f"a base prompt must have {each.base}+{each.mutated} answers to draw from"
        raise ReviewUnusableError(rule, f"at most {most[0]}+{most[1]} in {table.name}")
    categories = {str(question): own[0].category for question, own in enough.items()}
    wanted = questions or min(Counter(categories.values()).values()) * len(set(categories.values()))
    chosen = sorted(int(name) for name in drawn(categories, wanted, seed))
    order = sorted(chosen, key=lambda question: shuffle_key(seed, str(question)))
    picked = _Picker(seed), _Picker(seed + 1)
    answers: list[Answer] = []
    marked: set[int] = set()
    for question in order:
        for is_base, count, of_train in (
            (True, each.base, train.base),
            (False, each.mutated, train.mutated),
        ):
            own = [one for one in enough[question] if (one.style == BASE) is is_base]
            taken = picked[0].pick(own, count)
            marked.update(one.place for one in picked[1].pick(taken, of_train))
            answers.extend(taken)
    answers.sort(key=lambda one: one.place)
    short, spare = len(groups) - len(enough), len(enough) - len(chosen)
    return Sampled(tuple(answers), frozenset(marked), len(chosen), short, spare)


def _sizes(own: Sequence[Answer]) -> tuple[int, int]:
    base = sum(one.style == BASE for one in own)
    return base, len(own) - base


def _has(own: Sequence[Answer], each: Numbers) -> bool:
    base, mutated = _sizes(own)
    return base >= each.base and mutated >= each.mutated


class _Picker:
    """Picks answers one by one, each time of the model and style that were picked least."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._whole: Counter[str] = Counter()

    def pick(self, answers: Iterable[Answer], count: int) -> list[Answer]:
        """So many of a base prompt's answers."""
        left = sorted(answers, key=lambda one: shuffle_key(self._seed, str(one.place)))
        own: Counter[str] = Counter()
        taken: list[Answer] = []
        for _ in range(count):
            best = min(left, key=lambda one: self._cost(one, own))
            left.remove(best)
            taken.append(best)
            for key in _keys(best):
                own[key] += 1
                self._whole[key] += 1
        return taken

    def _cost(self, one: Answer, own: Mapping[str, int]) -> tuple[int, int]:
        """Few of this prompt first, then few of all; equals fall to the lot."""
        model, style = _keys(one)
        return own[model] + own[style], self._whole[model] + self._whole[style]


def _keys(one: Answer) -> tuple[str, str]:
    return f"model {one.model}", f"style {one.style}"
