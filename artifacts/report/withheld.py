"""What a report leaves out: configs that hold unsafe prompts, and texts of sensitive categories."""

from __future__ import annotations

import polars as pl
import yaml

from artifacts.manifest import Manifest
from artifacts.unsafe import is_unsafe
from taxonomy import Taxonomy, TaxonomyError, available, load_taxonomy

_MUTATED = frozenset({"turns", "prompt_style"})


def leaves_out(config: str, manifest: Manifest | None, rows: pl.DataFrame | None = None) -> bool:
    """Whether a config's rows are shown only to those who ask for unsafe text.

    A bare table has no benchmark: it is judged by its name and its columns.
    """
    if manifest is not None:
        return is_unsafe(manifest.benchmark, config)
    mutated = rows is not None and not _MUTATED.isdisjoint(rows.columns)
    return mutated or "toxic" in config or "sorry" in config


def sensitive_categories(manifest: Manifest | None) -> frozenset[str]:
    """The categories whose texts are never shown, as the `category` column may have them.

    They are those of all shipped taxonomies and of the recipe's own one, by name, title and, where
    rows have numbers, by number. Without a manifest nobody knows which taxonomy numbered the rows,
    so that each number counts which is a sensitive category's in any of them.
    """
    found = [category for each in _taxonomies(manifest) for category in each.categories]
    sensitive = [category for category in found if category.sensitive]
    names = {name for category in sensitive for name in (category.name, category.title)}
    if manifest is None:
        return frozenset(names | {str(each.number) for each in sensitive if each.number})
    numbers = manifest.mutations.numbers if manifest.mutations else {}
    return frozenset(names | {numbers[name] for name in names if name in numbers})


def _taxonomies(manifest: Manifest | None) -> list[Taxonomy]:
    found = [load_taxonomy(name) for name in available()]
    own = _named_by(manifest) if manifest is not None else None
    if own is not None and own not in available():
        try:
            found.append(load_taxonomy(own))
        except TaxonomyError:  # a file that lay beside the recipe and is not here
            pass
    return found


def _named_by(manifest: Manifest) -> str | None:
    try:
        recipe = yaml.safe_load(manifest.recipe.text)
    except yaml.YAMLError:
        return None
    name = recipe.get("taxonomy") if isinstance(recipe, dict) else None
    return name if isinstance(name, str) else None
