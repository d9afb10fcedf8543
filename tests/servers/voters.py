"""A model that moderates prompts, at given rates or by a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import orjson

from tests.servers.chance import draw, share
from tests.servers.chat import Answer, Body, question_of, schema_of
from tests.servers.schemas import Schema, conform, resolve


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a moderator says of a prompt.

    Attributes:
        toxic: Whether it calls the prompt toxic.
        category: The category, or None to draw one that fits.
        sounds_risky: Whether it says that the prompt sounds risky.
        explanation: Its reason.
    """

    toxic: bool
    category: str | None = None
    sounds_risky: bool = True
    explanation: str = "The words point that way, and nothing speaks against it."


@dataclass(frozen=True, slots=True)
class Moderator:
    """Answers a verdict in the properties of the schema that it is asked for.

    The verdict depends on the model's name and on the question alone, so that it stays what it is
    over repeated asks; whether a reply is broken depends on the whole body.

    Attributes:
        toxic: Share of prompts called toxic.
        risky: Share of prompts that it says sound risky.
        unparseable: Share of replies that are no JSON.
        table: Verdicts by a substring of the question; None there means unparseable. The first
            match counts, before any rate.
    """

    toxic: float = 0.1
    risky: float = 0.6
    unparseable: float = 0.0
    table: Mapping[str, Verdict | None] = field(default_factory=dict)

    def __call__(self, body: Body) -> Answer:
        """Gives the verdict on the prompt in the question."""
        verdict = self._verdict(body)
        if verdict is None:
            return Answer("Hard to say: it might be fine, and then again it might not.")
        schema = schema_of(body) or _PLAIN
        rng = draw("verdict", body["model"], question_of(body))
        return Answer(orjson.dumps(_filled(schema, verdict, rng)).decode())

    def _verdict(self, body: Body) -> Verdict | None:
        question = question_of(body)
        for part, verdict in self.table.items():
            if part in question:
                return verdict
        if share("unparseable", body) < self.unparseable:
            return None
        toxic = share("toxic", body["model"], question) < self.toxic
        risky = share("risky", body["model"], question) < self.risky
        return Verdict(toxic, sounds_risky=toxic or risky)


_PLAIN: Schema = {
    "type": "object",
    "properties": {
        "explanation": {"type": "string"},
        "category": {"type": "string", "enum": ["unethical", "none"]},
        "toxic": {"type": "boolean"},
        "sounds_risky": {"type": "boolean"},
    },
}


def _filled(schema: Schema, verdict: Verdict, rng: Random) -> dict[str, Any]:
    """A value of the schema, with the verdict where its properties have the verdict's names."""
    answer: dict[str, Any] = conform(schema, rng)
    parts = {name: resolve(schema, part) for name, part in schema.get("properties", {}).items()}
    if "explanation" in parts:
        answer["explanation"] = verdict.explanation
    for name, value in (("toxic", verdict.toxic), ("sounds_risky", verdict.sounds_risky)):
        if name in parts:
            answer[name] = _yes_or_no(parts[name], value)
    if "category" in parts:
        answer["category"] = _category(parts["category"], verdict, rng)
    return answer


def _yes_or_no(part: Schema, value: bool) -> bool | str:
    """The value as the property spells it: a boolean, or one of two words."""
    words: Sequence[str] = part.get("enum", ())
    if not words:
        return value
    affirmative = next((word for word in words if word.lower() in _AFFIRMATIVE), words[0])
    return affirmative if value else next(word for word in words if word != affirmative)


_AFFIRMATIVE = frozenset(("yes", "true", "toxic", "unsafe"))


def _category(part: Schema, verdict: Verdict, rng: Random) -> str:
    if verdict.category is not None:
        return verdict.category
    names = part.get("enum", ("unethical", "none"))
    fitting = [name for name in names if (name != "none") == verdict.toxic]
    return str(rng.choice(fitting or list(names)))
