"""How much a model thinks, as a recipe says it, and whether its generation can be told so."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from inference.generations import Effort, Generation, Kind
from pipelines.recipe.base import Part

_LEAST_BUDGET = 1024
"""The fewest tokens that the Messages API takes for thoughts."""


class Reasoning(Part):
    """How much a model behind the OpenAI protocol thinks: an effort, or tokens."""

    effort: Effort | None = None
    """From `none` to `max`, as far as the model's generation knows it."""
    budget_tokens: int | None = Field(default=None, ge=0)
    """Tokens for thoughts, for a generation that takes a number (Gemini 2.5)."""

    @model_validator(mode="after")
    def _says_one_thing(self) -> "Reasoning":
        if (self.effort is None) == (self.budget_tokens is None):
            raise PydanticCustomError("reasoning", "must have one of effort, budget_tokens")
        return self

    def fields(self, generation: Generation | None) -> dict[str, Any]:
        """The fields of a request's body that say so."""
        if self.budget_tokens is not None:
            config = {"thinking_budget": self.budget_tokens, "include_thoughts": False}
            return {"extra_body": {"google": {"thinking_config": config}}}
        by = "reasoning_effort" if generation is None else generation.effort_by
        if by == "switch":
            return {"chat_template_kwargs": {"enable_thinking": self.effort != "none"}}
        if by == "thinking" and self.effort == "none":
            return {"thinking": {"type": "disabled"}}
        return {"reasoning_effort": self.effort}

    def require_known(self, generation: Generation | None, max_tokens: int | None) -> None:
        """Refuses what the model's generation cannot be told.

        Raises:
            ValueError: An effort that it does not know, or tokens where it counts none.
        """
        if self.effort is not None:
            _require_effort(self.effort, generation, "reasoning.effort")
            return
        if generation is None or not generation.budget or generation.kinds:
            raise _unfit("reasoning.budget_tokens", generation, self.budget_tokens, ())
        _require_room(self.budget_tokens or 0, max_tokens, "reasoning.budget_tokens")


class Thinking(Part):
    """How a model behind the Messages API thinks, as its generation allows."""

    type: Kind
    """`adaptive` (as much as it finds fit), `enabled` (a number of tokens) or `disabled`."""
    effort: Effort | None = None
    """With `adaptive`: from `low` to `max`, as far as the model's generation knows it."""
    budget_tokens: int | None = Field(default=None, ge=_LEAST_BUDGET)
    """With `enabled`: tokens for thoughts, fewer than the answer's `max_tokens`."""

    @model_validator(mode="after")
    def _is_whole(self) -> "Thinking":
        if (self.type == "enabled") != (self.budget_tokens is not None):
            rule = "must have budget_tokens where type is enabled, and nowhere else"
            raise PydanticCustomError("thinking", rule)
        if self.effort is not None and self.type != "adaptive":
            raise PydanticCustomError("thinking", "must have an effort with type adaptive alone")
        return self

    def fields(self) -> dict[str, Any]:
        """The fields of a request's body that say so."""
        said: dict[str, Any] = {"type": self.type}
        if self.budget_tokens is not None:
            said["budget_tokens"] = self.budget_tokens
        effort = {} if self.effort is None else {"output_config": {"effort": self.effort}}
        return {"thinking": said} | effort

    def require_known(self, generation: Generation | None, max_tokens: int | None) -> None:
        """Refuses what the model's generation cannot be told.

        Raises:
            ValueError: A type or an effort that it does not know, or too many tokens.
        """
        if generation is not None and self.type not in generation.kinds:
            raise _unfit("thinking.type", generation, self.type, generation.kinds)
        if self.effort is not None:
            _require_effort(self.effort, generation, "thinking.effort")
        if self.budget_tokens is not None:
            _require_room(self.budget_tokens, max_tokens, "thinking.budget_tokens")


RESERVED = frozenset(
    "model messages prompt system max_tokens max_completion_tokens temperature top_p stop "
    "stop_sequences stream seed random_seed n logprobs top_logprobs response_format output_format "
    "reasoning_effort thinking chat_template".split()
)
"""Fields of a body that the program sends by itself, or that have keys of their own."""


def require_free(extra_body: Mapping[str, Any]) -> None:
    """Refuses further fields that would say something else than the program does.

    Raises:
        ValueError: One of them is `RESERVED`.
    """
    taken = sorted(RESERVED & extra_body.keys())
    if taken:
        rule = "extra_body must not set what has a key or a part of its own"
        raise PydanticCustomError("extra_body", rule, {"value": ", ".join(taken)})


def _require_effort(effort: Effort, generation: Generation | None, key: str) -> None:
    if generation is not None and effort not in generation.efforts:
        raise _unfit(key, generation, effort, generation.efforts)


def _require_room(budget: int, max_tokens: int | None, key: str) -> None:
    if max_tokens is None and budget:
        rule = f"{key} must come with the model's max_tokens, which is more"
        raise PydanticCustomError("thinking", "{rule}", {"rule": rule, "value": budget})
    if max_tokens is not None and budget >= max_tokens:
        rule = f"{key} must be less than the model's max_tokens, {max_tokens}"
        raise PydanticCustomError("thinking", "{rule}", {"rule": rule, "value": budget})


def _unfit(
    key: str, generation: Generation | None, value: object, known: tuple[str, ...]
) -> PydanticCustomError:
    name = "a model of no known generation" if generation is None else generation.name
    may = f"one of {', '.join(known)}" if known else "left out"
    rule = f"{key} must be {may} for {name}"
    return PydanticCustomError("thinking", "{rule}", {"rule": rule, "value": value})
