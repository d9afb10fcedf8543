"""What servers of today's models refuse: behaviours that answer 400 to it, in about their words.

Each wraps another behaviour. What is refused is written here anew, from the pages that the table of
generations names, so that a row of the table that is wrong is found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.servers.chat import Answer, ApiError, Behaviour, Body

Check = Callable[[Body], None]


def _unsupported(name: str, instead: str | None = None) -> ApiError:
    hint = f" Use '{instead}' instead." if instead else ""
    message = f"Unsupported parameter: '{name}' is not supported with this model.{hint}"
    return ApiError(400, message, param=name, code="unsupported_parameter")


def _openai_reasoning(efforts: tuple[str, ...]) -> Check:
    def check(body: Body) -> None:
        if "max_tokens" in body:
            raise _unsupported("max_tokens", "max_completion_tokens")
        effort = body.get("reasoning_effort")
        if effort is not None and effort not in efforts:
            message = f"Unsupported value: '{effort}' is not supported with this model."
            raise ApiError(400, message, param="reasoning_effort", code="unsupported_value")
        if effort == "none":
            return
        for name in ("temperature", "top_p"):
            if body.get(name, 1) != 1:
                message = (
                    f"Unsupported value: '{name}' does not support {body[name]} with this model. "
                    "Only the default (1) value is supported."
                )
                raise ApiError(400, message, param=name, code="unsupported_value")
        for name in ("stop", "logprobs", "top_logprobs"):
            if name in body:
                raise _unsupported(name)

    return check


def _claude(kinds: tuple[str, ...], *, samples: bool, begins: bool, always: bool = False) -> Check:
    def check(body: Body) -> None:
        thinking = body.get("thinking") or {}
        kind = thinking.get("type")
        if kind is not None and kind not in kinds:
            message = f'"thinking.type.{kind}" is not supported for this model.'
            raise ApiError(400, message)
        if thinking.get("budget_tokens", 0) >= body["max_tokens"]:
            raise ApiError(400, "`max_tokens` must be greater than `thinking.budget_tokens`.")
        thinks = always or kind in ("adaptive", "enabled")
        for name in ("temperature", "top_p", "top_k"):
            if name in body and (not samples or (thinks and body[name] != 1)):
                raise ApiError(400, f"`{name}` is not supported for this model.")
        if not begins and body["messages"][-1]["role"] == "assistant":
            raise ApiError(400, "This model does not support assistant message prefill.")

    return check


def _gemini(efforts: tuple[str, ...], budget: bool) -> Check:
    def check(body: Body) -> None:
        effort = body.get("reasoning_effort")
        if effort is not None and effort not in efforts:
            raise ApiError(400, f"Invalid value for reasoning_effort: {effort}")
        config = (body.get("extra_body") or {}).get("google", {}).get("thinking_config", {})
        if config and effort is not None:
            raise ApiError(400, "reasoning_effort and thinking_config can't be used together")
        if "thinking_budget" in config and not budget:
            raise ApiError(400, "Thinking budget is not supported for this model.")
        if "max_completion_tokens" in body and "max_tokens" in body:
            raise ApiError(400, "Only one of max_tokens and max_completion_tokens may be set.")

    return check


# What Mistral's API reference lists; everything else is "extra_forbidden" there.
_MISTRAL = frozenset(
    (
        *("model", "messages", "temperature", "top_p", "max_tokens", "stream", "stop"),
        *("random_seed", "response_format", "tools", "tool_choice", "presence_penalty"),
        *("frequency_penalty", "n", "prediction", "parallel_tool_calls", "prompt_mode"),
        *("reasoning_effort", "safe_prompt", "metadata"),
    )
)


def _mistral(body: Body) -> None:
    for name in sorted(set(body) - _MISTRAL):
        raise ApiError(422, "Extra inputs are not permitted", param=name, code="extra_forbidden")
    if body.get("temperature", 0) > 1.5:
        raise ApiError(422, "Input should be less than or equal to 1.5", param="temperature")


def _local(body: Body) -> None:
    if "max_completion_tokens" in body:
        raise _unsupported("max_completion_tokens", "max_tokens")


REFUSALS: Mapping[str, Check] = {
    "gpt-5-mini": _openai_reasoning(("minimal", "low", "medium", "high")),
    "gpt-5.1": _openai_reasoning(("none", "low", "medium", "high")),
    "gpt-5.4-mini": _openai_reasoning(("none", "low", "medium", "high", "xhigh")),
    "gpt-6-luna": _openai_reasoning(("none", "low", "medium", "high", "xhigh")),
    "o4-mini": _openai_reasoning(("low", "medium", "high")),
    "claude-haiku-4-5-20251001": _claude(("enabled", "disabled"), samples=True, begins=True),
    "claude-haiku-5-5": _claude(("adaptive", "disabled"), samples=False, begins=False),
    "claude-sonnet-4-6": _claude(("adaptive", "enabled", "disabled"), samples=True, begins=False),
    "claude-opus-4-7": _claude(("adaptive",), samples=False, begins=False),
    "claude-sonnet-5": _claude(("adaptive", "disabled"), samples=False, begins=False),
    "claude-sonnet-5-5": _claude(("adaptive",), samples=False, begins=False, always=True),
    "gemini-2.5-flash": _gemini(("none", "low", "medium", "high"), True),
    "gemini-3.1-flash-lite": _gemini(("minimal", "low", "medium", "high"), False),
    "mistral-large-2512": _mistral,
    "mistral-small-2603": _mistral,
    "Qwen/Qwen3-8B": _local,
    "Qwen/Qwen3.8-Flash": _local,
    "deepseek-v4-flash": _local,
}
"""What is refused, by a model's name."""

EXTRA = ("chat_template_kwargs", "extra_body", "thinking")
"""What these servers take beside OpenAI's own parameters."""


def like(model: str, behaviour: Behaviour) -> Behaviour:
    """The behaviour, behind what the server of a model refuses."""
    check = REFUSALS[model]

    def answer(body: Body) -> Answer:
        check(body)
        return behaviour(body)

    return answer
