"""What the schema knows and no flow does yet: shown by `plan`, refused by `build`."""

from __future__ import annotations

from collections.abc import Iterator

from flows.errors import NotBuilt
from flows.recipe.names import parts_of
from flows.recipe.schema import OrBench, Recipe
from flows.recipe.seeds import ImportedSeeds

UNBUILT_PARTS = ("rescue", "panel", "hard", "toxic", "mode", "gates", "budget")


def not_built(recipe: Recipe) -> tuple[str, ...]:
    """What of the recipe no flow does yet, by its keys, in the order of the pipeline."""
    return tuple(_not_built(recipe))


def require_built(recipe: Recipe) -> None:
    """Refuses a recipe that asks for something that is not built.

    Raises:
        NotBuilt: It does; the value lists the keys.
    """
    if missing := not_built(recipe):
        raise NotBuilt("recipe must use only what is built so far", ", ".join(missing))


def _not_built(recipe: Recipe) -> Iterator[str]:
    if not isinstance(recipe, OrBench):
        yield recipe.benchmark
        return
    if isinstance(recipe.seeds, ImportedSeeds) and recipe.seeds.source.startswith("hf://"):
        yield "seeds.from hf://"
    for name in _asked(recipe):
        model = recipe.models[name]
        if model.provider == "anthropic":
            yield f"models.{name}.provider anthropic"
        elif model.provider == "openai" and model.dialect is not None:
            yield f"models.{name}.dialect {model.dialect}"
    yield from (key for key in UNBUILT_PARTS if getattr(recipe, key) is not None)
    if recipe.release.version == "next":
        yield "release.version next"


def _asked(recipe: Recipe) -> list[str]:
    """The models that the built parts ask, each once."""
    built = (part for key, part in parts_of(recipe) if key not in UNBUILT_PARTS)
    named = (each for part in built for each in part.references())
    return list(dict.fromkeys(each.name for each in named if each.kind == "model"))
