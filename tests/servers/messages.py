"""The Messages API's two forms: a request as behaviours read it, an answer as its JSON."""

from __future__ import annotations

from typing import Any

from tests.servers.chat import Answer, Body, text_of
from tests.servers.completions import completion

_STOPS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"}


def as_chat(body: Body) -> dict[str, Any]:
    """The request as Chat Completions would put it, so that one behaviour serves both."""
    system = body.get("system")
    if isinstance(system, list):
        system = "".join(part["text"] for part in system)
    turns = [{"role": "system", "content": system}] if system else []
    others = [turn | {"content": text_of(turn)} for turn in body["messages"]]
    chat: dict[str, Any] = {
        "model": body["model"],
        "messages": [*turns, *others],
        "max_tokens": body["max_tokens"],
    }
    chat |= {name: body[name] for name in ("temperature", "top_p") if name in body}
    if body.get("stop_sequences"):
        chat["stop"] = list(body["stop_sequences"])
    wanted = (body.get("output_config") or {}).get("format")
    if wanted:
        schema = {"name": "answer", "strict": True, "schema": wanted["schema"]}
        chat["response_format"] = {"type": "json_schema", "json_schema": schema}
    return chat


class PromptCache:
    """What requests asked to keep, by the text up to the mark; per server, without an end."""

    def __init__(self, least: int = 1024) -> None:
        self.kept: set[str] = set()
        self.least = least

    def counted(self, body: Body, tokens: int) -> tuple[int, int]:
        """Tokens that are read from the cache and written into it."""
        marks, told = [], ""
        system = body.get("system") or []
        for turn in ({"content": system}, *body["messages"]):
            for part in turn["content"] if isinstance(turn["content"], list) else [turn["content"]]:
                told += f"|{part if isinstance(part, str) else part['text']}"
                if isinstance(part, dict) and "cache_control" in part:
                    marks.append(told)
        sizes = {mark: round(tokens * len(mark) / len(told)) for mark in marks}
        large = [mark for mark in marks if sizes[mark] >= self.least]
        read = max((sizes[mark] for mark in large if mark in self.kept), default=0)
        self.kept.update(large)
        return read, max((sizes[mark] for mark in large), default=0) - read


def message(
    chat: Body, answer: Answer, digest: str, cached: tuple[int, int] = (0, 0)
) -> dict[str, Any]:
    """The body of the HTTP answer, cut and counted as a chat completion is."""
    whole = completion(chat, answer, digest)
    choice, usage = whole["choices"][0], whole["usage"]
    text = choice["message"]["content"]
    declined = answer.refusal is not None
    return {
        "id": f"msg_{digest[:24]}",
        "type": "message",
        "role": "assistant",
        "model": chat["model"],
        "content": [{"type": "text", "text": text}] if text else [],
        "stop_reason": "refusal" if declined else _STOPS.get(choice["finish_reason"], "end_turn"),
        "stop_sequence": None,
        "stop_details": refusal_details() if declined else None,
        "usage": {
            "input_tokens": usage["prompt_tokens"] - sum(cached),
            "cache_creation_input_tokens": cached[1],
            "cache_read_input_tokens": cached[0],
            "output_tokens": usage["completion_tokens"],
            "service_tier": "standard",
        },
    }


def refusal_details(category: str | None = "general_harms") -> dict[str, Any]:
    """What stands beside the stop reason `refusal`."""
    explanation = "The request was declined."
    return {"type": "refusal", "category": category, "explanation": explanation}
