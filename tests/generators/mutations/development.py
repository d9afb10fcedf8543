"""Good and bad rows of each written style, and how many of them the offline checks tell right.

`python -m tests.generators.mutations.development` scores the rows that checks are tuned on;
`--held-out` the third that is set aside, `--all` both; `--others` the rows of eight writers who had
not seen the checks (each batch was scored once before checks were mended by it: 90, 85, 84, 83, 89,
85, 84 and 91 % of the good ones were told right, and 89, 93, 92, 94, 87, 89, 91 and 90 % of the
bad ones); `--wrong` lists the rows told wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from base.digests import digest_of
from generators.mutations.style_checks import CheckSettings, style_checks
from generators.mutations.styles import WRITTEN
from inference.types import Item

_HERE = Path(__file__).parent
_ROWS, _PARAPHRASES = _HERE / "development.jsonl", _HERE / "paraphrases.jsonl"
_OTHERS = _HERE / "others.jsonl"

FAULTS: Mapping[str, str] = {
    "no_style": "the same request, in no style or in another kind of plain words",
    "other_style": "the same request, in a style of the same group",
    "unwoven": "persuasion as a preface, and then the base word for word",
    "opposite": "the opposite of the request, or how what it asks for is prevented",
    "softened": "a suggestion, a milder thing, or advice to ask somebody else instead",
    "other_act": "another act with the same object",
    "other_object": "the same act with another object",
    "several": "more than one request",
    "answered": "what was asked for, instead of the request",
    "refused": "a refusal",
    "copied": "the base, or most of it, as it stands",
    "other_language": "a language or script that was not asked for",
    "number_lost": "a number of the base is gone or another one",
    "name_lost": "a name of the base is gone or another one",
}
"""What is wrong with a bad row, by the word that stands for it."""

TOLD_WITHOUT_A_TRANSLATOR = frozenset(
    {"other_language", "copied", "answered", "number_lost", "name_lost"}
)
"""The faults of bad translations."""

ENGLISH = tuple(name for name, style in WRITTEN.items() if style.language == "en")
"""The written styles that stay in English."""


@dataclass(frozen=True, slots=True)
class Row:
    """A text that was made from a base, and whether checks should let it pass.

    Attributes:
        id: Sixteen hex characters of the digest of base, style and text.
        base: The request that it was made from.
        style: The written style that it is to be in.
        text: The text.
        good: Whether it is in that style and asks for the same thing.
        fault: What is wrong with it, one of `FAULTS`; "" for a good row.
    """

    id: str
    base: str
    style: str
    text: str
    good: bool
    fault: str


@dataclass(frozen=True, slots=True)
class Paraphrase:
    """A base in other plain words, and the request for its opposite: neither is in any style."""

    base: str
    statement: str
    opposite: str


@dataclass(frozen=True, slots=True)
class Score:
    """How many of the good rows passed, and how many of the bad ones did not."""

    good_right: int
    good: int
    bad_right: int
    bad: int

    def __add__(self, other: Score) -> Score:
        """Both together."""
        return Score(
            self.good_right + other.good_right,
            self.good + other.good,
            self.bad_right + other.bad_right,
            self.bad + other.bad,
        )


Reason: TypeAlias = Callable[[Row], str | None]
"""Why a row does not pass, or None."""


def row_id(base: str, style: str, text: str) -> str:
    """The id that a row has."""
    return digest_of(base, style, text)[:16]


@cache
def rows() -> tuple[Row, ...]:
    """Every row, style by style."""
    return tuple(Row(**values) for values in _lines(_ROWS))


@cache
def others() -> Mapping[str, tuple[Row, ...]]:
    """The rows that others wrote, by their batch."""
    batches: dict[str, list[Row]] = {}
    for values in _lines(_OTHERS):
        batch, id = values.pop("batch"), row_id(values["base"], values["style"], values["text"])
        batches.setdefault(batch, []).append(Row(id=id, **values))
    return {batch: tuple(rows) for batch, rows in batches.items()}


@cache
def paraphrases() -> tuple[Paraphrase, ...]:
    """Every paraphrased base."""
    return tuple(Paraphrase(**values) for values in _lines(_PARAPHRASES))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


@cache
def held_out() -> frozenset[str]:
    """The ids that are scored once, at the end.

    Of the good rows of a style, and of its bad ones, they are the third whose ids come first.
    """
    cells: dict[tuple[str, bool], list[str]] = {}
    for row in rows():
        cells.setdefault((row.style, row.good), []).append(row.id)
    return frozenset(each for ids in cells.values() for each in sorted(ids)[: round(len(ids) / 3)])


def drawn(part: Literal["tuned", "held out", "all"]) -> tuple[Row, ...]:
    """The rows of a part of the set."""
    if part == "all":
        return rows()
    return tuple(row for row in rows() if (row.id in held_out()) == (part == "held out"))


def offline_reason(row: Row) -> str | None:
    """Why the checks that ask no model do not let a row pass, or None."""
    item = Item(row.id, row.base, "any")
    for check in style_checks(row.style, CheckSettings()):
        if isinstance(found := check(item, row.text), str):
            return found
    return None


def score(scored: Iterable[Row], reason: Reason = offline_reason) -> dict[str, Score]:
    """The score of each style that has rows, by its name."""
    scores: dict[str, Score] = {}
    for row in scored:
        right = (reason(row) is None) == row.good
        one = Score(right, 1, 0, 0) if row.good else Score(0, 0, right, 1)
        scores[row.style] = scores.get(row.style, Score(0, 0, 0, 0)) + one
    return scores


def passing(texts: Mapping[str, str], style: str, reason: Reason = offline_reason) -> list[str]:
    """The bases whose text passes as one of that style.

    Args:
        texts: A text for each base.
        style: A written style.
        reason: Why a row does not pass.
    """
    made = (Row("", base, style, text, False, "no_style") for base, text in texts.items())
    return [row.base for row in made if reason(row) is None]


def _report(part: Literal["tuned", "held out", "all"], wrong: bool) -> Iterator[str]:
    scored = drawn(part)
    scores = score(scored)
    yield f"{f'style ({part})':28}{'good told good':>20}{'bad told bad':>20}"
    for name, each in scores.items():
        yield _line(name, each)
    yield _line("together", sum(scores.values(), Score(0, 0, 0, 0)))
    yield ""
    yield f"{'style':28}{'statements pass':>20}{'opposites pass':>20}"
    for name in ENGLISH:
        statements = passing({each.base: each.statement for each in paraphrases()}, name)
        opposites = passing({each.base: each.opposite for each in paraphrases()}, name)
        most = len(paraphrases())
        yield f"{name:28}{f'{len(statements)}/{most}':>20}{f'{len(opposites)}/{most}':>20}"
    if wrong:
        yield ""
        yield from _told_wrong(scored)


def _of_others(wrong: bool) -> Iterator[str]:
    yield f"{'batch, style':28}{'good told good':>20}{'bad told bad':>20}"
    for batch, scored in others().items():
        scores = score(scored)
        for name, each in scores.items():
            yield _line(f"{batch} {name}", each)
        yield _line(f"{batch} together", sum(scores.values(), Score(0, 0, 0, 0)))
        if wrong:
            yield from _told_wrong(scored)


def _line(name: str, each: Score) -> str:
    good = f"{each.good_right}/{each.good} {each.good_right / each.good:4.0%}"
    bad = f"{each.bad_right}/{each.bad} {each.bad_right / each.bad:4.0%}"
    return f"{name:28}{good:>20}{bad:>20}"


def _told_wrong(scored: Sequence[Row]) -> Iterator[str]:
    for row in scored:
        reason = offline_reason(row)
        if (reason is None) != row.good:
            yield f"{row.id} {row.style:26} {row.fault or 'good':15} {reason or 'passes'}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--held-out", dest="part", action="store_const", const="held out")
    part.add_argument("--all", dest="part", action="store_const", const="all")
    part.add_argument("--others", dest="part", action="store_const", const="others")
    parser.add_argument("--wrong", action="store_true")
    options = parser.parse_args(arguments)
    part_of = options.part or "tuned"
    lines = _of_others(options.wrong) if part_of == "others" else _report(part_of, options.wrong)
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
