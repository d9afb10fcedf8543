"""A chat request as behaviours read it, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

Body: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model says.

    Attributes:
        content: The text, or None beside a refusal.
        refusal: The text of the `refusal` field, where the model declines.
        finish: The finish reason; the server itself says `length` where it cuts.
        first: The first token's alternatives with log-probabilities, for requests that ask for
            them; made up where empty.
    """

    content: str | None
    refusal: str | None = None
    finish: str = "stop"
    first: tuple[tuple[str, float], ...] = ()


Behaviour: TypeAlias = Callable[[Body], Answer]


class ApiError(Exception):
    """An error as the OpenAI API reports it."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
    ) -> None:
        """Keeps the HTTP status and the four fields of the error object."""
        super().__init__(message)
        self.status = status
        self.fields = {"message": message, "type": kind, "param": param, "code": code}

    def json(self) -> bytes:
        """The body of the HTTP answer."""
        return orjson.dumps({"error": self.fields})


def text_of(message: Mapping[str, Any]) -> str:
    """A message's text, whether it is a string or a list of parts."""
    content = message.get("content")
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return content or ""


def question_of(body: Body) -> str:
    """The text that is asked about: the first user turn after the last answered one.

    Few-shot pairs come before it, a repair message or the start of an answer may follow it.
    """
    turns: Sequence[Mapping[str, Any]] = body["messages"]
    closed = [index for index, turn in enumerate(turns[:-1]) if turn["role"] == "assistant"]
    rest = turns[closed[-1] + 1 :] if closed else turns
    users = [turn for turn in rest if turn["role"] == "user"]
    return text_of(users[0]) if users else ""


def last_text(body: Body) -> str:
    """The text of the last user turn, or "" where there is none."""
    users = [turn for turn in body["messages"] if turn["role"] == "user"]
    return text_of(users[-1]) if users else ""


def prefix_of(body: Body) -> str:
    """The start of an answer that the caller wants continued, or ""."""
    final = body["messages"][-1]
    return text_of(final) if final["role"] == "assistant" else ""


def schema_of(body: Body) -> Mapping[str, Any] | None:
    """The JSON schema that the answer must keep, or None for free text."""
    wanted = body.get("response_format") or {"type": "text"}
    if wanted["type"] == "json_schema":
        schema: Mapping[str, Any] = wanted["json_schema"].get("schema") or {"type": "object"}
        return schema
    return {"type": "object"} if wanted["type"] == "json_object" else None
