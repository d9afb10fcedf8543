"""Asking models the prompts: rescue of flagged ones, and the target panel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from flows.recipe.base import (
    Count,
    Name,
    Part,
    Reference,
    Temperature,
    Text,
    models,
    repeated,
    under,
)
from flows.recipe.judges import KEYWORD, Judge, judge_references


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


def _target_kind(given: object) -> str:
    return "model" if isinstance(given, str) else "target"


PanelMember: TypeAlias = Annotated[
    Annotated[Name, Tag("model")] | Annotated[Target, Tag("target")],
    Discriminator(_target_kind),
]


def target_references(targets: Iterable[PanelMember]) -> Iterator[Reference]:
    """The models that targets name."""
    for place, target in enumerate(targets):
        key = f"targets.{place}"
        if isinstance(target, str):
            yield Reference("model", key, target)
        else:
            yield from under(key, target.references())


class Panel(Part):
    """The target models that every safe prompt is put to (paper appendix Q)."""

    targets: Annotated[tuple[PanelMember, ...], Field(strict=False, min_length=1)]
    """Names of models, or `{name, model, system}` where one model answers in several roles."""
    judge: Judge = KEYWORD
    """Who tells a refusal: `keyword`, a model's name, or a judge with a `kind`."""
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
