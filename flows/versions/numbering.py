"""Question ids that are free: none that was given before is given to another request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import count

from flows.sources.question_ids import number_in, question_id


@dataclass(frozen=True)
class Numbering:
    """How the requests of a set are numbered.

    Where all ids of a category are given away, the categories are numbered on: of three with ten
    ids each, the first then has 31 to 40.

    Attributes:
        numbers: Each category's number, by name.
        width: Ids that each category has.
        taken: Ids that are carried, or were withdrawn.
    """

    numbers: Mapping[str, int]
    width: int
    taken: AbstractSet[int] = frozenset()

    def free(self, category: str) -> Iterator[int]:
        """The ids that are left for a category, without end."""
        for block in count():
            number = self.numbers[category] + block * self._categories
            for place in range(1, self.width + 1):
                if (own := question_id(number, place, self.width)) not in self.taken:
                    yield own

    def is_free(self, own: int, category: str) -> bool:
        """Whether an id is one of a category's, and left."""
        apart = number_in(own, self.width) - self.numbers[category]
        return own not in self.taken and apart >= 0 and apart % self._categories == 0

    @property
    def _categories(self) -> int:
        return max(self.numbers.values())
