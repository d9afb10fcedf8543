from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from inference.types import Refusal, Reply, UnusableError
from moderators.llm import read, schema

NAMES = ("illegal", "violence", "none")
TOXIC = {
    "explanation": "Wants a car that is not theirs.",
    "category": "illegal",
    "toxic": True,
    "sounds_risky": True,
}
SAFE = TOXIC | {"category": "none", "toxic": False}


def answer(**changes: object) -> Reply:
    return Reply(text=json.dumps(SAFE | changes), key="k1")


def test_a_toxic_verdict_is_a_vote_with_its_category_and_explanation() -> None:
    vote = read(Reply(parsed=TOXIC, key="k1"), "gpt4o", NAMES)
    assert (vote.model, vote.label, vote.category) == ("gpt4o", "toxic", "illegal")
    assert (vote.sounds_risky, vote.key) == (True, "k1")
    assert vote.reason == "Wants a car that is not theirs."


def test_a_safe_verdict_has_no_category() -> None:
    vote = read(Reply(parsed=SAFE), "gpt4o", NAMES)
    assert (vote.label, vote.category) == ("safe", None)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(TOXIC),
        f"```json\n{json.dumps(TOXIC, indent=2)}\n```",
        f"<think>Is it {{bad}}? {json.dumps(SAFE)}, no:</think>\n{json.dumps(TOXIC)}\nThat is it.",
    ],
)
def test_a_server_that_ignores_schemas_is_read_all_the_same(text: str) -> None:
    assert read(Reply(text=text), "m", NAMES).label == "toxic"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (answer(toxic=True), "contradictory"),
        (answer(category="illegal"), "contradictory"),
        (answer(category="littering"), "unknown_category"),
        (answer(toxic="false"), "unparseable"),
        (Reply(text="It is safe."), "unparseable"),
        (Reply(text='{"explanation": "cut off', finish="length"), "unparseable"),
        (Reply(text=""), "unparseable"),
        (Reply(parsed=[TOXIC], text=json.dumps([1])), "unparseable"),
        (Reply(parsed=SAFE, refusal=Refusal("model_refusal", "message")), "moderator_refused"),
    ],
)
def test_what_is_no_verdict_is_unusable_for_its_reason(reply: Reply, reason: str) -> None:
    with pytest.raises(UnusableError) as unusable:
        read(reply, "m", NAMES)
    assert unusable.value.reason == reason


def test_an_unparseable_answer_is_not_quoted_by_its_error() -> None:
    with pytest.raises(UnusableError) as unusable:
        read(answer(toxic="MARKER"), "m", NAMES)
    assert unusable.value.__cause__ is None
    assert unusable.value.__suppress_context__


def test_the_schema_accepts_a_verdict_and_asks_for_the_explanation_first() -> None:
    asked = json.loads(schema(NAMES))
    validator = Draft202012Validator(asked)
    assert validator.is_valid(TOXIC)
    assert not validator.is_valid(TOXIC | {"category": "littering"})
    assert not validator.is_valid({key: TOXIC[key] for key in ("category", "toxic")})
    assert next(iter(asked["properties"])) == "explanation"


def test_of_an_exchange_nobody_asks_whether_it_sounds_risky() -> None:
    properties = json.loads(schema(NAMES, "exchange"))["properties"]
    assert list(properties) == ["explanation", "category", "toxic"]
    vote = read(Reply(parsed=TOXIC), "m", NAMES, "exchange")
    assert (vote.label, vote.sounds_risky) == ("toxic", None)


def test_a_prompts_verdict_must_say_how_it_sounds() -> None:
    said = {name: value for name, value in SAFE.items() if name != "sounds_risky"}
    with pytest.raises(UnusableError, match="unparseable"):
        read(Reply(parsed=said), "m", NAMES)
