from __future__ import annotations

from dataclasses import astuple

from curation.near import apart
from curation.rows import Candidate, Dropped, Selection
from tests.programs import Given, at_cosine, drive

REFERENCES = [Candidate("ref-1", "reference one"), Candidate("ref-2", "reference two")]
VECTORS = {
    "reference one": at_cosine(0.0, 3),
    "reference two": at_cosine(1.0, 3),
    "near": at_cosine(0.95, 3),
    "again": at_cosine(0.949, 3),
    "far": at_cosine(0.5, 3),
}


def test_a_row_near_to_a_reference_is_dropped_and_names_its_id_only() -> None:
    rows = [Candidate("a", "far", "x"), Candidate("b", "near", "y")]
    selection = drive(apart(rows, REFERENCES, "minilm", 0.92), Given(VECTORS))
    assert selection == Selection(("a",), (Dropped("b", "near_reference", "ref-2", 0.95),))
    assert not any("reference two" in str(value) for value in astuple(selection.dropped[0]))


def test_rows_are_not_held_against_each_other() -> None:
    rows = [Candidate("a", "near"), Candidate("b", "again")]
    selection = drive(apart(rows, REFERENCES[:1], "minilm", 0.92), Given(VECTORS))
    assert selection.kept == ("a", "b")


def test_the_first_near_reference_is_named() -> None:
    references = [*REFERENCES, Candidate("ref-3", "near")]
    selection = drive(apart([Candidate("a", "near")], references, "minilm", 0.92), Given(VECTORS))
    assert selection.dropped[0].duplicate_of == "ref-2"


def test_a_first_reference_in_doubt_is_named_before_a_second_that_is_sure() -> None:
    vectors = {"one": at_cosine(0.9212), "two": at_cosine(0.96), "row": at_cosine(1.0)}
    references = [Candidate("ref-1", "one"), Candidate("ref-2", "two")]
    selection = drive(apart([Candidate("a", "row")], references, "minilm", 0.92), Given(vectors))
    assert selection.dropped == (Dropped("a", "near_reference", "ref-1", 0.92),)


def test_a_row_at_the_threshold_is_decided_alone() -> None:
    vectors = VECTORS | {"edge": at_cosine(0.9203, 3)}
    for noise in (0.0, 0.002):
        answer = Given(vectors, noise)
        selection = drive(apart([Candidate("a", "edge")], REFERENCES, "minilm", 0.92), answer)
        assert selection.dropped == (Dropped("a", "near_reference", "ref-2", 0.92),)
        assert answer.requests[-1].alone


def test_without_references_every_row_stays() -> None:
    assert drive(apart([Candidate("a", "far")], [], "minilm", 0.92), Given(VECTORS)).kept == ("a",)
