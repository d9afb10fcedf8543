"""What of a recipe decides a stage's output, in a form that can be hashed."""

from base import did_you_mean, digests
from inference.models import PROVIDERS, endpoint_label
from pipelines.errors import RecipeError
from pipelines.recipe import base, models
from pipelines.recipe.names import parts_of
from pipelines.recipe.schema import Recipe


def content_of(recipe: Recipe, *keys: str) -> dict[str, digests.Json]:
    """Parts of a recipe as JSON, with the identity of every model that they name.

    Limits, time-outs, prices, keys, budgets, and the address of one's own server are left out: a
    run that changes them makes the same rows. A key that is not given stands with its default.
    The taxonomy stands with its name, the contents of files not at all: their hashes are for the
    stages to add.

    Args:
        recipe: The recipe.
        *keys: Keys of its parts, such as `rewrite`.

    Raises:
        RecipeError: The recipe has no part of that key.
    """
    parts = dict(parts_of(recipe))
    chosen = {key: _part(parts, key) for key in sorted(keys)}
    names = {
        each.name for part in chosen.values() for each in part.references() if each.kind == "model"
    }
    return {
        "taxonomy": recipe.taxonomy,
        "parts": {key: settings_of(part) for key, part in chosen.items()},
        "models": {name: _identity(name, recipe.models[name]) for name in sorted(names)},
    }


def settings_of(part: base.Part) -> dict[str, digests.Json]:
    """What a part says, by its keys in YAML; a key that is not given stands with its default."""
    return part.model_dump(by_alias=True, exclude_none=True, exclude=set(part.not_digested))


def recipe_digest(recipe: Recipe, *keys: str) -> str:
    """SHA-256, in hex, of what parts of a recipe say (`content_of`).

    Raises:
        RecipeError: The recipe has no part of that key.
    """
    return digests.digest_of(content_of(recipe, *keys))


def model_digest(recipe: Recipe, name: str) -> str:
    """SHA-256, in hex, of what a model of the recipe is and how it is asked; files by name."""
    return digests.digest_of(_identity(name, recipe.models[name]))


def _part(parts: dict[str, base.Part], key: str) -> base.Part:
    if key not in parts:
        raise RecipeError(f"recipe must have the part{did_you_mean.did_you_mean(key, parts)}", key)
    return parts[key]


def _identity(name: str, model: models.Model) -> dict[str, digests.Json]:
    """What the model is and how it is asked, as opposed to where it runs and how fast."""
    identity: dict[str, digests.Json] = {
        "provider": model.provider,
        "model": model.model,
        "max_tokens": model.max_tokens,
    }
    if isinstance(model, models.EmbeddedModel):
        return identity | {"label": model.label, "path": model.path, "context": model.context}
    if model.provider == "openai":
        identity["dialect"] = model.dialect
        if model.api != "chat":
            identity["api"] = model.api
        if model.layout != "own":
            identity["layout"] = model.layout
    if model.sampling == "fixed":
        identity["sampling"] = model.sampling
    identity |= model.settings
    address = model.base_url or PROVIDERS[model.provider].public_api
    label = model.label or endpoint_label(name, address)
    return identity | {"label": label}
