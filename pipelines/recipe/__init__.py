"""The recipe: one YAML file says what a run is. Light: it loads no flow, table or model library."""

from pipelines.recipe.digest import content_of, recipe_digest
from pipelines.recipe.loading import load, parse
from pipelines.recipe.names import taxonomy_of
from pipelines.recipe.schema import Evaluation, OrBench, Recipe, SorryBench

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
]
