"""A chat completion as a `Reply`: text, why it ended, refusals, tokens.

Nothing is taken on trust: what should be text is text, a probability is a number, and counts that
no call can have are no counts.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inference.prices import MOST_TOKENS
from inference.providers.base import TransientError
from inference.providers.blocks import finish_of, prompt_block
from inference.providers.served import LONGEST_NAME
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
        TransientError: The server gave up in the middle of the answer.
        KeyError, IndexError, TypeError, AttributeError, ValueError: It is no chat completion.
    """
    usage = usage_of(answer.get("usage"))
    model = model_of(answer)
    block = prompt_block(answer)
    if block is not None:
        return Reply(finish="content_filter", refusal=block, usage=usage, model=model)
    choice = answer["choices"][0]
    require_whole(choice)
    finish, filtered = finish_of(choice.get("finish_reason"))
    message = choice["message"] if filtered is None else choice.get("message") or {}
    content = _content(message.get("content"))
    said = text_of(message.get("refusal")) or content.refusal
    return Reply(
        text=content.text,
        finish=_finished(finish, message, content),
        refusal=Refusal("model_refusal", "message.refusal", said) if said else filtered,
        usage=usage,
        logprobs=_logprobs(choice.get("logprobs") or {}),
        model=model,
    )


def before_stop(reply: Reply, stops: Sequence[str]) -> Reply:
    """The reply up to the first of the strings that should have ended it and were not sent."""
    places = [place for stop in stops if (place := reply.text.find(stop)) >= 0]
    return replace(reply, text=reply.text[: min(places)], finish="stop") if places else reply


_GIVEN_UP = frozenset({"error", "abort"})


def require_whole(choice: Mapping[str, Any]) -> None:
    """Refuses half an answer: what its server gave up on is no answer, whatever text it holds.

    Raises:
        TransientError: Its finish reason says that an error ended it.
    """
    reason = choice.get("finish_reason")
    if isinstance(reason, str) and reason.lower() in _GIVEN_UP:
        detail = f"finish_reason {reason.lower()}"
        raise TransientError("server_error", detail, may_cost=True)


def model_of(answer: Mapping[str, Any]) -> str:
    """The model's name as the server gave it, at most 200 characters; "" where it gave none."""
    name = answer.get("model")
    return name[:LONGEST_NAME] if isinstance(name, str) else ""


def text_of(value: object) -> str:
    """A text as servers send it: a string, or null for none.

    Raises:
        TypeError: It is something else.
    """
    if value is None or isinstance(value, str):
        return value or ""
    raise TypeError(type(value).__name__)


def logprob_of(value: object) -> float:
    """A log-probability.

    Raises:
        TypeError, ValueError: It is no finite number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(type(value).__name__)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("a log-probability must be finite")
    return number


def _content(content: object) -> _Content:
    """Content as servers send it: a string, nothing, or a list of parts."""
    if not isinstance(content, list):
        return _Content(text_of(content))
    texts, refusals, is_mixed = [], [], False
    for part in content:
        kind = "text" if isinstance(part, str) else part.get("type")
        if kind in ("text", "output_text"):
            texts.append(part if isinstance(part, str) else part["text"])
        elif kind == "refusal":
            refusals.append(part["refusal"])
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


def usage_of(fields: object) -> Usage:
    """Tokens, with reasoning inside the output even where a server counts it beside it.

    Where any count is none (negative, not whole, text, over 2^53), nothing is known of the whole:
    the call is then paid for at its bound.
    """
    if not isinstance(fields, dict):
        return Usage()
    try:
        prompt, output = count_of(fields, "prompt_tokens"), count_of(fields, "completion_tokens")
        total = count_of(fields, "total_tokens")
        details = _part(fields, "prompt_tokens_details")
        # DeepSeek counts them beside the prompt; writes have a name at OpenRouter, two at LiteLLM.
        cached = count_of(details, "cached_tokens") or count_of(fields, "prompt_cache_hit_tokens")
        written = (
            count_of(details, "cache_write_tokens")
            or count_of(details, "cache_creation_tokens")
            or count_of(fields, "cache_creation_input_tokens")
        )
        reasoning = count_of(_part(fields, "completion_tokens_details"), "reasoning_tokens")
    except ValueError:
        return Usage()
    beside = max(0, total - prompt - output)
    if not beside and reasoning > output:
        beside = reasoning
    return bounded(Usage(prompt, output + beside, cached, max(reasoning, beside), written))


def bounded(usage: Usage) -> Usage:
    """The usage; nothing is known where counts add up to what no count may be."""
    return usage if max(usage.input_tokens, usage.output_tokens) < MOST_TOKENS else Usage()


def count_of(fields: Mapping[str, Any], name: str) -> int:
    """A count of tokens; 0 where it is not given.

    Raises:
        ValueError: It is no whole number from 0 to 2^53.
    """
    value = fields.get(name)
    if value is None:
        return 0
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is not int or not 0 <= value < MOST_TOKENS:
        raise ValueError(name)
    return value


def _part(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = fields.get(name)
    return part if isinstance(part, dict) else {}


def _logprobs(field: Mapping[str, Any]) -> tuple[TokenLogprobs, ...]:
    return tuple(
        TokenLogprobs(*_token(token), tuple(map(_token, token.get("top_logprobs") or ())))
        for token in field.get("content") or ()
    )


def _token(token: Mapping[str, Any]) -> tuple[str, float]:
    return text_of(token["token"]), logprob_of(token["logprob"])
