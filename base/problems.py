"""All that is wrong with one thing, where more than the first problem is to be told."""

from collections.abc import Iterator
from contextlib import contextmanager

from base.errors import RefuseryError


class Problems:
    """Gathers errors while a file is read to its end, and raises the first with all the others.

    Example:
        >>> problems = Problems()
        >>> for number in (1, 2, 3):
        ...     with problems.gathered():
        ...         if number > 1:
        ...             raise RefuseryError("number must be 1", number)
        >>> try:
        ...     problems.raise_any()
        ... except RefuseryError as error:
        ...     print(error, [str(each) for each in all_of(error)[1:]])
        number must be 1 (got 2) ['number must be 1 (got 3)']
    """

    def __init__(self) -> None:
        """Nothing is wrong yet."""
        self._found: list[RefuseryError] = []
        self._known: set[int] = set()

    def add(self, error: RefuseryError) -> None:
        """Notes an error, and those that it carries, each once."""
        for each in all_of(error):
            if id(each) not in self._known:
                self._known.add(id(each))
                self._found.append(each)

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Notes an error of the block, which ends there; what comes after it goes on."""
        try:
            yield
        except RefuseryError as error:
            self.add(error)

    @property
    def found(self) -> tuple[RefuseryError, ...]:
        """What was noted, in its order."""
        return tuple(self._found)

    def raise_any(self) -> None:
        """Raises the first error, which carries the others; nothing where nothing is wrong."""
        if self._found:
            first, *others = self._found
            first.others = tuple(others)
            raise first


def all_of(error: RefuseryError) -> tuple[RefuseryError, ...]:
    """An error and those that it carries, in the order in which they were found."""
    return error, *error.others
