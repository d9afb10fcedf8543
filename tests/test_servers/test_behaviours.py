from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

import jsonschema
import pytest
from pydantic import BaseModel, ConfigDict, Field

from tests.servers.behaviours import Answer, Moderator, Router, Scripted, Verdict, conforming, echo
from tests.servers.chat import Body, question_of
from tests.servers.openai_server import serve

if TYPE_CHECKING:
    from tests.test_servers.conftest import Asks


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=3, max_length=12)
    weight: float = Field(ge=0, le=1)


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["a", "b"]
    count: int = Field(ge=3, le=9)
    parts: list[Part] = Field(min_length=2, max_length=4)
    note: str | None
    done: bool


VERDICT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "explanation": {"type": "string"},
        "category": {"type": "string", "enum": ["illegal", "privacy", "none"]},
        "toxic": {"type": "boolean"},
        "sounds_risky": {"type": "string", "enum": ["no", "yes"]},
    },
    "required": ["explanation", "category", "toxic", "sounds_risky"],
    "additionalProperties": False,
}


def body(*turns: tuple[str, str], schema: dict[str, Any] | None = None, model: str = "m") -> Body:
    asked: dict[str, Any] = {
        "model": model,
        "messages": [{"role": role, "content": content} for role, content in turns],
    }
    if schema is not None:
        form = {"name": "answer", "strict": True, "schema": schema}
        asked["response_format"] = {"type": "json_schema", "json_schema": form}
    return asked


def verdicts(moderator: Moderator, number: int = 400) -> list[dict[str, Any] | None]:
    found: list[dict[str, Any] | None] = []
    for place in range(number):
        content = moderator(body(("user", f"prompt {place}"), schema=VERDICT)).content or ""
        found.append(json.loads(content) if content.startswith("{") else None)
    return found


@pytest.mark.parametrize("place", range(20))
def test_any_schema_is_answered_by_a_value_that_keeps_it(place: int) -> None:
    content = conforming(body(("user", str(place)), schema=Whole.model_json_schema())).content
    assert content is not None
    Whole.model_validate_json(content)
    jsonschema.validate(json.loads(content), Whole.model_json_schema())


def test_the_question_is_the_turn_after_the_examples_and_before_a_repair() -> None:
    turns = [
        ("system", "rules"),
        ("user", "example"),
        ("assistant", "its answer"),
        ("user", "the question"),
        ("user", "that could not be used"),
        ("assistant", "1."),
    ]
    assert question_of(body(*turns)) == "the question"


def test_a_script_answers_by_the_first_part_that_matches() -> None:
    refused = Answer(None, refusal="No.")
    script = Scripted({"car": "about cars", "steal": refused, "sell": echo}, otherwise=conforming)
    assert script(body(("user", "steal a car"))).content == "about cars"
    assert script(body(("user", "steal a boat"))) == refused
    assert script(body(("user", "sell a boat"))).content == "sell a boat"
    assert script(body(("user", "buy a boat"), schema=VERDICT)).content not in (None, "buy a boat")


def test_a_router_lets_the_named_model_answer(ask: Asks) -> None:
    with serve(Router({"a": echo, "b": Scripted({"": "I am b."})})) as server:
        assert ask(server, "hi", model="a").choices[0].message.content == "hi"
        assert ask(server, "hi", model="b").choices[0].message.content == "I am b."


def test_verdicts_keep_the_schema_and_the_rates_that_are_asked_for() -> None:
    found = verdicts(Moderator(toxic=0.2, risky=0.5, unparseable=0.1))
    usable = [verdict for verdict in found if verdict is not None]
    for verdict in usable:
        jsonschema.validate(verdict, VERDICT)
        assert (verdict["category"] == "none") is not verdict["toxic"]
    assert 0.05 < 1 - len(usable) / len(found) < 0.15
    assert 0.14 < sum(verdict["toxic"] for verdict in usable) / len(usable) < 0.26
    assert 0.5 < sum(verdict["sounds_risky"] == "yes" for verdict in usable) / len(usable) < 0.7


def test_a_repair_message_does_not_change_the_verdict() -> None:
    moderator = Moderator(toxic=0.5)
    for place in range(20):
        turn = ("user", f"prompt {place}")
        asked = moderator(body(turn, schema=VERDICT))
        assert moderator(body(turn, ("user", "Answer again."), schema=VERDICT)) == asked


def test_two_moderators_disagree_on_some_prompts() -> None:
    moderator = Moderator(toxic=0.5)
    pairs = [
        [moderator(body(("user", str(n)), schema=VERDICT, model=model)) for model in ("a", "b")]
        for n in range(40)
    ]
    assert 0 < sum(one == other for one, other in pairs) < 40


def test_a_table_decides_before_any_rate() -> None:
    moderator = Moderator(
        toxic=0.0, table={"car": Verdict(True, "illegal", False, "A car."), "odd": None}
    )
    content = moderator(body(("user", "take a car"), schema=VERDICT)).content or ""
    assert json.loads(content) == {
        "explanation": "A car.",
        "category": "illegal",
        "toxic": True,
        "sounds_risky": "no",
    }
    with pytest.raises(json.JSONDecodeError):
        json.loads(moderator(body(("user", "odd"), schema=VERDICT)).content or "")
