"""What further rounds of rewriting are wanted for: accepted rows of each category, and hard rows.

A round is judged by its yield: the rows that it added for each rewrite that it wrote. Who has
brought too little in the last round that asked for it is given up.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import polars as pl

from artifacts.release_facts import RoundsEnd, RoundsFacts
from artifacts.stage_roles import MODERATE, PANEL, REWRITE
from pipelines.or_bench.selection import accepted_in
from pipelines.recipe import OrBench
from pipelines.recipe.panel import Hard
from pipelines.runner.stage import Tables
from pipelines.versions.lineage import CARRIED

_COLUMNS = ("row", "category", "label", "sounds_risky")


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
class _Round:
    """A finished round: whose seeds it rewrote, what it wrote, what was there after it."""

    asked: AbstractSet[str]
    written: Counter[str]
    rows: Counter[str]


@dataclass(frozen=True, slots=True)
class _History:
    """All finished rounds; what was carried over counts in none of them."""

    rounds: Sequence[_Round]
    seeded: AbstractSet[str]
    least: float

    def wish(self, names: tuple[str, ...], wanted: int, rows: int) -> Wish:
        """A wish for rows of these categories, of which so many are there."""
        found = Wish(names, wanted, rows, self.least, seeded=bool(self.seeded & {*names}))
        numbers = [n for n, each in enumerate(self.rounds) if each.asked & {*names}]
        if not numbers:
            return found
        written, brought = self._of(numbers[-1], names)
        return replace(found, asked=True, written=written, brought=brought)

    @property
    def last_yield(self) -> float | None:
        """Rows a rewrite of the last round, over all categories; None where it wrote nothing."""
        if not self.rounds:
            return None
        written, brought = self._of(len(self.rounds) - 1, self.rounds[-1].asked)
        return brought / written if written else None

    def _of(self, number: int, names: Iterable[str]) -> tuple[int, int]:
        before = self.rounds[number - 1].rows if number else Counter[str]()
        now = self.rounds[number]
        chosen = [*names]
        brought = sum(now.rows[name] - before[name] for name in chosen)
        return sum(now.written[name] for name in chosen), brought


def target_wishes(recipe: OrBench, tables: Tables, names: tuple[str, ...]) -> tuple[Wish, ...]:
    """`rewrite.target` of each category; none where the recipe has no target.

    Args:
        recipe: How many are wanted.
        tables: The finished stages, the clean seeds among them.
        names: The categories.
    """
    if recipe.rewrite.target is None:
        return ()
    accepted = accepted_in(recipe.moderate.requires_risky)
    history = _history(tables, MODERATE, accepted, (), recipe.rewrite.least_yield)
    rows = Counter[str]() if not history.rounds else Counter(history.rounds[-1].rows)
    for stage in tables.rounds(CARRIED):
        rows.update(tables.kept(stage, _COLUMNS).filter(accepted)["category"])
    target = recipe.rewrite.target
    return tuple(history.wish((name,), target, rows[name]) for name in names)


def hard_wishes(recipe: OrBench, tables: Tables, names: tuple[str, ...]) -> tuple[Wish, ...]:
    """The hard rows that a recipe wants in rounds; none before the panel has been asked.

    One wish for all categories, one for each that has a quota, or with the balance `cap` one for
    each: an even share of the size, and of what those who are given up leave.

    Args:
        recipe: How many are wanted.
        tables: The finished stages.
        names: The categories.
    """
    part = recipe.hard
    if part is None or part.rounds is None or not tables.rounds(PANEL):
        return ()
    history, rows = _hard_history(recipe, part, tables)
    if part.quota is not None:
        quota = part.quota.items()
        return tuple(history.wish((name,), count, rows[name]) for name, count in quota)
    size = part.size or 0
    if part.balance == "none":
        return (history.wish(names, size, rows.total()),)
    each = [history.wish((name,), size, rows[name]) for name in names]
    level = even_share(size, [wish.rows for wish in each if wish.given_up], len(each))
    return tuple(replace(wish, wanted=level) for wish in each)


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


def still_wanted(recipe: OrBench, tables: Tables, names: tuple[str, ...]) -> dict[str, int]:
    """Rows for which the next round rewrites seeds, by category; none where no round is wanted.

    Args:
        recipe: How many are wanted, and how many rounds it allows for which wish.
        tables: The finished stages.
        names: The categories.
    """
    done = len(tables.rounds(MODERATE))
    wishes: list[Wish] = []
    if done < recipe.rewrite.rounds:
        wishes += target_wishes(recipe, tables, names)
    if recipe.hard is not None and done < (recipe.hard.rounds or 0):
        wishes += hard_wishes(recipe, tables, names)
    found: dict[str, int] = {}
    if not any(wish.is_open for wish in wishes):
        return found
    for wish in wishes:
        for name in wish.categories if wish.missing and not wish.dry else ():
            found[name] = max(found.get(name, 0), wish.missing)
    return found


def rounds_facts(
    recipe: OrBench, tables: Tables, names: tuple[str, ...], unpaid: bool
) -> Iterator[RoundsFacts]:
    """How the rounds of a finished run ended, for each part of the recipe that asks for them.

    Args:
        recipe: What was wanted.
        tables: The finished stages.
        names: The categories.
        unpaid: Whether a round was given up as there was no money left for it.
    """
    done = len(tables.rounds(MODERATE))
    hard = recipe.hard
    if hard is not None and hard.rounds is not None:
        history, rows = _hard_history(recipe, hard, tables)
        wishes = hard_wishes(recipe, tables, names)
        wanted = hard.size or sum((hard.quota or {}).values())
        found = rows.total() if hard.quota is None else _held(wishes)
        yield RoundsFacts(
            wish="hard",
            wanted=wanted,
            found=found,
            rounds=done,
            most=hard.rounds,
            ended=_ended(wishes, found >= wanted, unpaid),
            min_yield=hard.least_yield,
            last_yield=history.last_yield,
            categories=_by_category(wishes, unpaid),
        )
    if recipe.rewrite.target is not None:
        accepted = accepted_in(recipe.moderate.requires_risky)
        history = _history(tables, MODERATE, accepted, (), recipe.rewrite.least_yield)
        wishes = target_wishes(recipe, tables, names)
        yield RoundsFacts(
            wish="rewrite.target",
            wanted=recipe.rewrite.target * len(names),
            found=_held(wishes),
            rounds=done,
            most=recipe.rewrite.rounds,
            ended=_ended(wishes, not any(wish.missing for wish in wishes), unpaid),
            min_yield=recipe.rewrite.least_yield,
            last_yield=history.last_yield,
            categories=_by_category(wishes, unpaid),
        )


def _ended(wishes: Sequence[Wish], is_held: bool, unpaid: bool) -> RoundsEnd:
    """How wishes that belong together ended: all rows may be there though one was given up."""
    if any(wish.is_open for wish in wishes):
        return "budget" if unpaid else "rounds"
    return "full" if is_held else "yield"


def _held(wishes: Iterable[Wish]) -> int:
    return sum(min(wish.rows, wish.wanted) for wish in wishes)


def _by_category(wishes: Sequence[Wish], unpaid: bool) -> dict[str, RoundsEnd]:
    single = [wish for wish in wishes if len(wish.categories) == 1]
    return {wish.categories[0]: wish.ended(unpaid) for wish in single}


def _hard_history(recipe: OrBench, part: Hard, tables: Tables) -> tuple[_History, Counter[str]]:
    """The rounds by the hard rows that each left, and the hard rows that there are now."""
    hard = accepted_in(recipe.moderate.requires_risky) & pl.col("hard").eq("hard")
    carried = [
        row for stage in tables.rounds(CARRIED) for row in tables.kept(stage, ["row"])["row"]
    ]
    now = tables.kept(tables.rounds(PANEL)[-1], (*_COLUMNS, "hard")).filter(hard)
    history = _history(tables, PANEL, hard, carried, part.least_yield)
    return history, Counter(now["category"])


def _history(
    tables: Tables, decides: str, counts: pl.Expr, carried: Sequence[str], least: float
) -> _History:
    """What the finished rounds wrote, and how many rows of their own counted after each."""
    topups = {name.round: name for name in tables.rounds("topup")}
    columns = [*_COLUMNS, "hard"] if decides == PANEL else [*_COLUMNS]
    rounds: list[_Round] = []
    pairs = zip(tables.rounds(REWRITE), tables.rounds(decides), strict=False)
    for number, (wrote, decided) in enumerate(pairs):
        asked = tables.kept(topups.get(number, "clean_seeds"), ["category"])["category"]
        written = Counter[str](tables.kept(wrote, ["category"])["category"])
        rows = tables.kept(decided, columns).filter(counts)
        own = rows.filter(~pl.col("row").is_in(list(carried)))
        rounds.append(_Round({*asked}, written, Counter(own["category"])))
    seeded = {*tables.kept("clean_seeds", ["category"])["category"]}
    return _History(rounds, seeded, least)
