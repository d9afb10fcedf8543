from __future__ import annotations

from itertools import islice

from pipelines.versions.lineage import Numbering

_NUMBERS = {"a": 1, "b": 2, "c": 3}


def _next(numbering: Numbering, category: str, count: int) -> list[int]:
    return [*islice(numbering.free(category), count)]


def test_a_category_has_its_ids_in_order() -> None:
    assert _next(Numbering(_NUMBERS, 10), "b", 3) == [11, 12, 13]


def test_ids_that_were_given_are_passed_over() -> None:
    numbering = Numbering(_NUMBERS, 10, frozenset({11, 13}))
    assert _next(numbering, "b", 3) == [12, 14, 15]
    assert numbering.is_free(12, "b")
    assert not numbering.is_free(11, "b")
    assert not numbering.is_free(12, "a")


def test_categories_that_are_full_are_numbered_on_and_never_share_an_id() -> None:
    numbering = Numbering(_NUMBERS, 10, frozenset(range(1, 31)))
    assert _next(numbering, "a", 1) == [31]
    assert _next(numbering, "c", 11)[-1] == 81
    every = [own for name in _NUMBERS for own in _next(numbering, name, 30)]
    assert len(set(every)) == 90
    assert all(numbering.is_free(own, "a") for own in _next(numbering, "a", 30))
