"""Pieces of a recipe's text: comments, models and values as people write them."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import yaml

from pipelines.drafts.cast import Cast
from pipelines.drafts.catalog import Candidate, catalog
from pipelines.drafts.wishes import Wishes

_WIDTH = 100


def comment(text: str, indent: str = "") -> str:
    """A text as lines of a comment."""
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=f"{indent}# ",
        subsequent_indent=f"{indent}# ",
        break_on_hyphens=False,
        break_long_words=False,
    )


def flow(value: object) -> str:
    """A value in one line of YAML."""
    said = yaml.safe_dump(
        value, default_flow_style=True, sort_keys=False, width=float("inf"), allow_unicode=True
    )
    return str(said).removesuffix("...\n").strip()


def part(key: str, values: Mapping[str, Any]) -> str:
    """A part of a recipe, one key a line."""
    return "\n".join([f"{key}:", *(f"  {name}: {flow(each)}" for name, each in values.items())])


def release(wishes: Wishes) -> str:
    """The part of the release: a data set of the recipe's own, whatever else is built beside it."""
    is_plain = wishes.data_set in ("", "or-bench", "sorry-bench")
    values: dict[str, Any] = {} if is_plain else {"name": wishes.data_set[:60].strip("-")}
    values |= {"version": "next", "license": "cc-by-4.0"}
    if wishes.is_embedded:
        values["demo"] = True
    return f"release: {flow(values)}\n"


def listed(words: Sequence[str]) -> str:
    """Words as in a sentence: `a, b and c`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else "none"


def models(cast: Cast, roles: Mapping[str, str], shared: Sequence[str]) -> str:
    """The models of a recipe, those of each role under a comment.

    Args:
        cast: Who does what.
        roles: The comment of `writer`, `voters` and `targets`.
        shared: What is to be said of models and families in two roles.
    """
    groups = (
        ("writer", () if cast.writer is None else (cast.writer,)),
        ("voters", cast.voters),
        ("targets", cast.targets),
    )
    lines = [*map(comment, _two_roles(shared)), "models:"]
    seen: set[str] = set()
    for role, members in groups:
        new = [each for each in members if each.name not in seen]
        seen.update(each.name for each in new)
        if new:
            lines += [comment(roles[role], "  "), *map(_model, new)]
    return "\n".join(lines)


def _two_roles(shared: Sequence[str]) -> Iterator[str]:
    if shared:
        yield (
            "One model or family has two roles, which one more provider would spare: what it "
            f"refuses itself is in what its relatives are scored on. {'; '.join(shared)}."
        )


_FIRST = ("provider", "base_url", "key_env", "model", "family")


def _model(each: Candidate) -> str:
    keys = [key for key in _FIRST if key in each.fields]
    keys += [key for key in each.fields if key not in _FIRST]
    lines = [f"    {key}: {flow(each.fields[key])}" for key in keys]
    return "\n".join([f"  {each.name}:", *lines])


def names(candidates: Iterable[Candidate]) -> list[str]:
    """What the recipe calls them."""
    return [each.name for each in candidates]


def opening(what: str, benchmark: str, taxonomy: str, *, hosted: bool) -> str:
    """The first lines of a recipe; of hosted models it says when they were looked up."""
    dated = (
        f" Its models are those of {catalog().as_of.isoformat()}: `refusery doctor` says which "
        "have been retired since. `rpm` and `tpm` of a model keep to a key's limits."
    )
    said = (
        f"{what} Made by `refusery new`.{dated if hosted else ''} What a key of a recipe means: "
        "recipes/README.md."
    )
    return f"{comment(said)}\nbenchmark: {benchmark}\ntaxonomy: {taxonomy}"
