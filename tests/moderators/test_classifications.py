"""What a classifier's answer says, however it is written."""

from __future__ import annotations

import json

import pytest

from inference.types import Refusal, Reply, UnusableError
from moderators.classifier import CategoryVote, read, schema
from taxonomy import NONE, Category

CATEGORIES = (
    Category("violent-crimes", "Violent Crimes", "Attacks."),
    Category("fraud", "Fraud, Scams, and Deception", "Lies for gain.", short_title="Fraud"),
    Category(NONE, "None of these", "Nothing else."),
)


def _read(text: str) -> CategoryVote:
    return read(Reply(text=text, key="k"), "m", CATEGORIES)


def test_a_whole_answer_is_read_as_it_is() -> None:
    parsed = {"explanation": " A lie. ", "category": "fraud", "confidence": 0.8, "second": "none"}
    vote = read(Reply(parsed=parsed, key="k"), "m", CATEGORIES)
    assert vote == CategoryVote("m", "fraud", 0.8, "none", "A lie.", "k")


@pytest.mark.parametrize(
    "named",
    ["fraud", " Fraud ", "FRAUD", "Fraud, Scams, and Deception", "2", "2. fraud", '"fraud"'],
)
def test_a_category_may_be_named_by_name_title_or_number(named: str) -> None:
    assert _read(json.dumps({"category": named, "confidence": 1})).category == "fraud"


def test_a_number_that_is_no_text_is_a_place_in_the_list() -> None:
    assert _read('{"category": 1, "confidence": 0.5}').category == "violent-crimes"


@pytest.mark.parametrize(
    ("given", "confidence"),
    [
        (0.734, 0.73), (1, 1.0), (85, 0.85), ("85%", 0.85), ("0.5 %", 0.01), ("0.9", 0.9),
        ("high", 0.9), ("who knows", 0.5), (None, 0.5), (True, 0.5), (-3, 0.5), (1e9, 0.5),
    ],
)  # fmt: skip
def test_a_confidence_may_be_a_share_per_cent_or_a_word(given: object, confidence: float) -> None:
    text = json.dumps({"category": "fraud", "confidence": given})
    assert _read(text).confidence == pytest.approx(confidence)


def test_the_last_object_of_a_talkative_answer_counts() -> None:
    text = 'First {"category": "fraud"}, but no:\n```json\n{"category": "none"}\n```'
    assert _read(text).category == NONE


def test_a_second_choice_that_is_the_first_or_unknown_is_none() -> None:
    assert _read('{"category": "fraud", "second": "Fraud"}').second is None
    assert _read('{"category": "fraud", "second": "arson"}').second is None
    assert _read('{"category": "fraud", "second": "violent-crimes"}').second == "violent-crimes"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(refusal=Refusal("model_refusal", "refusal")), "classifier_refused"),
        (Reply(text="I would rather not."), "unparseable"),
        (Reply(text='{"label": "fraud"}'), "unparseable"),
        (Reply(text='{"category": "arson"}'), "unknown_category"),
        (Reply(text='{"category": ""}'), "unknown_category"),
        (Reply(text='{"category": "7"}'), "unknown_category"),
        (Reply(text='{"category": null}'), "unknown_category"),
    ],
)
def test_what_names_no_category_is_unusable(reply: Reply, reason: str) -> None:
    with pytest.raises(UnusableError, match=reason):
        read(reply, "m", CATEGORIES)


def test_the_schema_asks_for_reasons_first_and_lets_a_second_choice_be_empty() -> None:
    asked = json.loads(schema(["fraud", "none"]))
    assert asked["required"] == ["explanation", "category", "confidence", "second"]
    assert asked["properties"]["second"]["enum"] == ["fraud", "none", ""]


@pytest.mark.parametrize("confidence", ["1" + "0" * 400, "1e999", "-1", "true", '"nan"', '"inf"'])
def test_a_confidence_that_is_no_share_counts_as_not_stated(confidence: str) -> None:
    text = f'{{"category": "none", "confidence": {confidence}}}'
    assert read(Reply(text=text), "m", CATEGORIES).confidence == 0.5


def test_a_number_with_any_number_of_digits_names_no_category() -> None:
    with pytest.raises(UnusableError, match="unknown_category"):
        read(Reply(parsed={"category": 10**5_000}), "m", CATEGORIES)


def test_half_of_a_surrogate_pair_in_an_explanation_can_be_written() -> None:
    text = r'{"category": "none", "explanation": "ends \ud83d"}'
    assert read(Reply(text=text), "m", CATEGORIES).reason == "ends \ufffd"
