"""Asking models the prompts: rescue of flagged ones, the target panel, and refusal judges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from flows.recipe.base import (
    Count,
    Name,
    Names,
    Part,
    Reference,
    Temperature,
    Text,
    models,
    repeated,
    under,
)
from flows.recipe.moderate import VoteRule

KEYWORD = "keyword"
"""The refusal judge that needs no model."""


class Rescue(Part):
    """A flagged prompt comes back where its answer is moderated safe (section 3.2.3)."""

    answerer: Name
    """The model that answers flagged prompts."""
    temperature: Temperature = 0.0
    """Sampling temperature; the paper states none."""
    max_tokens: Count = 1000
    """Longest answer in tokens."""

    def references(self) -> Iterator[Reference]:
        """The answerer."""
        yield from models(answerer=self.answerer)


class Target(Part):
    """One member of a panel where its name alone does not say enough."""

    name: Name
    """The name that its answers carry."""
    model: Name
    """The model that answers."""
    system: Text | None = None
    """A system prompt; by default none."""
    temperature: Temperature | None = None
    """Sampling temperature; by default the panel's."""

    def references(self) -> Iterator[Reference]:
        """The model."""
        yield from models(model=self.model)


class ChatJudge(Part):
    """A refusal judge that is a model, with its label set and its design."""

    kind: Literal["llm"]
    """A judge: `llm`, `trained` or `ensemble`; `keyword` and a model's name need no kind."""
    model: Name
    """The model that judges."""
    labels: Literal["or-bench", "sorry-bench"] = "or-bench"
    """Direct answer, direct and indirect refusal; or fulfilment 1 and refusal 0."""
    design: Literal["score", "cot", "few-shot"] = "cot"
    """Score only, explain first, or with worked examples."""

    def references(self) -> Iterator[Reference]:
        """The model."""
        yield from models(model=self.model)


class TrainedJudge(Part):
    """A judge that `judge-train` made."""

    kind: Literal["trained"]
    """A judge: `llm`, `trained` or `ensemble`; `keyword` and a model's name need no kind."""
    path: Text
    """Its folder, relative to the recipe or to the working folder."""


class EnsembleJudge(Part):
    """Several judges under one vote rule."""

    kind: Literal["ensemble"]
    """A judge: `llm`, `trained` or `ensemble`; `keyword` and a model's name need no kind."""
    judges: Names = Field(min_length=1)
    """`keyword` and names of models."""
    rule: VoteRule = "majority"
    """How their verdicts make one."""

    def references(self) -> Iterator[Reference]:
        """Each judge that is a model."""
        for place, judge in enumerate(self.judges):
            yield from judge_references(f"judges.{place}", judge)


def _target_kind(given: object) -> str:
    return "model" if isinstance(given, str) else "target"


def _judge_kind(given: object) -> str:
    return "name" if isinstance(given, str) else "judge"


PanelMember: TypeAlias = Annotated[
    Annotated[Name, Tag("model")] | Annotated[Target, Tag("target")],
    Discriminator(_target_kind),
]
Judge: TypeAlias = Annotated[
    Annotated[Name, Tag("name")]
    | Annotated[
        Annotated[ChatJudge | TrainedJudge | EnsembleJudge, Field(discriminator="kind")],
        Tag("judge"),
    ],
    Discriminator(_judge_kind),
]


def target_references(targets: Iterable[PanelMember]) -> Iterator[Reference]:
    """The models that targets name."""
    for place, target in enumerate(targets):
        key = f"targets.{place}"
        if isinstance(target, str):
            yield Reference("model", key, target)
        else:
            yield from under(key, target.references())


def judge_references(key: str, judge: Judge) -> Iterator[Reference]:
    """The models that a judge at `key` names."""
    if not isinstance(judge, str):
        yield from under(key, judge.references())
    elif judge != KEYWORD:
        yield Reference("model", key, judge)


class Panel(Part):
    """The target models that every safe prompt is put to (paper appendix Q)."""

    targets: Annotated[tuple[PanelMember, ...], Field(strict=False, min_length=1)]
    """Names of models, or `{name, model, system}` where one model answers in several roles."""
    judge: Judge = KEYWORD
    """Who tells a refusal: `keyword`, a model's name, or `{kind: llm|trained|ensemble, …}`."""
    temperature: Temperature = 0.0
    """Sampling temperature (the authors' code)."""
    max_tokens: Count = 1000
    """Longest answer in tokens (the authors' code)."""

    @property
    def members(self) -> tuple[str, ...]:
        """The names that answers are kept under, in order."""
        return tuple(each if isinstance(each, str) else each.name for each in self.targets)

    def references(self) -> Iterator[Reference]:
        """Every target, and the judge where it is a model."""
        yield from target_references(self.targets)
        yield from judge_references("judge", self.judge)

    @model_validator(mode="after")
    def _each_answers_once(self) -> Panel:
        if again := repeated(self.members):
            raise PydanticCustomError("twice", "targets must be listed once each", {"value": again})
        return self

    @model_validator(mode="after")
    def _each_is_another(self) -> Panel:
        """One reply under two names would count twice."""
        roles = [_role(each, self.temperature) for each in self.targets]
        for place, role in enumerate(roles):
            if role in roles[:place]:
                raise PydanticCustomError(
                    "same_target",
                    "targets must differ in model, system prompt or temperature",
                    {"value": self.members[place]},
                )
        return self


def _role(target: PanelMember, temperature: float) -> tuple[str, str | None, float]:
    if isinstance(target, str):
        return target, None, temperature
    own = target.temperature
    return target.model, target.system, temperature if own is None else own
