"""Who writes: one model, several that are asked in order, or several that share the rows.

`writer: a`, `writer: [a, b, c]` and `writer: {a: 2, b: 1}` are one key of a recipe.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from base.did_you_mean import repeated
from pipelines.recipe.base import Name, Reference

Weight: TypeAlias = Annotated[float, Field(gt=0, le=1_000_000)]

_LEAST_SHARE = 1e-6


def _form(given: object) -> str:
    if isinstance(given, Mapping):
        return "shared"
    return "in order" if isinstance(given, list | tuple) else "one"


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    if again := repeated(names):
        raise PydanticCustomError("twice", "must name each model once", {"value": again})
    return names


def _a_share_each(weights: dict[str, float]) -> dict[str, float]:
    """A writer that is named has something to write, and rows are shared by numbers that differ."""
    whole = sum(weights.values())
    for name, weight in weights.items():
        if weight < whole * _LEAST_SHARE:
            rule = "must give each model a share of at least one row in a million"
            raise PydanticCustomError("share", rule, {"value": f"{weight:g} for {name}"})
    return weights


def _one_alone(
    given: "str | tuple[str, ...] | dict[str, float]",
) -> "str | tuple[str, ...] | dict[str, float]":
    """A single writer by its name, however it was given: the same recipe has one digest."""
    return next(iter(given)) if not isinstance(given, str) and len(given) == 1 else given


Writer: TypeAlias = Annotated[
    Annotated[Name, Tag("one")]
    | Annotated[
        tuple[Name, ...],
        Field(strict=False, min_length=1),
        AfterValidator(_each_once),
        Tag("in order"),
    ]
    | Annotated[
        dict[Name, Weight], Field(min_length=1), AfterValidator(_a_share_each), Tag("shared")
    ],
    Discriminator(_form),
    AfterValidator(_one_alone),
]
"""A model's name; a list of them, each asked where those before it gave too little; or a mapping of
weights by which rows are shared out."""


def names_of(writer: Writer | None) -> tuple[str, ...]:
    """The models that may write: those of a list in its order, of weights the largest first.

    Of equal weights the first name by the alphabet goes first: the order of a mapping says nothing.

    Example:
        >>> names_of(("b", "a")), names_of({"a": 1, "b": 2}), names_of("a"), names_of(None)
        (('b', 'a'), ('b', 'a'), ('a',), ())
    """
    if writer is None:
        return ()
    if isinstance(writer, Mapping):
        return tuple(sorted(writer, key=lambda name: (-writer[name], name)))
    return (writer,) if isinstance(writer, str) else writer


def shares_of(writer: Writer | None) -> dict[str, float]:
    """Each writer's share of the rows, 1 in all, where rows are shared; empty where they are not.

    Example:
        >>> shares_of({"a": 3, "b": 1}), shares_of(("a", "b"))
        ({'a': 0.75, 'b': 0.25}, {})
    """
    if not isinstance(writer, Mapping):
        return {}
    whole = sum(writer.values())
    return {name: writer[name] / whole for name in names_of(writer)}


def writer_references(key: str, writer: Writer | None) -> Iterator[Reference]:
    """The models under a recipe's key: `writer`, or with their places `writer.0` and `writer.a`."""
    if isinstance(writer, str):
        yield Reference("model", key, writer)
    elif isinstance(writer, Mapping):
        yield from (Reference("model", f"{key}.{name}", name) for name in writer)
    else:
        for place, name in enumerate(writer or ()):
            yield Reference("model", f"{key}.{place}", name)
