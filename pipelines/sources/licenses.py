"""Whether the licences of a recipe's sources allow the one that its release is to carry."""

from collections.abc import Iterator

from pipelines.errors import LicenseBrokenError
from pipelines.recipe import OrBench, SorryBench
from pipelines.recipe.base_set import BuiltBase
from pipelines.recipe.schema import Buildable
from pipelines.recipe.writing import WrittenSeeds
from pipelines.sources import allows, seeds_source
from pipelines.sources.seeds import base_sources


def require_licenses(recipe: Buildable) -> None:
    """Refuses a recipe that cannot end in a release.

    A source that states no licence may be built from, but never published: its rows carry
    `redistribute: false`, and `publish` refuses them.

    Raises:
        LicenseBrokenError: A source's licence does not allow the release's.
        SourceError: A source is not there.
    """
    licenses = _or_bench(recipe) if isinstance(recipe, OrBench) else _sorry_bench(recipe)
    stated = [each for each in licenses if each is not None]
    if not stated:
        return
    reason = allows(recipe.release.license, stated)
    if reason is not None:
        raise LicenseBrokenError("release.license must be allowed by every source's", reason)


def _or_bench(recipe: OrBench) -> Iterator[str | None]:
    source = seeds_source(recipe)
    if source is not None:
        yield source.license
    elif isinstance(recipe.seeds, WrittenSeeds):
        yield recipe.seeds.license


def _sorry_bench(recipe: SorryBench) -> Iterator[str | None]:
    yield from (source.license for source in base_sources(recipe))
    if isinstance(recipe.base, BuiltBase) and recipe.base.decisions is not None:
        yield recipe.base.decisions.license
