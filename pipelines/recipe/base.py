"""What every part of a recipe shares: strict keys, and errors that name the nearest known one."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import literal_schema

from base.did_you_mean import did_you_mean


def spelled(pattern: str, rule: str) -> AfterValidator:
    """A validator for text that must match a pattern; the error gives the rule, not the pattern."""
    compiled = re.compile(pattern)

    def check(given: str) -> str:
        if not compiled.fullmatch(given):
            raise PydanticCustomError("spelling", "must be {rule}", {"rule": rule})
        return given

    return AfterValidator(check)


@dataclass(frozen=True, slots=True)
class OneOf:
    """A validator for one of the names of a registry, as a `Literal` of them would be.

    Attributes:
        names: The names, in the registry's order.
    """

    names: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> CoreSchema:
        """The same as that of a `Literal`, so that its errors are the same too."""
        return literal_schema(list(self.names))


Names = Annotated[tuple[str, ...], Field(strict=False)]
"""A list of names in YAML; lists are no tuples, so that strictness is lifted for the list alone."""

Name = Annotated[str, spelled(r"[A-Za-z0-9][A-Za-z0-9_-]*", "a name of letters, digits, - and _")]
"""A name that a recipe gives: it stands in tables, in file names and in `--set` keys."""

Text = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Cosine = Annotated[float, Field(ge=-1, le=1)]
Temperature = Annotated[float, Field(ge=0, le=2)]
TopP = Annotated[float, Field(gt=0, le=1)]
Count = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that a part uses and something else defines.

    Attributes:
        kind: What it names: a model of the recipe, an encoder, or a category of the taxonomy.
        key: The key inside the part where it stands.
        name: The name.
    """

    kind: Literal["model", "encoder", "category"]
    key: str
    name: str


class Part(BaseModel):
    """One part of a recipe: frozen, strictly typed, and without a key that nobody reads."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )

    not_digested: ClassVar[frozenset[str]] = frozenset()
    """Keys whose whole effect is in the digests of what is made by them, such as templates."""

    @classmethod
    def keys(cls) -> tuple[str, ...]:
        """The keys of this part as they are written in YAML."""
        return tuple(field.alias or name for name, field in cls.model_fields.items())

    def references(self) -> Iterator[Reference]:
        """The models, encoders and categories that this part names."""
        yield from ()

    @model_validator(mode="before")
    @classmethod
    def _no_unknown_key(cls, given: object) -> object:
        for key in given if isinstance(given, dict) else ():
            if key not in cls.keys():
                hint = did_you_mean(key, cls.keys())
                raise PydanticCustomError(
                    "unknown_key", "unknown key `{key}`{hint}", {"key": str(key), "hint": hint}
                )
        return given


def under(key: str, references: Iterable[Reference]) -> Iterator[Reference]:
    """The references of a part that stands inside another one, under `key`."""
    for each in references:
        yield replace(each, key=f"{key}.{each.key}")


def models(**named: str | None) -> Iterator[Reference]:
    """References to models by the keys they stand under, left out where there is none."""
    for key, name in named.items():
        if name is not None:
            yield Reference("model", key, name)
