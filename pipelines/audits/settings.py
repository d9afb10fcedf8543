"""What of a recipe an audit needs: encoder, threshold, wanted mix, taxonomy."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import ValidationError

from artifacts.config_names import Role
from artifacts.published_recipe import file_name
from auditing.data import THRESHOLD, Settings
from base.files import LARGEST_RECORD
from base.foreign_text import open_regular, read_json, read_yaml
from checks.language_table import ENGLISH, tongues
from curation.characters import LEAST
from inference.models import SHIPPED_ENCODERS, EncoderSpec
from pipelines.recipe.languages import near_by, nearness, tongue_of
from pipelines.recipe.loading import FROZEN
from pipelines.recipe.schema import OrBench, Recipe, SorryBench
from pipelines.recipe.writing import Dedup, EncoderFacts
from pipelines.sources.models import located
from taxonomy import Taxonomy, load_taxonomy
from taxonomy.model import TaxonomyError

_QUOTAS: tuple[Literal["hard", "toxic"], ...] = ("hard", "toxic")
_TAXONOMY_FILES = (".yaml", ".yml")
_TAXONOMIES = {"or-bench": "or_bench", "sorry-bench": "sorry_bench_202503"}


def settings_of(recipe: Recipe, taxonomy: Taxonomy | None = None) -> Settings:
    """The settings of a recipe that a set is built or audited by."""
    part = recipe.dedup if isinstance(recipe, OrBench | SorryBench) else Dedup()
    quotas: dict[Role, Mapping[str, float]] = {}
    if isinstance(recipe, OrBench):
        for key in _QUOTAS:
            subset = getattr(recipe, key)
            if subset is not None and subset.quota:
                quotas[key] = subset.quota
    near = nearness(recipe)
    threshold, code = near.threshold or THRESHOLD, tongue_of(recipe).code
    return Settings(part.encoder, threshold, quotas, taxonomy, code, near.ngrams)


def settings_in(text: str, benchmark: str, run: Path | None = None) -> Settings:
    """The settings of the recipe that a manifest holds, as far as it says them.

    Args:
        text: The recipe in YAML, of this version or an older one.
        benchmark: The benchmark, whose taxonomy is taken where the recipe names none.
        run: The release's run, which knows the folders of this machine that a manifest leaves out.
    """
    try:
        said = read_yaml(text)
    except (ValueError, yaml.YAMLError):
        said = None
    recipe: Mapping[str, Any] = _with_folders(said if isinstance(said, dict) else {}, run)
    dedup = _part(recipe, "dedup")
    quotas: dict[Role, Mapping[str, float]] = {
        key: _part(recipe, key)["quota"]
        for key in _QUOTAS
        if isinstance(_part(recipe, key).get("quota"), dict)
    }
    code = recipe.get("language", ENGLISH)
    code = code if isinstance(code, str) and code in tongues() else ENGLISH
    near = near_by(
        code,
        _encoder(dedup.get("encoder")),
        _threshold(dedup.get("threshold")),
        _index(dedup.get("jaccard")),
        _stated(recipe.get("encoders")),
    )
    return Settings(
        encoder=near.encoder,
        threshold=near.threshold or THRESHOLD,
        language=code,
        ngrams=near.ngrams,
        quotas=quotas,
        taxonomy=_taxonomy(str(recipe.get("taxonomy") or _TAXONOMIES.get(benchmark, ""))),
    )


def _encoder(said: object) -> str:
    return said if isinstance(said, str) and said else SHIPPED_ENCODERS[0]


def _threshold(said: object) -> float:
    return _share(said) or THRESHOLD


def _index(said: object) -> float | None:
    """A Jaccard index that a recipe may have; None for the usual one."""
    index = _share(said)
    return index if index is not None and index >= LEAST else None


def _share(said: object) -> float | None:
    is_number = isinstance(said, int | float) and not isinstance(said, bool)
    return float(said) if is_number and 0 < said <= 1 else None  # type: ignore[operator, arg-type]


def _stated(said: object) -> dict[str, EncoderFacts]:
    """What a recipe in a manifest says of encoders, as far as it can be read."""
    found: dict[str, EncoderFacts] = {}
    for name, facts in said.items() if isinstance(said, dict) else ():
        with suppress(ValidationError):
            found[str(name)] = EncoderFacts.model_validate(facts)
    return found


def _with_folders(recipe: Mapping[str, Any], run: Path | None) -> Mapping[str, Any]:
    """The same with the places of encoder and taxonomy, where the run is here and has the same."""
    if run is None:
        return recipe
    try:
        with open_regular(run / FROZEN) as file:
            frozen = read_json(file.read(LARGEST_RECORD))
        whole, folder = frozen["recipe"], Path(frozen["path"]).parent
    except (OSError, ValueError, TypeError, KeyError):
        return recipe
    if not isinstance(whole, dict):
        return recipe
    found = dict(recipe)
    if isinstance(taxonomy := whole.get("taxonomy"), str) and taxonomy.endswith(_TAXONOMY_FILES):
        if file_name(taxonomy) == file_name(str(recipe.get("taxonomy"))):
            found["taxonomy"] = str(folder / taxonomy)
    encoder = _part(whole, "dedup").get("encoder")
    if isinstance(encoder, str) and (place := located(folder, encoder)) and "/" in encoder:
        if file_name(encoder) == file_name(str(_part(recipe, "dedup").get("encoder"))):
            found["dedup"] = {**_part(recipe, "dedup"), "encoder": str(place.resolve())}
    return found


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
