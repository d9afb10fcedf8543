from __future__ import annotations

import math

import pytest

from checks.errors import NoEmbeddingError
from curation.nearest import nearest
from curation.rows import Candidate
from tests.programs import Given, drive


def on_a_circle(**degrees: float) -> tuple[list[Candidate], Given]:
    """Rows named as given, each text a point at that angle; `cell` is at none."""
    vectors = {
        name: [math.cos(math.radians(angle)), math.sin(math.radians(angle))]
        for name, angle in {"cell": 0.0, **degrees}.items()
    }
    return [Candidate(name, name, "hate") for name in degrees], Given(vectors)


CELL = Candidate("call", "cell", "hate")


def test_the_nearest_rows_are_found_and_stand_in_the_order_of_their_keys() -> None:
    rows, answer = on_a_circle(d=10, a=60, c=20, b=40)
    ((*places,),) = drive(nearest([CELL], rows, "minilm", 3), answer)
    assert [rows[place].row for place in places] == ["b", "c", "d"]


def test_rows_of_another_group_are_not_looked_at() -> None:
    rows, answer = on_a_circle(a=50, b=60, c=70, x=0)
    rows[3] = Candidate("x", "x", "violence")
    ((*places,),) = drive(nearest([CELL], rows, "minilm", 2), answer)
    assert [rows[place].row for place in places] == ["a", "b"]


def test_of_equal_ones_the_smaller_key_is_in() -> None:
    rows, answer = on_a_circle(c=30, a=30, b=-30, d=5)
    ((*places,),) = drive(nearest([CELL], rows, "minilm", 2), answer)
    assert [rows[place].row for place in places] == ["a", "d"]


@pytest.mark.parametrize("most", [4, 9])
def test_few_rows_are_all_given_and_no_encoder_is_asked(most: int) -> None:
    rows, answer = on_a_circle(d=10, a=60, c=20, b=40)
    assert drive(nearest([CELL], rows, "minilm", most), answer) == ((1, 3, 2, 0),)
    assert answer.requests == []


def test_a_text_whose_group_is_empty_is_given_none() -> None:
    rows, answer = on_a_circle(a=10, b=20)
    other = Candidate("other", "cell", "privacy")
    assert drive(nearest([other, CELL], rows, "minilm", 1), answer) == ((), (0,))


def test_scores_close_to_the_last_that_is_in_are_computed_again_alone() -> None:
    """A batch moves each vector by up to 0.00005; b and c lie 0.00002 apart around the limit."""
    angles = {"a": 10.0, "b": 30.0, "c": 30.002, "d": 60.0}
    for seed in range(20):
        rows, answer = on_a_circle(**angles)
        answer.noise = 0.00005
        answer._random = __import__("numpy").random.default_rng(seed)
        ((*places,),) = drive(nearest([CELL], rows, "minilm", 2), answer)
        assert [rows[place].row for place in places] == ["a", "b"]
        assert answer.requests[-1].alone
        assert set(answer.requests[-1].texts) == {"cell", "b", "c"}


def test_an_encoder_that_gives_nothing_is_an_error() -> None:
    rows, _ = on_a_circle(a=10, b=20)
    with pytest.raises(NoEmbeddingError):
        drive(nearest([CELL], rows, "minilm", 1), lambda request: None)
