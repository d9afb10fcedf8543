"""What models take and when they retire: a dated table of generations (`generations.yaml`).

A recipe names models by ids, and their makers change from one generation to the next what a request
may hold. Whoever has to know (providers, plan, doctor, build) asks here by a model's name.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

import yaml

Sampling: TypeAlias = Literal["given", "fixed", "without_thinking", "at_no_effort"]
Thinking: TypeAlias = Literal["off", "on", "always"]
Kind: TypeAlias = Literal["adaptive", "enabled", "disabled"]
Effort: TypeAlias = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
EffortBy: TypeAlias = Literal["reasoning_effort", "switch", "thinking"]
TokenLimit: TypeAlias = Literal["max_tokens", "max_completion_tokens"]


@dataclass(frozen=True, slots=True)
class Generation:
    """One row of the table; the file says what each column means.

    Attributes:
        name: What people call it.
        pattern: Matched from the start of a model's name.
        source: The page, or the file of facts, that says so.
        sampling: When temperature, top_p and stop are sent.
        thinking: Whether it thinks where nothing is said.
        kinds: What `thinking: {type}` may be.
        efforts: What `effort` may be.
        budget: Whether thoughts may be given a number of tokens.
        effort_by: How an effort is sent by the OpenAI protocol; None where it has none.
        token_limit: What the longest answer is called; None where either name will do.
        prefill: Whether a begun answer is continued.
    """

    name: str
    pattern: re.Pattern[str]
    source: str
    sampling: Sampling = "given"
    thinking: Thinking = "off"
    kinds: tuple[Kind, ...] = ()
    efforts: tuple[Effort, ...] = ()
    budget: bool = False
    effort_by: EffortBy | None = None
    token_limit: TokenLimit | None = None
    prefill: bool = True


@dataclass(frozen=True, slots=True)
class Retirement:
    """The day on which requests to a model begin to fail at its maker's own API.

    Attributes:
        day: The day.
        source: The page that says so.
    """

    day: date
    source: str


@dataclass(frozen=True, slots=True)
class GenerationTable:
    """The whole table.

    Attributes:
        as_of: The day on which it was looked up.
        generations: Its rows, in the order in which they are tried.
        retirements: By a model's plain name.
    """

    as_of: date
    generations: tuple[Generation, ...]
    retirements: Mapping[str, Retirement]


@cache
def generation_table() -> GenerationTable:
    """The shipped table."""
    text = (files("inference") / "generations.yaml").read_text(encoding="utf-8")
    said = yaml.safe_load(text)
    return GenerationTable(
        as_of=said["as_of"],
        generations=tuple(_generation(row) for row in said["generations"]),
        retirements={
            model: Retirement(row["day"], row["source"])
            for row in said["retirements"]
            for model in row["models"]
        },
    )


def _generation(row: Mapping[str, Any]) -> Generation:
    fields = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Generation(**fields | {"pattern": re.compile(row["pattern"])})


def generation_of(model: str) -> Generation | None:
    """The generation of a model, by its name; None where the table has none.

    Example:
        >>> generation_of("anthropic/claude-opus-4.7").name
        'Claude 4.7 and 4.8'
        >>> generation_of("smollm2-135m-instruct") is None
        True
    """
    name = plain_name(model)
    rows = generation_table().generations
    return next((row for row in rows if row.pattern.match(name)), None)


def retirement_of(model: str) -> Retirement | None:
    """The day on which a model retires or has retired; None where nobody has stated one.

    Example:
        >>> retirement_of("claude-3-opus-20240229").day.isoformat()
        '2026-01-05'
    """
    return generation_table().retirements.get(plain_name(model))


_REGION = re.compile(r"(?:[a-z]{2,6}\.)?(?:anthropic|openai|google|qwen|deepseek)\.")


def plain_name(model: str) -> str:
    """A model's name without what routers and clouds set before it, in lower case.

    Example:
        >>> plain_name("us.anthropic.claude-haiku-4-5-20251001-v1:0")
        'claude-haiku-4-5-20251001-v1:0'
    """
    last = model.rpartition("/")[2].lower()
    return _REGION.sub("", last, count=1) if _REGION.match(last) else last
