"""What a stage is expected to do, as its declaration says it: rows that come out, calls it makes.

Pure numbers: no price list, no server and no key is looked at here; a plan does that.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class CallSize:
    """Tokens of one call.

    Attributes:
        input: Tokens sent.
        output: Tokens answered.
    """

    input: int
    output: int

    def capped(self, max_tokens: int | None) -> "CallSize":
        """The same call, its answer no longer than the cap."""
        output = self.output if max_tokens is None else min(self.output, max_tokens)
        return CallSize(self.input, output)


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls of one model.

    Attributes:
        model: The model's name in the recipe.
        count: How many, if every answer is usable at once; None where nobody knows.
        size: Tokens of one of them.
        max_tokens: The longest answer that the stage allows; None for the model's own bound.
    """

    model: str
    count: int | None
    size: CallSize
    max_tokens: int | None = None

    def times(self, rows: int | None) -> "Calls":
        """The same for each of so many rows; None where nobody knows how many."""
        count = None if self.count is None or rows is None else self.count * rows
        return replace(self, count=count)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a stage that a plan shows by itself: one style of the mutations."""

    name: str
    rows: int | None
    calls: tuple[Calls, ...] = ()


@dataclass(frozen=True, slots=True)
class Caution:
    """What is to be said where any of these models is somebody else's.

    Attributes:
        models: Their names in the recipe.
        text: What is said; `{names}` stands for those that are hosted.
    """

    models: tuple[str, ...]
    text: str


class Assumption(str):
    """A note of what is assumed until a pilot has measured it: its figures then stand instead."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """What a stage comes to if every answer is usable and nothing is dropped.

    Attributes:
        rows: Rows that it works on, or makes; None where nobody knows.
        calls: What it asks; nothing where it has parts.
        notes: What a reader should know before starting the run; what is assumed as `Assumption`.
        onward: Rows that the stages after it take, where these are others.
        parts: What is shown by itself.
        caution: What is said of models that are somebody else's.
    """

    rows: int | None
    calls: tuple[Calls, ...] = ()
    notes: tuple[str, ...] = ()
    onward: int | None = None
    parts: tuple[Part, ...] = ()
    caution: Caution | None = None

    @property
    def passed_on(self) -> int | None:
        """Rows that the stages after it take."""
        return self.rows if self.onward is None else self.onward


def unchanged(rows: int | None) -> Expected:
    """What a stage is expected to do that asks nobody and drops nothing."""
    return Expected(rows)


Expectation: TypeAlias = Callable[[int | None], Expected]
"""What a stage comes to, given the rows that come in; None where nobody knows."""


def from_source(count: Callable[[], int | None], note: str = "") -> Expectation:
    """What a source is expected to give, counted when a plan is made.

    Args:
        count: Counts its rows; None where nobody knows before it is fetched.
        note: What is said where nobody knows.
    """

    def expected(rows: int | None) -> Expected:
        found = count()
        return Expected(found, notes=(note,) if found is None and note else ())

    return expected
