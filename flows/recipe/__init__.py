"""The recipe: one YAML file says what a run is. Light: it loads no flow, table or model library."""

from __future__ import annotations

from flows.recipe.digest import content_of, recipe_digest
from flows.recipe.loading import load, parse
from flows.recipe.names import taxonomy_of
from flows.recipe.schema import Evaluation, OrBench, Recipe, SorryBench
from flows.recipe.specs import to_encoder, to_spec, to_specs

__all__ = [
    "Evaluation",
    "OrBench",
    "Recipe",
    "SorryBench",
    "content_of",
    "load",
    "parse",
    "recipe_digest",
    "taxonomy_of",
    "to_encoder",
    "to_spec",
    "to_specs",
]
