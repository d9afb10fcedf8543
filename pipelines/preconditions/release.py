"""What any recipe of a release must have: templates, licences, tables, a taxonomy without gaps."""

from collections.abc import Iterator
from pathlib import Path

from artifacts.config_names import same_config
from base.did_you_mean import did_you_mean
from pipelines.errors import RecipeError, TaxonomyGapsError
from pipelines.preconditions.gap import Gap, Gaps
from pipelines.recipe.hub_names import is_hub_name
from pipelines.recipe.languages import is_asked
from pipelines.recipe.models import EmbeddedModel
from pipelines.recipe.names import references_of
from pipelines.recipe.release import Gates
from pipelines.recipe.schema import Buildable, Recipe
from pipelines.sources.licenses import broken_licenses
from pipelines.sources.models import located, to_encoder
from pipelines.sources.templates import KEYS, own_template
from pipelines.stages.dedup import References, read_reference
from pipelines.stages.gaps import taxonomy_gaps
from taxonomy.model import TaxonomyError


def templates(recipe: Recipe, out: Path) -> Iterator[Gap]:
    """Templates of one's own that cannot be asked by."""
    gaps = Gaps()
    for key in KEYS:
        with gaps.of(key):
            own_template(recipe, key)
    yield from gaps.found


def model_files(recipe: Recipe, out: Path) -> Iterator[Gap]:
    """Files of models and of encoders that are not there; what is on the Hub is not looked at."""
    gaps = Gaps()
    for name, entry in recipe.models.items():
        path = entry.path if isinstance(entry, EmbeddedModel) else None
        if path is not None and not is_hub_name(path) and located(recipe.folder, path) is None:
            rule = f"models.{name}.path must be a GGUF file that is there"
            yield Gap(f"models.{name}", RecipeError(rule, path))
    encoders = [each for each in references_of(recipe) if each.kind == "encoder"]
    for name in dict.fromkeys(each.name for each in encoders if is_asked(recipe, each.name)):
        with gaps.of(next(each.key for each in encoders if each.name == name)):
            to_encoder(recipe, name)
    yield from gaps.found


def taxonomy(recipe: Buildable, out: Path) -> Iterator[Gap]:
    """What the recipe asks of its taxonomy, and the taxonomy lacks."""
    try:
        found = taxonomy_gaps(recipe)
    except TaxonomyError:
        return  # a taxonomy that cannot be read is told with the names
    for gap in found:
        yield Gap(gap.key, TaxonomyGapsError(f"the taxonomy lacks {gap.lacks}: fill {gap.fill}"))


def licenses(recipe: Buildable, out: Path) -> Iterator[Gap]:
    """Licences of sources that do not allow the release's."""
    gaps = Gaps()
    with gaps.of("release.license"):
        gaps.found += [Gap(key, error) for key, error in broken_licenses(recipe)]
    yield from gaps.found


def references(recipe: Buildable, out: Path) -> Iterator[Gap]:
    """Tables that rows are held against, and that are not there or cannot be read."""
    gaps = Gaps()
    for place, name in enumerate(recipe.dedup.against):
        with gaps.of(f"dedup.against.{place}"):
            if not is_hub_name(name):
                _read(read_reference(recipe, name))
    yield from gaps.found


def _read(tables: list[References]) -> None:
    for table in tables:
        table.rows()


def gates(bounds: Gates | None, configs: tuple[str, ...]) -> Iterator[Gap]:
    """Gates on configs that the set will not have: they would be refused at the run's end.

    Args:
        bounds: The recipe's gates.
        configs: The configs that the set has.
    """
    for gate, given in ({} if bounds is None else bounds.model_dump()).items():
        for config in given if isinstance(given, dict) else ():
            if same_config(config, configs) is None:
                hint = did_you_mean(config, configs) or f" ({', '.join(configs)})"
                rule = f"gates.{gate} must name configs of the set{hint}"
                yield Gap(f"gates.{gate}", RecipeError(rule, config))
