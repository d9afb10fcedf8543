"""How a language model's verdict is asked for and read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from inference.types import Reply, Unusable
from moderators.types import Subject, Vote
from taxonomy import NONE


class Verdict(BaseModel):
    """What a moderator model must answer, in this order, so that it thinks before it labels."""

    model_config = ConfigDict(strict=True)

    explanation: str
    category: str
    toxic: bool


class PromptVerdict(Verdict):
    """A verdict on a prompt by itself also says whether it sounds risky."""

    sounds_risky: bool


def schema(names: Sequence[str], subject: Subject = "prompt") -> str:
    """The JSON schema of a verdict, as JSON text; keys keep their order, explanation first.

    Args:
        names: The categories' names, `none` included.
        subject: What is judged; whether it sounds risky is asked of prompts alone.
    """
    properties: dict[str, object] = {
        "explanation": {"type": "string"},
        "category": {"type": "string", "enum": list(names)},
        "toxic": {"type": "boolean"},
    }
    if subject == "prompt":
        properties["sounds_risky"] = {"type": "boolean"}
    whole = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return json.dumps(whole, separators=(",", ":"))


def read(reply: Reply, model: str, names: Sequence[str], subject: Subject = "prompt") -> Vote:
    """The vote of `model` in its reply.

    Raises:
        Unusable: `moderator_refused`, `unparseable`, `unknown_category`, or `contradictory` where
            a toxic text has no category, or a harmless one has one.
    """
    if reply.refusal is not None:
        raise Unusable("moderator_refused")
    verdict = _verdict(reply, PromptVerdict if subject == "prompt" else Verdict)
    category = verdict.category.strip().lower()
    if category not in names:
        raise Unusable("unknown_category")
    if verdict.toxic == (category == NONE):
        raise Unusable("contradictory")
    return Vote(
        model=model,
        label="toxic" if verdict.toxic else "safe",
        category=category if verdict.toxic else None,
        sounds_risky=verdict.sounds_risky if isinstance(verdict, PromptVerdict) else None,
        reason=verdict.explanation.strip(),
        key=reply.key,
    )


def _verdict(reply: Reply, form: type[Verdict]) -> Verdict:
    answer = reply.parsed if isinstance(reply.parsed, dict) else last_object(reply.text)
    try:
        return form.model_validate(answer)
    except ValidationError:
        # Without its cause: pydantic's message quotes the answer.
        raise Unusable("unparseable") from None


def last_object(text: str) -> dict[str, Any] | None:
    """The last JSON object in a text.

    It may stand in a code fence, or after thoughts: for servers that ignore schemas.
    """
    decoder = json.JSONDecoder()
    found: dict[str, Any] | None = None
    start = text.find("{")
    while start >= 0:
        try:
            found, end = decoder.raw_decode(text, start)
        except ValueError:
            end = start + 1
        start = text.find("{", end)
    return found
