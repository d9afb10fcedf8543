"""Which prompt templates a release was asked by, for its manifest."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

from artifacts.files import sha256_text
from flows.recipe import OrBench, SorryBench

_WRITING = {"or-bench": ("rewrite", "seeds"), "sorry-bench": ("imperative",)}
_CLASSIFIER = "classifier"


def templates_of(recipe: OrBench | SorryBench) -> dict[str, str]:
    """SHA-256 of each shipped template that models of the benchmark are asked by, by its name.

    By benchmark, not by recipe: a changed template is named even where no model was asked by it.
    """
    writers = _texts("generators", "templates")
    moderators = _texts("moderators", "templates")
    found = {name: writers[name] for name in writers if _stem(name) in _WRITING[recipe.benchmark]}
    if isinstance(recipe, SorryBench):
        found |= _texts("generators", "mutations", "templates")
        found |= _texts("generators", "mutations", "encodings", "templates")
    of_moderators = isinstance(recipe, OrBench)
    found |= {
        name: digest
        for name, digest in moderators.items()
        if (_stem(name) != _CLASSIFIER) == of_moderators
    }
    return dict(sorted(found.items()))


def _texts(package: str, *folders: str) -> dict[str, str]:
    place: Traversable = files(package)
    for folder in folders:
        place = place / folder
    base = "/".join((package, *(each for each in folders if each != "templates")))
    return {
        f"{base}/{each.name.removesuffix('.md')}": sha256_text(each.read_text(encoding="utf-8"))
        for each in place.iterdir()
        if each.name.endswith(".md")
    }


def _stem(name: str) -> str:
    return name.rpartition("/")[2]
