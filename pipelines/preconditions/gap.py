"""A gap: one thing for which a recipe would be refused, known before anything is asked."""

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypeVar

from base.errors import RefuseryError
from base.problems import Problems, all_of
from pipelines.recipe.schema import Recipe

RecipeT = TypeVar("RecipeT", bound=Recipe)


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is to be put right.

    Attributes:
        key: The recipe's key that asks for it.
        error: The rule and the value, as a run that met it would be refused.
    """

    key: str
    error: RefuseryError

    @property
    def says(self) -> str:
        """Rule and value in one line."""
        return str(self.error)

    @property
    def told(self) -> RefuseryError:
        """The error, whose rule begins with the key unless it names it anyway."""
        names = self.key.partition(":")[0]
        part = names.rpartition(".")[0]
        if names in self.error.rule or (part and self.error.rule.startswith(part)):
            return self.error
        named = copy.copy(self.error)
        RefuseryError.__init__(named, f"{self.key}: {self.error.rule}", self.error.value)
        named.others = ()
        return named


Check: TypeAlias = Callable[[RecipeT, Path], Iterator[Gap]]
"""Looks at one thing of a recipe for an output folder. It asks nobody and writes nothing."""


class Gaps:
    """Gathers the gaps of one check.

    Example:
        >>> gaps = Gaps()
        >>> with gaps.of("seeds.from"):
        ...     raise RefuseryError("source must exist", "seeds.csv")
        >>> [(gap.key, str(gap.told)) for gap in gaps.found]
        [('seeds.from', 'seeds.from: source must exist (got seeds.csv)')]
    """

    def __init__(self) -> None:
        """There is none yet."""
        self.found: list[Gap] = []

    @contextmanager
    def of(self, key: str) -> Iterator[None]:
        """Notes each error of the block under a key; what comes after the block goes on."""
        try:
            yield
        except RefuseryError as error:
            self.found += [Gap(key, each) for each in all_of(error)]


def gaps_in(checks: Sequence[Check[RecipeT]], recipe: RecipeT, out: Path) -> tuple[Gap, ...]:
    """Every gap that some checks find, each line once; one check hides nothing of the others.

    Args:
        checks: What is looked at, in this order.
        recipe: The recipe.
        out: The output folder that a run would have.
    """
    gaps = Gaps()
    for check in checks:
        with gaps.of("recipe"):
            gaps.found += check(recipe, out)
    first: dict[str, Gap] = {}
    for gap in gaps.found:
        first.setdefault(gap.says, gap)
    return tuple(first.values())


def require_none(gaps: Iterable[Gap]) -> None:
    """Refuses a recipe that has gaps.

    Raises:
        RefuseryError: The first gap's error, which carries all others (`base.problems`).
    """
    problems = Problems()
    for gap in gaps:
        problems.add(gap.told)
    problems.raise_any()
