"""Cells are dealt evenly, each once, in an order that hangs on nothing but the lists."""

from __future__ import annotations

from collections import Counter
from itertools import islice, product

import pytest

from pipelines.or_bench.seed_cells import Cell, cells_notes, dealt
from pipelines.recipe.writing import WrittenSeeds
from taxonomy import load_taxonomy
from taxonomy.cells import Cells, load_cells
from taxonomy.model import TaxonomyInvalidError

SHIPPED = load_cells(load_taxonomy("or_bench"))
SMALL = Cells(
    {"hate": ("chants", "letters", "jokes"), "privacy": ("diaries",)},
    ("a cook", "a nurse"),
    ("at sea", "at home"),
    ("a wish", "an order", "a question"),
    "0" * 64,
)


@pytest.mark.parametrize("category", ["hate", "privacy"])
def test_every_cell_of_a_category_comes_once(category: str) -> None:
    cells = [*dealt(SMALL, category)]
    lists = (SMALL.of(category), SMALL.roles, SMALL.settings, SMALL.forms)
    assert set(cells) == {Cell(*entries) for entries in product(*lists)}
    assert len(cells) == SMALL.count(category)


@pytest.mark.parametrize("category", ["illegal", "sexual"])
def test_each_list_is_dealt_to_its_end_before_an_entry_comes_again(category: str) -> None:
    cells = [*islice(dealt(SHIPPED, category), 139)]  # one less than the four lists end together
    assert len(set(cells)) == len(cells)
    lists = (SHIPPED.of(category), SHIPPED.roles, SHIPPED.settings, SHIPPED.forms)
    for place, entries in enumerate(lists):
        dealt_so_far = Counter(dict.fromkeys(entries, 0))
        for cell in cells:
            dealt_so_far[cell[place]] += 1
            assert max(dealt_so_far.values()) - min(dealt_so_far.values()) <= 1


def test_the_parts_of_a_cell_are_shuffled_apart() -> None:
    """In 100 calls a sub-topic comes five times: with one role each time only by chance."""
    cells = [*islice(dealt(SHIPPED, "illegal"), 100)]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        pairs = {(cell[one], cell[other]) for cell in cells}
        assert len(pairs) > 80


def test_the_order_is_the_same_each_time_and_another_in_another_category_or_edition() -> None:
    first = [*islice(dealt(SHIPPED, "illegal", "2026.11.0"), 20)]
    assert first == [*islice(dealt(SHIPPED, "illegal", "2026.11.0"), 20)]
    later = [*islice(dealt(SHIPPED, "illegal", "2026.12.0"), 20)]
    other = [*islice(dealt(SHIPPED, "privacy", "2026.11.0"), 20)]
    assert first != later
    assert [cell.role for cell in first] != [cell.role for cell in other]


def test_a_category_without_sub_topics_has_no_cells_to_deal() -> None:
    with pytest.raises(TaxonomyInvalidError, match="must have sub-topics"):
        next(dealt(SMALL, "violence"))


def _seeds(per_category: int, per_call: int) -> WrittenSeeds:
    given = {"from": "llm", "writer": "w", "per_category": per_category, "per_call": per_call}
    return WrittenSeeds.model_validate(given)


def test_more_seeds_than_the_cells_can_bring_are_told_in_a_line() -> None:
    """By hand: hate has 3 x 2 x 2 x 3 = 36 cells, privacy 12; of 5 seeds each 180 and 60."""
    assert [*cells_notes(_seeds(60, 5), SMALL)] == []
    (line,) = cells_notes(_seeds(100, 5), SMALL)
    assert line.endswith("one call of 5 for each cell there are at most: privacy 60")
    (line,) = cells_notes(_seeds(200, 5), SMALL)
    assert line.startswith("seeds.per_category asks for 200 seeds")
    assert line.endswith("hate 180, privacy 60")
