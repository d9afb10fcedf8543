"""A chat completion as a `Reply`: text, why it ended, refusals, tokens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inference.providers.blocks import finish_of, prompt_block
from inference.types import Finish, Refusal, Reply, TokenLogprobs, Usage

_SILENT = frozenset({"thinking", "reasoning"})  # a model's notes to itself are no answer


@dataclass(frozen=True, slots=True)
class _Content:
    """What a message holds: its text, whether anything stands beside it, words of refusal."""

    text: str = ""
    is_mixed: bool = False
    refusal: str = ""


def read(answer: Mapping[str, Any]) -> Reply:
    """The reply in a chat completion's JSON, without its price.

    Raises:
        KeyError, IndexError, TypeError, AttributeError, ValueError: It is no chat completion.
    """
    usage = usage_of(answer.get("usage") or {})
    model = str(answer.get("model") or "")
    block = prompt_block(answer)
    if block is not None:
        return Reply(finish="content_filter", refusal=block, usage=usage, model=model)
    choice = answer["choices"][0]
    finish, filtered = finish_of(choice.get("finish_reason"))
    message = choice["message"] if filtered is None else choice.get("message") or {}
    content = _content(message.get("content"))
    said = message.get("refusal") or content.refusal
    return Reply(
        text=content.text,
        finish=_finished(finish, message, content),
        refusal=Refusal("model_refusal", "message.refusal", str(said)) if said else filtered,
        usage=usage,
        logprobs=_logprobs(choice.get("logprobs") or {}),
        model=model,
    )


def _content(content: str | list[Any] | None) -> _Content:
    """Content as servers send it: a string, nothing, or a list of parts."""
    if not isinstance(content, list):
        return _Content(content or "")
    texts, refusals, is_mixed = [], [], False
    for part in content:
        kind = "text" if isinstance(part, str) else part.get("type")
        if kind in ("text", "output_text"):
            texts.append(part if isinstance(part, str) else part["text"])
        elif kind == "refusal":
            refusals.append(str(part["refusal"]))
        elif kind not in _SILENT:
            is_mixed = True
    return _Content("".join(texts), is_mixed, " ".join(refusals))


def _finished(finish: Finish, message: Mapping[str, Any], content: _Content) -> Finish:
    """Why it ended, where there is no text: by tool calls, or by what is not text."""
    if content.text.strip() or finish == "content_filter":
        return finish
    if message.get("tool_calls") or message.get("function_call"):
        return "tool_calls"
    if content.is_mixed or message.get("images") or message.get("audio"):
        return "not_text"
    return finish


def usage_of(fields: Mapping[str, Any]) -> Usage:
    """Tokens, with reasoning inside the output even where a server counts it beside it."""
    prompt, output = (
        int(fields.get("prompt_tokens") or 0),
        int(fields.get("completion_tokens") or 0),
    )
    cached = (fields.get("prompt_tokens_details") or {}).get("cached_tokens")
    reasoning = int((fields.get("completion_tokens_details") or {}).get("reasoning_tokens") or 0)
    beside = max(0, int(fields.get("total_tokens") or 0) - prompt - output)
    if not beside and reasoning > output:
        beside = reasoning
    return Usage(
        input_tokens=prompt,
        output_tokens=output + beside,
        cached_tokens=int(cached or 0),
        reasoning_tokens=max(reasoning, beside),
    )


def _logprobs(field: Mapping[str, Any]) -> tuple[TokenLogprobs, ...]:
    return tuple(
        TokenLogprobs(
            token["token"],
            float(token["logprob"]),
            tuple((top["token"], float(top["logprob"])) for top in token.get("top_logprobs") or ()),
        )
        for token in field.get("content") or ()
    )
