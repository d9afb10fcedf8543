"""A model that judges mutated texts, by a table; it takes no question but the one of a judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import orjson

from tests.servers.chat import Answer, ApiError, Body, question_of, schema_of, text_of
from tests.servers.mutators import Mutator

Verdict = Literal["good", "not_in_style", "intent_lost", "unreasoned", "in_words", "refused"]

_LINE = "\n==========\n"
_KEYS = ["reason", "same_request", "in_style"]


@dataclass(frozen=True, slots=True)
class StyleJudge:
    """Judges a second request by a substring of it, or of the style; the first match counts.

    Attributes:
        table: Verdicts by substring of the second request or of the system turn.
        otherwise: The verdict on what matches nothing.
    """

    table: Mapping[str, Verdict] = field(default_factory=dict)
    otherwise: Verdict = "good"

    def __call__(self, body: Body) -> Answer:
        """Judges the two requests between the lines of equals signs."""
        if not is_judged(body):
            raise ApiError(400, "I only judge mutated texts, by the schema of a judgment.")
        _, text = requests_in(body)
        system = text_of(body["messages"][0])
        found = (said for part, said in self.table.items() if part in text or part in system)
        return _said(next(found, self.otherwise))


def two_ways(body: Body) -> Answer:
    """A writer of slang whose texts end otherwise at every second draw."""
    said = Mutator()(body)
    return Answer(f"{said.content} {'Cheers' if body['seed'] % 2 else 'Ta'} bruh.")


def is_judged(body: Body) -> bool:
    """Whether a request asks for a judgment: both questions at once, the reason first."""
    schema = schema_of(body) or {}
    return list(schema.get("properties", {})) == _KEYS and schema.get("required") == _KEYS


def requests_in(body: Body) -> tuple[str, str]:
    """The first and the second request of a judge's question."""
    parts = f"\n{question_of(body)}\n".split(_LINE)
    return parts[1], parts[3]


def reason_for(verdict: Verdict) -> str:
    """What the judge gives as its reason."""
    return f"The marked words say so: {verdict}."


def _said(verdict: Verdict) -> Answer:
    if verdict == "refused":
        return Answer(None, refusal="I would rather not compare these.")
    if verdict == "in_words":
        return Answer("Hard to say; a little of both.")
    said = {
        "reason": "" if verdict == "unreasoned" else reason_for(verdict),
        "same_request": verdict != "intent_lost",
        "in_style": verdict != "not_in_style",
    }
    return Answer(orjson.dumps(said).decode())
