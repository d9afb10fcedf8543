"""Refusery builds refusal benchmarks for language models; this is what it gives to Python.

A list gives a list of results, a polars or pandas frame the same kind of frame with columns added,
and what was asked once is remembered in `cache`:

    >>> import refusery
    >>> refusery.judge(["Name a river."], ["I'm sorry, but I can't help with that."])
    [Verdict(label='direct_refusal', refused=True)]

`docs/tour.md` walks through all of it. Nothing heavy is loaded before a name is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from refusery.packages import require_own

if TYPE_CHECKING:
    from base.errors import RefuseryError
    from pipelines.recipe.schema import Recipe
    from refusery.answers import judge
    from refusery.decodings import decode
    from refusery.mutation_checks import check_mutations
    from refusery.mutations import mutate
    from refusery.recipes import build, evaluate, load_recipe, plan
    from refusery.releases import audit, load, verify
    from refusery.texts import dedup, moderate

__all__ = [
    "Recipe",
    "RefuseryError",
    "audit",
    "build",
    "check_mutations",
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
    "check_mutations": "refusery.mutation_checks",
    "decode": "refusery.decodings",
    "mutate": "refusery.mutations",
    **dict.fromkeys(("build", "evaluate", "load_recipe", "plan"), "refusery.recipes"),
    **dict.fromkeys(("audit", "load", "verify"), "refusery.releases"),
    **dict.fromkeys(("dedup", "moderate"), "refusery.texts"),
}
"""Where each name is defined; its module is loaded when the name is first used."""

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


require_own()
