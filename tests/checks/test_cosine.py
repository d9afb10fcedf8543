from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.drift import cosine, embed, in_doubt, published, rescored
from checks.errors import NoEmbeddingError
from tests.programs import Given, at_cosine, drive

ENCODER = "minilm"


def answering(value: float, alone: float | None = None) -> Given:
    """Texts a and b at cosine `value`; computed alone, at cosine `alone`."""

    class Batched(Given):
        def __call__(self, request):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN204
            rows = super().__call__(request)
            if request.alone and alone is not None:
                rows[1] = at_cosine(alone)
            return rows

    return Batched({"a": at_cosine(1.0), "b": at_cosine(value)})


def test_a_cosine_far_from_every_threshold_is_asked_for_once() -> None:
    answer = answering(0.6012)
    value = drive(rescored(ENCODER, "a", "b", (0.85,)), answer)
    assert value == pytest.approx(0.6012, abs=1e-6)
    assert [request.alone for request in answer.requests] == [False]


def test_a_cosine_near_a_threshold_is_computed_again_alone() -> None:
    answer = answering(0.8512, alone=0.8488)
    value = drive(rescored(ENCODER, "a", "b", (0.3, 0.85)), answer)
    assert value == pytest.approx(0.8488, abs=1e-6)
    assert [request.alone for request in answer.requests] == [False, True]


def test_a_cosine_near_a_rounding_edge_is_computed_again_alone() -> None:
    answer = answering(0.60504, alone=0.60497)
    value = drive(rescored(ENCODER, "a", "b", (0.85,)), answer)
    assert published(value) == 0.60
    assert [request.alone for request in answer.requests] == [False, True]


@pytest.mark.parametrize(
    ("value", "doubt"),
    [
        (0.845, True),
        (0.84491, True),  # the rounding edge at 0.845
        (0.8447, False),
        (0.8549, True),
        (0.8552, False),
        (0.5, False),
        (-0.20509, True),
        (-0.2, False),
    ],
)
def test_what_is_in_doubt(value: float, doubt: bool) -> None:
    assert in_doubt(value, (0.85,)) is doubt


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-9e-5, 9e-5))
def test_outside_doubt_noise_neither_decides_nor_shows(
    value: float, threshold: float, noise: float
) -> None:
    if not in_doubt(value, (threshold,)):
        assert (value >= threshold) == (value + noise >= threshold)
        assert published(value) == published(value + noise)


def test_the_cosine_of_a_text_with_itself_is_not_above_one() -> None:
    vector = np.full(3, 0.57735033, dtype=np.float32)
    assert cosine(vector, vector) == 1.0


def test_a_published_zero_has_no_sign() -> None:
    assert str(published(-0.001)) == "0.0"


def test_an_encoder_without_vectors_is_an_error_that_names_it_and_no_text() -> None:
    with pytest.raises(NoEmbeddingError, match=r"one vector a text \(got minilm: no_embedding\)"):
        drive(embed(ENCODER, ("secret", "words")), lambda request: None)


def test_too_few_vectors_are_none() -> None:
    with pytest.raises(NoEmbeddingError):
        drive(embed(ENCODER, ("a", "b")), lambda request: np.ones((1, 2), dtype=np.float32))
