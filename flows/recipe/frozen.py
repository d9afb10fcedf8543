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
            model["path"] = _bare(model["path"])
    seeds, dedup = said.get("seeds", {}), said.get("dedup", {})
    if isinstance(seeds.get("from"), str):
        seeds["from"] = _bare(seeds["from"])
    if dedup.get("against"):
        dedup["against"] = [_bare(each) for each in dedup["against"]]
    for part in _tables(said.get("base", {})):
        part["from"] = _bare(part["from"])
    for judge in _judges(said):
        judge.update({key: _bare(judge[key]) for key in ("path", "template") if judge.get(key)})
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=True)


def _tables(base: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a base set that name a file."""
    parts = [base, *base.get("sources", ()), base.get("decisions") or {}]
    return [part for part in parts if "from" in part]


def _judges(said: dict[str, Any]) -> list[dict[str, Any]]:
    """The judges that are no mere names, members of ensembles among them."""
    judge = (said.get("panel") or {}).get("judge")
    outer = [judge] if isinstance(judge, dict) else []
    inner = [each for part in outer for each in part.get("judges", ())]
    return outer + [each for each in inner if isinstance(each, dict)]


def _bare(path: str) -> str:
    """A file's name without its folder; a name on the Hub whole."""
    return path if "://" in path else Path(path).name
