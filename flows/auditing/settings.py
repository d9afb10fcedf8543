"""What of a recipe an audit needs: encoder, threshold, wanted mix, taxonomy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from flows.recipe.dedup import Dedup
from flows.recipe.rewrite import SHIPPED_ENCODERS
from flows.recipe.schema import OrBench, Recipe, SorryBench
from flows.recipe.specs import located
from inference.models import EncoderSpec
from taxonomy import Taxonomy, load_taxonomy
from taxonomy.errors import TaxonomyError

THRESHOLD = 0.92
"""The cosine from which on two texts are near, where no recipe says so."""

_QUOTAS = {"or-bench-hard-1k": "hard", "or-bench-toxic": "toxic"}
_TAXONOMIES = {"or-bench": "or_bench", "sorry-bench": "sorry_bench_202503"}


@dataclass(frozen=True, slots=True)
class Settings:
    """How an audit measures.

    Attributes:
        encoder: The encoder's name.
        threshold: The cosine from which on two texts are near.
        quotas: The wanted mix of a config by category, where it is not an even one.
        taxonomy: The taxonomy; None where it is not known or not there.
    """

    encoder: str = SHIPPED_ENCODERS[0]
    threshold: float = THRESHOLD
    quotas: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    taxonomy: Taxonomy | None = None

    @property
    def domains(self) -> dict[str, str]:
        """The domain of each category that has one."""
        known = self.taxonomy.categories if self.taxonomy else ()
        return {each.name: each.domain for each in known if each.domain}

    @property
    def sensitive(self) -> frozenset[str]:
        """The categories that are only imported."""
        known = self.taxonomy.categories if self.taxonomy else ()
        return frozenset(each.name for each in known if each.sensitive)


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
