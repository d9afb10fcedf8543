"""A recipe as it was used: for workers of its run, and for the manifest of its release."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from flows.recipe.loading import parse
from flows.recipe.schema import Recipe


def freeze(recipe: Recipe) -> str:
    """The whole recipe as JSON, overrides in it, with the file that its paths start from."""
    said = recipe.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return json.dumps({"path": str(recipe.path.resolve()), "recipe": said}, indent=2)


def thaw(frozen: str) -> Recipe:
    """The recipe that `freeze` wrote."""
    content = json.loads(frozen)
    return parse(content["recipe"], Path(content["path"]))


def published(recipe: Recipe) -> str:
    """The recipe as YAML for a manifest: overrides in it, folders of this machine left out."""
    said: dict[str, Any] = recipe.model_dump(mode="json", by_alias=True, exclude_unset=True)
    for model in said.get("models", {}).values():
        if model.get("path"):
            model["path"] = Path(model["path"]).name
    seeds = said.get("seeds", {})
    if isinstance(seeds.get("from"), str) and "://" not in seeds["from"]:
        seeds["from"] = Path(seeds["from"]).name
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=True)
