"""Categories and shipped seeds as data files, and their small loader."""

from taxonomy.loader import Seed, available, load_taxonomy, seeds_path, shipped_seeds
from taxonomy.model import NONE, Category, Taxonomy, TaxonomyError

__all__ = [
    "NONE",
    "Category",
    "Seed",
    "Taxonomy",
    "TaxonomyError",
    "available",
    "load_taxonomy",
    "seeds_path",
    "shipped_seeds",
]
