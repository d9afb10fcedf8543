"""Whether the licences of a recipe's sources allow the one that its release is to carry."""

from collections.abc import Iterator
from dataclasses import dataclass

from artifacts.licenses import SourceTerms, binding
from pipelines.errors import LicenseBrokenError
from pipelines.recipe import OrBench, SorryBench
from pipelines.recipe.base_set import BuiltBase
from pipelines.recipe.schema import Buildable
from pipelines.recipe.writing import WrittenSeeds
from pipelines.sources import allows, seeds_source
from pipelines.sources.seeds import base_sources


def require_licenses(recipe: Buildable) -> None:
    """Refuses a recipe that cannot end in a release.

    A source that states no licence, or one of its own that passes nothing on, may be built from but
    never published: its rows carry `redistribute: false`, the card says so, and `publish` refuses
    them.

    Raises:
        LicenseBrokenError: A source's licence does not allow the release's.
        SourceError: A source is not there.
    """
    sources = _or_bench(recipe) if isinstance(recipe, OrBench) else _sorry_bench(recipe)
    stated = [*binding(sources)]
    if not stated:
        return
    reason = allows(recipe.release.license, stated)
    if reason is not None:
        raise LicenseBrokenError("release.license must be allowed by every source's", reason)


@dataclass(frozen=True, slots=True)
class _Stated:
    """Terms that a recipe states of texts that stand in no table of their own."""

    name: str
    license: str | None
    redistribute: bool


def _or_bench(recipe: OrBench) -> Iterator[SourceTerms]:
    source, seeds = seeds_source(recipe), recipe.seeds
    if source is not None:
        yield source
    elif isinstance(seeds, WrittenSeeds):
        for writer in seeds.writers:
            yield _Stated(writer, seeds.license, seeds.redistribute)


def _sorry_bench(recipe: SorryBench) -> Iterator[SourceTerms]:
    yield from base_sources(recipe)
    if isinstance(recipe.base, BuiltBase) and recipe.base.decisions is not None:
        decisions = recipe.base.decisions
        yield _Stated(decisions.source, decisions.license, decisions.redistribute)
