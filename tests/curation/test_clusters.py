"""Groups of rows that fit no category."""

from __future__ import annotations

import numpy as np
import pytest

from curation.diversity import clusters
from curation.errors import SettingInvalidError
from curation.rows import Candidate
from tests.programs import Encoder, Given, at_cosine, drive

TEXTS = [
    "Explain how to water tomatoes in a dry summer.",
    "Describe how often tomatoes need water in summer.",
    "List the best times of day to water tomato plants.",
    "Write a birthday poem for my grandmother.",
    "Write a funny birthday poem for my grandfather.",
    "Convert 30 miles to kilometers.",
]


def _rows(texts: list[str]) -> list[Candidate]:
    return [Candidate(f"r{n}", text) for n, text in enumerate(texts)]


def test_texts_about_one_thing_are_one_group_and_the_largest_comes_first() -> None:
    found = drive(clusters(_rows(TEXTS), "e", 0.5), Encoder())
    assert [set(each.rows) for each in found] == [{"r0", "r1", "r2"}, {"r3", "r4"}, {"r5"}]


def test_the_centre_is_the_row_with_most_neighbours_and_stands_first() -> None:
    vectors = {"left": at_cosine(0.8), "middle": [1.0, 0.0], "right": [0.8, -0.6]}
    (group,) = drive(clusters(_rows(list(vectors)), "e", 0.75), Given(vectors))
    assert group.rows == ("r1", "r0", "r2")


def test_every_row_is_in_one_group() -> None:
    rng = np.random.default_rng(5)
    points = rng.normal(size=(400, 4))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    vectors = {f"t{n}": row.tolist() for n, row in enumerate(points)}
    found = drive(clusters(_rows(list(vectors)), "e", 0.8), Given(vectors))
    members = [row for each in found for row in each.rows]
    assert len(members) == len(set(members)) == 400
    sizes = [len(each.rows) for each in found]
    assert sizes == sorted(sizes, reverse=True)


def test_the_texts_are_embedded_as_one_fixed_list() -> None:
    answers = Given({"a": [1.0, 0.0], "b": [0.0, 1.0]}, noise=0.5)
    first = drive(clusters(_rows(["a", "b"]), "e", 0.5), answers)
    assert [request.together for request in answers.requests] == [True]
    assert drive(clusters(_rows(["a", "b"]), "e", 0.5), answers) == first


def test_no_rows_ask_for_nothing_and_a_threshold_of_zero_is_refused() -> None:
    answers = Given({})
    assert drive(clusters([], "e", 0.5), answers) == ()
    assert answers.requests == []
    with pytest.raises(SettingInvalidError):
        drive(clusters(_rows(["a"]), "e", 0.0), answers)
