"""Rows that are wanted in rounds of rewriting, and what one round after the other made of that.

A round is judged by its yield: the rows that it added for each rewrite that it wrote.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from artifacts.release_facts import RoundsEnd


@dataclass(frozen=True, slots=True)
class Wish:
    """Rows that are wanted of one category, or of all together, and what rounds have brought.

    Attributes:
        categories: Whose rows count, and whose seeds are rewritten.
        wanted: Rows wanted.
        rows: Rows that are there.
        least: New rows a rewrite that a round must bring.
        asked: Whether a round has rewritten any of their seeds.
        written: Rewrites of the last such round.
        brought: Rows that it added.
        seeded: Whether they have seeds at all.
    """

    categories: tuple[str, ...]
    wanted: int
    rows: int = 0
    least: float = 0.0
    asked: bool = False
    written: int = 0
    brought: int = 0
    seeded: bool = True

    @property
    def missing(self) -> int:
        """Rows still wanted."""
        return max(0, self.wanted - self.rows)

    @property
    def dry(self) -> bool:
        """Whether too little came of the last round that asked for it.

        Example:
            >>> Wish(("hate",), 100, least=0.02, asked=True, written=50, brought=1).dry
            False
            >>> Wish(("hate",), 100, least=0.02, asked=True, written=51, brought=1).dry
            True
        """
        return self.asked and (not self.written or self.brought < self.least * self.written)

    @property
    def given_up(self) -> bool:
        """Whether asking further is vain: it is dry, or there is no seed to rewrite."""
        return self.dry or not self.seeded

    @property
    def is_open(self) -> bool:
        """Whether a further round is wanted for it."""
        return bool(self.missing) and not self.given_up

    def ended(self, unpaid: bool) -> RoundsEnd:
        """How it ended once no further round is run.

        Args:
            unpaid: Whether a round was given up as there was no money left for it.
        """
        if not self.missing:
            return "full"
        if self.given_up:
            return "yield"
        return "budget" if unpaid else "rounds"


@dataclass(frozen=True, slots=True)
class Round:
    """A finished round: whose seeds it rewrote, what it wrote, its own rows there after it."""

    asked: AbstractSet[str]
    written: Counter[str]
    rows: Counter[str]


@dataclass(frozen=True, slots=True)
class History:
    """All finished rounds, as one part of a recipe judges them.

    Attributes:
        rounds: The rounds; rows that are carried over count in none of them.
        carried: Those rows by category.
        seeded: The categories that have seeds.
        least: New rows a rewrite that a round must bring.
        most: Rounds that the part allows; those after them are others'.
    """

    rounds: Sequence[Round]
    carried: Counter[str]
    seeded: AbstractSet[str]
    least: float
    most: int

    def wishes(
        self, wanted: Mapping[tuple[str, ...], int], size: int | None = None
    ) -> tuple[Wish, ...]:
        """What all rounds, one after the other, made of wishes.

        A wish that is dry once stays so: rounds that others ask for bring it rows, and no hope.

        Args:
            wanted: Rows wanted of categories together.
            size: Rows of which each of the wishes is to have an even share, instead.
        """
        found = [
            Wish(
                names, count, self._rows(0, names), self.least, seeded=bool(self.seeded & {*names})
            )
            for names, count in wanted.items()
        ]
        found = _even(found, size)
        for number in range(len(self.rounds)):
            found = _even([self._after(number, wish) for wish in found], size)
        return tuple(found)

    @property
    def made(self) -> int:
        """Rounds that rewrote seeds, as far as they are the part's own."""
        return min(self.most, sum(bool(each.asked) for each in self.rounds))

    @property
    def rows(self) -> int:
        """Rows that are there now, of all categories."""
        return self.carried.total() + (self.rounds[-1].rows.total() if self.rounds else 0)

    @property
    def last_yield(self) -> float | None:
        """Rows a rewrite of the last round, over all categories; None where it wrote nothing."""
        if not self.rounds:
            return None
        written, brought = self._of(len(self.rounds) - 1, self.rounds[-1].asked)
        return brought / written if written else None

    def _after(self, number: int, wish: Wish) -> Wish:
        """The wish after a round, judged by it where the round was run for it too."""
        left = replace(wish, rows=self._rows(number + 1, wish.categories))
        is_own = sum(bool(each.asked) for each in self.rounds[:number]) < self.most
        asked = self.rounds[number].asked & {*wish.categories}
        if not (is_own and asked and wish.missing) or wish.dry:
            return left
        written, brought = self._of(number, wish.categories)
        return replace(left, asked=True, written=written, brought=brought)

    def _rows(self, rounds: int, names: Iterable[str]) -> int:
        """Rows of these categories after so many rounds."""
        own = self.rounds[rounds - 1].rows if rounds else Counter[str]()
        return sum(self.carried[name] + own[name] for name in names)

    def _of(self, number: int, names: Iterable[str]) -> tuple[int, int]:
        """What a round wrote of these categories, and the rows that it added to them."""
        chosen = [*names]
        written = sum(self.rounds[number].written[name] for name in chosen)
        return written, self._rows(number + 1, chosen) - self._rows(number, chosen)


def even_share(size: int, given_up: Sequence[int], categories: int) -> int:
    """Rows that each category is to have so that all together have `size`.

    Args:
        size: Rows wanted of all.
        given_up: Rows of the categories that get no more.
        categories: How many there are, those included.

    Example:
        >>> even_share(100, [], 10), even_share(100, [4, 60], 10)
        (10, 11)
    """
    small: list[int] = []
    while len(small) < categories:
        level = math.ceil((size - sum(small)) / (categories - len(small)))
        below = [rows for rows in given_up if rows < level]
        if len(below) == len(small):
            return level
        small = below
    return 0


def _even(wishes: Sequence[Wish], size: int | None) -> list[Wish]:
    """The wishes with even shares of a size, and of what those who are given up leave."""
    if size is None:
        return [*wishes]
    level = even_share(size, [wish.rows for wish in wishes if wish.given_up], len(wishes))
    return [replace(wish, wanted=level) for wish in wishes]
