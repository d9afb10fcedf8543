"""Which answers people label: so many a base prompt, spread over models and styles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from artifacts.mutation_facts import BASE
from curation.lots import lot
from flows.review.answers_table import Answer, AnswersTable, by_question
from flows.review.drawing import drawn
from flows.review.errors import ReviewUnusable

_PAIR = re.compile(r"(\d+)(?:\+(\d+))?")


@dataclass(frozen=True, slots=True)
class Numbers:
    """So many answers to the base prompt, and so many to its mutations: written `8+8`."""

    base: int
    mutated: int

    @property
    def both(self) -> int:
        """Together."""
        return self.base + self.mutated


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
        ReviewUnusable: It is no such pair.
    """
    found = _PAIR.fullmatch(given.replace(" ", ""))
    if found is None:
        raise ReviewUnusable(f"--{option} must be numbers for base and mutated prompts: 8+8", given)
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
        ReviewUnusable: The numbers do not fit, or no base prompt has enough answers.
    """
    if not each.both or train.base > each.base or train.mutated > each.mutated:
        rule = f"--train must be at most --per-prompt, {each.base}+{each.mutated}"
        raise ReviewUnusable(rule, f"{train.base}+{train.mutated}")
    groups = dict(by_question(table.answers))
    enough = {question: own for question, own in groups.items() if _has(own, each)}
    if not enough:
        most = max((_sizes(own) for own in groups.values()), default=(0, 0))
        rule = f"a base prompt must have {each.base}+{each.mutated} answers to draw from"
        raise ReviewUnusable(rule, f"at most {most[0]}+{most[1]} in {table.name}")
    categories = {str(question): own[0].category for question, own in enough.items()}
    wanted = questions or min(Counter(categories.values()).values()) * len(set(categories.values()))
    chosen = sorted(int(name) for name in drawn(categories, wanted, seed))
    order = sorted(chosen, key=lambda question: lot(seed, str(question)))
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
        left = sorted(answers, key=lambda one: lot(self._seed, str(one.place)))
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
