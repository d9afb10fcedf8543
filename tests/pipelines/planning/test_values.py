from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.planning.values import total


@given(st.lists(st.integers(min_value=0)))
def test_a_total_of_known_figures_is_their_sum(figures: list[int]) -> None:
    assert total(figures) == sum(figures)


@given(st.lists(st.one_of(st.none(), st.integers(min_value=0))), st.integers(0, 9))
def test_one_unknown_figure_makes_the_total_unknown(figures: list[int | None], at: int) -> None:
    figures.insert(at, None)
    assert total(figures) is None
