"""What of a recipe an audit needs: encoder, threshold, wanted mix, taxonomy."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from auditing.data import THRESHOLD, Settings
from inference.models import SHIPPED_ENCODERS, EncoderSpec
from pipelines.recipe.schema import OrBench, Recipe, SorryBench
from pipelines.recipe.writing import Dedup
from pipelines.sources.models import located
from taxonomy import Taxonomy, load_taxonomy
from taxonomy.model import TaxonomyError

_QUOTAS = {"or-bench-hard-1k": "hard", "or-bench-toxic": "toxic"}
_TAXONOMIES = {"or-bench": "or_bench", "sorry-bench": "sorry_bench_202503"}


def settings_of(recipe: Recipe, taxonomy: Taxonomy | None = None) -> Settings:
    """The settings of a recipe that a set is built or audited by."""
    part = recipe.dedup if isinstance(recipe, OrBench | SorryBench) else Dedup()
    quotas: dict[str, Mapping[str, float]] = {}
    if isinstance(recipe, OrBench):
        for config, key in _QUOTAS.items():
            subset = getattr(recipe, key)
            if subset is not None and subset.quota:
                quotas[config] = subset.quota
    return Settings(part.encoder, part.threshold or THRESHOLD, quotas, taxonomy)


def settings_in(text: str, benchmark: str) -> Settings:
    """The settings of the recipe that a manifest holds, as far as it says them.

    Args:
        text: The recipe in YAML, of this version or an older one.
        benchmark: The benchmark, whose taxonomy is taken where the recipe names none.
    """
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError:
        said = None
    recipe: Mapping[str, Any] = said if isinstance(said, dict) else {}
    dedup = _part(recipe, "dedup")
    quotas = {
        config: _part(recipe, key)["quota"]
        for config, key in _QUOTAS.items()
        if isinstance(_part(recipe, key).get("quota"), dict)
    }
    return Settings(
        encoder=dedup.get("encoder") or SHIPPED_ENCODERS[0],
        threshold=dedup.get("threshold") or THRESHOLD,
        quotas=quotas,
        taxonomy=_taxonomy(recipe.get("taxonomy") or _TAXONOMIES.get(benchmark, "")),
    )


def encoder_spec(folder: Path, name: str) -> EncoderSpec:
    """The encoder of that name: the shipped one, a folder, or a Hub id with or without `@revision`.

    Args:
        folder: What a relative folder starts from, before the working folder.
        name: As a recipe names it.
    """
    path = located(folder, name) if "/" in name else None
    hub_id, _, revision = name.partition("@")
    if path is not None:
        return EncoderSpec(name, path=path)
    return EncoderSpec(hub_id, revision=revision or None)


def _part(recipe: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = recipe.get(key)
    return part if isinstance(part, dict) else {}


def _taxonomy(name: str) -> Taxonomy | None:
    """The taxonomy of that name; None for a file that is not here."""
    try:
        return load_taxonomy(name)
    except TaxonomyError:
        return None
