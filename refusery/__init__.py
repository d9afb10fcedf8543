"""Refusery builds refusal benchmarks for language models; this is what it gives to Python.

A list gives a list of results, a polars or pandas frame the same kind of frame with columns added,
and what was asked once is remembered in `cache`:

    >>> import refusery
    >>> refusery.judge(["Name a river."], ["I'm sorry, but I can't help with that."])
    [Verdict(label='direct_refusal', refused=True)]

`docs/tour.md` walks through all of it. Nothing heavy is loaded before a name is used.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from base.errors import RefuseryError
    from pipelines.recipe.schema import Recipe
    from refusery.answers import judge
    from refusery.mutations import decode, mutate
    from refusery.recipes import build, evaluate, load_recipe, plan
    from refusery.releases import audit, load, verify
    from refusery.texts import dedup, moderate

__all__ = [
    "Recipe",
    "RefuseryError",
    "audit",
    "build",
    "decode",
    "dedup",
    "evaluate",
    "judge",
    "load",
    "load_recipe",
    "moderate",
    "mutate",
    "plan",
    "verify",
]

_HOMES = {
    "RefuseryError": "base.errors",
    "Recipe": "pipelines.recipe.schema",
    "judge": "refusery.answers",
    **dict.fromkeys(("decode", "mutate"), "refusery.mutations"),
    **dict.fromkeys(("build", "evaluate", "load_recipe", "plan"), "refusery.recipes"),
    **dict.fromkeys(("audit", "load", "verify"), "refusery.releases"),
    **dict.fromkeys(("dedup", "moderate"), "refusery.texts"),
}
"""Where each name is defined; its module is loaded when the name is first used."""

_PACKAGES = (
    *("artifacts", "auditing", "base", "checks", "curation", "evaluation", "flows"),
    *("generators", "inference", "measures", "moderators", "people", "pipelines", "taxonomy"),
)
"""The packages beside this one; several of their names are taken on package indexes too."""


class PackageTakenError(ImportError):
    """A package of this project is not there, or another project's stands in its place.

    Attributes:
        rule: What must hold, in one line.
        value: What was found instead.
        exit_code: The command's exit status.
    """

    exit_code = 2

    def __init__(self, rule: str, value: str, name: str) -> None:
        """Keeps the rule, the value that broke it, and the package's name."""
        self.rule = rule
        self.value = value
        super().__init__(f"{rule} (got {value})", name=name)


if not TYPE_CHECKING:  # a name that is not given is then an error of types too

    def __getattr__(name: str) -> object:
        """Loads a name's module when it is first used."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_HOMES[name]), name)
        return value


def __dir__() -> list[str]:
    """The names that are given, loaded or not."""
    return list(__all__)


def _require_own(packages: tuple[str, ...]) -> None:
    """Refuses a package that does not lie beside this one; none of them is loaded for that."""
    home = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    for name in packages:
        found, own = _place(name), os.path.join(home, name)
        if found != own:
            rule = f"package `{name}` must be Refusery's own, at {own}"
            raise PackageTakenError(rule, found or "no such package", name)


def _place(name: str) -> str | None:
    """Where a package, or a module in its place, would be loaded from; None for nowhere."""
    loaded = sys.modules.get(name)
    spec = find_spec(name) if loaded is None else loaded.__spec__
    if spec is None:
        return None
    found = next(iter(spec.submodule_search_locations or ()), spec.origin)
    return None if found is None else os.path.realpath(found)


_require_own(_PACKAGES)
