"""The models that a new recipe is made of: a dated table of providers and ids (`catalog.yaml`)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

import yaml

from base.registry import table_of
from inference.generations import generation_of
from pipelines.recipe.models import FAMILIES

Fields: TypeAlias = Mapping[str, Any]
"""What a recipe says of a model, by its keys."""

Role: TypeAlias = Literal["writer", "moderator", "target"]

ROOM = 4000
"""Tokens that hold the thoughts of most small questions and the answer after them."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Who serves models.

    Attributes:
        name: What it is called by whoever makes a recipe.
        says: What it is, in words.
        fields: What every model of it says in a recipe.
        key_env: The environment variable with its key, or None where it wants none.
        own: Whether it is a server of one's own, whose models are named by hand.
        router: Whether it serves models of many makers, and is the last to be tested.
    """

    name: str
    says: str
    fields: Fields
    key_env: str | None = None
    own: bool = False
    router: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that a recipe may be made of.

    Attributes:
        name: Its name in the recipe.
        provider: Who serves it.
        family: Who trained it; None where its name does not tell.
        fields: What the recipe says of it.
        key_env: The environment variable with its key, or None where it wants none.
    """

    name: str
    provider: str
    family: str | None
    fields: Fields
    key_env: str | None = None

    @property
    def kind(self) -> str:
        """Its family; a model of no known family is one by itself."""
        return self.family or f"?{self.name}"


@dataclass(frozen=True, slots=True)
class OwnModel:
    """A model behind a server of one's own.

    Attributes:
        model: Its id there.
        base_url: The server's address.
    """

    model: str
    base_url: str


@dataclass(frozen=True)
class Catalog:
    """The whole table.

    Attributes:
        as_of: The day on which it was looked up.
        providers: By name, in the order in which they are asked for a model that several serve.
        models: For each model its name, its family, and what a recipe says of it at each provider.
        prefer: Names of models by role, the first ones first.
        embedded_styles: The prompt styles that the small model is asked for.
    """

    as_of: date
    providers: Mapping[str, Provider]
    models: tuple[tuple[str, str, Mapping[str, Fields]], ...]
    prefer: Mapping[Role, Sequence[str]]
    embedded_styles: tuple[str, ...] = field(default=())

    def candidates(
        self, providers: Sequence[str], own: Sequence[OwnModel] = ()
    ) -> tuple[Candidate, ...]:
        """The models that some providers serve, each once, those of one's own server first."""
        return (*self._own(own), *self._hosted(providers))

    def ranked(self, role: Role, candidates: Iterable[Candidate]) -> list[Candidate]:
        """The candidates for a role, the best first.

        Models of one's own write first and vote last. Tested are first those of the providers that
        serve few: whoever names these wants them tested.
        """
        order = {name: place for place, name in enumerate(self.prefer[role])}
        mine = -1 if role == "writer" else len(order)

        def place(each: Candidate) -> tuple[bool, int]:
            provider = self.providers[each.provider]
            last = role == "target" and provider.router
            return last, mine if provider.own else order.get(each.name, len(order))

        return sorted(candidates, key=place)

    def _hosted(self, wanted: Sequence[str]) -> Iterator[Candidate]:
        for name, family, at in self.models:
            serving = (each for each in self.providers.values() if each.name in wanted)
            provider = next((each for each in serving if each.name in at), None)
            if provider is not None:
                said = {**provider.fields, "family": family, **at[provider.name]}
                yield Candidate(name, provider.name, family, said, provider.key_env)

    def _own(self, given: Sequence[OwnModel]) -> Iterator[Candidate]:
        provider = next(each for each in self.providers.values() if each.own)
        taken = {name for name, _, _ in self.models}
        for each in given:
            name, family = _unlike(_plain(each.model), taken), family_of(each.model)
            taken.add(name)
            said = {**provider.fields, "base_url": each.base_url, "model": each.model}
            known = {} if family is None else {"family": family}
            yield Candidate(name, provider.name, family, {**said, **known, **_thinking(each.model)})


@cache
def catalog() -> Catalog:
    """The shipped table."""
    text = (files("pipelines.drafts") / "catalog.yaml").read_text(encoding="utf-8")
    said = yaml.safe_load(text)
    return Catalog(
        as_of=said["as_of"],
        providers=table_of(
            "provider", ((row["name"], Provider(**row)) for row in said["providers"])
        ),
        models=tuple((row["name"], row["family"], row["at"]) for row in said["models"]),
        prefer=said["prefer"],
        embedded_styles=tuple(said["embedded_styles"]),
    )


_KINDRED = {
    "mixtral": "mistral",
    "ministral": "mistral",
    "magistral": "mistral",
    "codestral": "mistral",
}


def family_of(model: str) -> str | None:
    """Who trained a model, as far as its name tells.

    Example:
        >>> family_of("Qwen/Qwen3-32B"), family_of("mixtral:8x7b"), family_of("my-model")
        ('qwen', 'mistral', None)
    """
    known = dict(zip(FAMILIES, FAMILIES, strict=True)) | _KINDRED
    for word in re.findall(r"[a-z]+", model.rpartition("/")[2].lower()):
        if word in known:
            return known[word]
    return None


def _thinking(model: str) -> Fields:
    """What keeps a model from thinking at length, as its generation can be told."""
    generation = generation_of(model)
    if generation is None or generation.thinking == "off":
        return {}
    effort = "none" if "none" in generation.efforts else next(iter(generation.efforts), None)
    return {} | ({"reasoning": {"effort": effort}} if effort else {}) | {"max_tokens": ROOM}


def _plain(model: str) -> str:
    """A model's id as a recipe may name it: letters, digits and hyphens."""
    name = re.sub(r"[^a-z0-9]+", "-", model.rpartition("/")[2].lower()).strip("-")
    return name or "model"


def _unlike(name: str, taken: set[str]) -> str:
    """The name, or with a number where it is taken."""
    tries = (f"{name}-{number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(each for each in tries if each not in taken)
