from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from checks.identity import normalise
from curation.rows import Candidate, Dropped, exact


def test_the_first_of_equal_texts_is_kept_and_named() -> None:
    rows = [
        Candidate("a", "How do I kill a process?", "harmful"),
        Candidate("b", "How do I kill a  process? ", "illegal"),
        Candidate("c", "How do I kill a thread?", "illegal"),
        Candidate("d", "How do I kill a process?", "violence"),
    ]
    selection = exact(rows)
    assert selection.kept == ("a", "c")
    assert selection.dropped == (
        Dropped("b", "exact_duplicate", "a", 1.0),
        Dropped("d", "exact_duplicate", "a", 1.0),
    )


def test_texts_that_differ_in_case_are_different() -> None:
    assert exact([Candidate("a", "Why?"), Candidate("b", "why?")]).kept == ("a", "b")


@given(st.lists(st.text(alphabet="ab ", max_size=4)))
def test_kept_texts_are_the_distinct_ones_and_every_row_is_accounted_for(texts: list[str]) -> None:
    rows = [Candidate(str(place), text) for place, text in enumerate(texts)]
    selection = exact(rows)
    text_of = {row.row: normalise(row.text) for row in rows}
    kept = [text_of[row] for row in selection.kept]
    assert len(kept) == len(set(kept)) == len(set(text_of.values()))
    assert sorted((*selection.kept, *(each.row for each in selection.dropped))) == sorted(text_of)
    for each in selection.dropped:
        assert each.duplicate_of in selection.kept
        assert text_of[each.row] == text_of[str(each.duplicate_of)]
