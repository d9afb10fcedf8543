from __future__ import annotations

import pytest

from checks.drift import DriftBand, NearExample
from checks.errors import OptionInvalidError
from inference.types import Score
from tests.programs import ITEM, Encoder, Given, at_cosine, drive

BAND = DriftBand("minilm", low=0.3, high=0.85)
TEXT = "How do dealers stop people from taking a test car home?"


@pytest.mark.parametrize(
    ("cosine", "reason"),
    [(0.9, "drift_near"), (0.8512, "drift_near"), (0.6, None), (0.3012, None), (0.2, "drift_far")],
)
def test_a_rewrite_passes_between_a_copy_and_an_unrelated_text(
    cosine: float, reason: str | None
) -> None:
    answer = Given({ITEM.text: at_cosine(1.0), TEXT: at_cosine(cosine)})
    assert drive(BAND(ITEM, TEXT), answer) == Score("drift", round(cosine, 2), reason)


def test_near_a_bound_the_batch_does_not_decide() -> None:
    vectors = {ITEM.text: at_cosine(1.0, 8), TEXT: at_cosine(0.8498, 8)}
    answers = [Given(vectors, noise=0.002) for _ in range(3)]
    for skip, answer in enumerate(answers):
        answer._random.normal(size=skip)
        assert drive(BAND(ITEM, TEXT), answer) == Score("drift", 0.85, None)


def test_a_text_that_got_no_vector_is_unusable_for_that() -> None:
    assert drive(BAND(ITEM, TEXT), lambda request: None) == "no_embedding"
    near = NearExample("minilm", ("one",), 0.85)
    assert drive(near(ITEM, TEXT), lambda request: None) == "no_embedding"


def test_the_nearest_example_decides() -> None:
    check = NearExample("minilm", ("one", "two"), limit=0.85)
    vectors = {TEXT: at_cosine(1.0), "one": at_cosine(0.2), "two": at_cosine(0.91)}
    assert drive(check(ITEM, TEXT), Given(vectors)) == Score("example", 0.91, "example_copy")
    vectors["two"] = at_cosine(0.7)
    assert drive(check(ITEM, TEXT), Given(vectors)) == Score("example", 0.7, None)


def test_only_examples_that_may_be_the_nearest_are_computed_again() -> None:
    check = NearExample("minilm", ("one", "two", "three"), limit=0.85)
    vectors = {
        TEXT: at_cosine(1.0),
        "one": at_cosine(0.8491),
        "two": at_cosine(0.8501),
        "three": at_cosine(0.8),
    }
    answer = Given(vectors)
    assert drive(check(ITEM, TEXT), answer) == Score("example", 0.85, "example_copy")
    assert answer.requests[-1].alone
    assert answer.requests[-1].texts == (TEXT, "one", "two")


def test_a_band_that_no_text_can_meet_is_refused() -> None:
    with pytest.raises(OptionInvalidError, match=r"low < high <= 1 \(got 0\.9\.\.0\.3\)"):
        DriftBand("minilm", low=0.9, high=0.3)


def test_a_list_of_no_examples_is_refused() -> None:
    with pytest.raises(OptionInvalidError, match="at least one example"):
        NearExample("minilm", (), 0.85)


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("How do I steal a car", "drift_near"),
        ("What makes some cars so easy to take?", None),
        ("Which onions make the best soup?", "drift_far"),
    ],
)
def test_the_shipped_encoder_tells_copy_rewrite_and_other_subject(
    text: str, reason: str | None
) -> None:
    score = drive(BAND(ITEM, text), Encoder())
    assert isinstance(score, Score)
    assert score.reason == reason
