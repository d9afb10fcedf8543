"""Which cell each call for seeds is about: every cell of a category once, in a fixed order.

A cell is a sub-topic, a role, a setting and a form. Each of the four lists is a pack of cards:
shuffled by hash, dealt to its end, shuffled anew. So every sub-topic comes once before any comes
again, and so do roles, settings and forms. Where the cards that are next make a cell that was dealt
before, later cards of the packs are taken first.
"""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from base.digests import Json, lines_key
from pipelines.recipe.writing import WrittenSeeds
from taxonomy.cells import Cells

_RULE = 1
"""Raised where the order of cells changes: it is part of what the calls of a run are made from."""


class Cell(NamedTuple):
    """What a call for seeds is about, in words."""

    sub_topic: str
    role: str
    setting: str
    form: str

    @property
    def words(self) -> str:
        """All of it in one line.

        Example:
            >>> Cell("burglary", "a nurse", "at a wedding", "a question").words
            'burglary, a nurse, at a wedding, a question'
        """
        return ", ".join(self)


def cells_part(cells: Cells, edition: str) -> Json:
    """What the order of cells depends on, for a digest."""
    return [_RULE, cells.digest, edition]


def dealt(cells: Cells, category: str, edition: str = "") -> Iterator[Cell]:
    """The cells of a category in the order in which calls are about them; each comes once.

    Args:
        cells: The lists.
        category: Whose sub-topics are taken.
        edition: The release version that is written for: another one has another order.

    Raises:
        TaxonomyInvalidError: The category has no sub-topics.

    Example:
        >>> lists = Cells({"hate": ("a",)}, ("a cook",), ("at sea", "at home"), ("a wish",), "")
        >>> sorted(cell.setting for cell in dealt(lists, "hate"))
        ['at home', 'at sea']
    """
    lists = (cells.of(category), cells.roles, cells.settings, cells.forms)
    packs = [
        _Pack(f"{edition}\n{category}\n{name}", entries)
        for name, entries in zip(Cell._fields, lists, strict=True)
    ]
    dealt_before: set[Cell] = set()
    for _ in range(cells.count(category)):
        cell = _next(packs, dealt_before)
        for pack, entry in zip(packs, cell, strict=True):
            pack.take(entry)
        dealt_before.add(cell)
        yield cell


def _next(packs: "list[_Pack]", dealt_before: set[Cell]) -> Cell:
    """The first new cell that the cards left in the packs make; else one with cards dealt twice."""
    return next(
        cell
        for cards in ([pack.left for pack in packs], [pack.all for pack in packs])
        for entries in product(*cards)
        if (cell := Cell(*entries)) not in dealt_before
    )


class _Pack:
    """One list as a pack of cards."""

    def __init__(self, name: str, entries: tuple[str, ...]) -> None:
        """Shuffles it."""
        self._name = name
        self._entries = entries
        self._times = 0
        self.left: list[str] = []
        self._shuffle()

    @property
    def all(self) -> list[str]:
        """The cards that are left, then those that were dealt."""
        return [*self.left, *(entry for entry in self._entries if entry not in self.left)]

    def take(self, entry: str) -> None:
        """Deals a card; after the last one the pack is shuffled anew."""
        if entry in self.left:
            self.left.remove(entry)
        if not self.left:
            self._shuffle()

    def _shuffle(self) -> None:
        self._times += 1
        self.left = sorted(self._entries, key=self._chance)

    def _chance(self, entry: str) -> bytes:
        return lines_key("cell", self._name, self._times, entry)


def cells_notes(seeds: WrittenSeeds, cells: Cells) -> Iterator[str]:
    """A line where categories are to have more seeds than one call a cell can bring.

    Args:
        seeds: How many are wanted, and how many a call is asked for.
        cells: The lists.
    """
    most = {name: cells.count(name) * seeds.per_call for name in cells.sub_topics}
    few = [f"{name} {bound:,}" for name, bound in most.items() if bound < seeds.per_category]
    if few:
        yield (
            f"seeds.per_category asks for {seeds.per_category:,} seeds, and with one call of "
            f"{seeds.per_call:,} for each cell there are at most: {', '.join(few)}"
        )
