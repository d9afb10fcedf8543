"""Whether the licences of a recipe's sources allow the one that its release is to carry."""

from collections.abc import Iterator
from dataclasses import dataclass

from artifacts.licenses import SourceTerms, binding
from pipelines.errors import LicenseBrokenError
from pipelines.recipe import OrBench, SorryBench
from pipelines.recipe.base_set import LoadedBase, SourceTable
from pipelines.recipe.schema import Buildable
from pipelines.recipe.writing import ImportedSeeds, WrittenSeeds
from pipelines.sources import allows, seeds_source
from pipelines.sources.seeds import SHIPPED, base_sources


def require_licenses(recipe: Buildable) -> None:
    """Refuses a recipe that cannot end in a release.

    A source that states no licence, or one of its own that passes nothing on, may be built from but
    never published: its rows carry `redistribute: false`, the card says so, and `publish` refuses
    them.

    Raises:
        LicenseBrokenError: A source's licence does not allow the release's.
        SourceError: Seeds that are shipped are given another licence.
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
    """Terms that a recipe states, of texts in a table or in none, whether or not they are there."""

    name: str
    license: str | None
    redistribute: bool

    @classmethod
    def of(cls, table: SourceTable) -> "_Stated":
        """Those of a table."""
        return cls(table.source, table.license or None, table.redistribute)


def _or_bench(recipe: OrBench) -> Iterator[SourceTerms]:
    seeds = recipe.seeds
    if isinstance(seeds, ImportedSeeds):
        yield _Stated(seeds.source, seeds.license, seeds.redistribute)
    elif isinstance(seeds, WrittenSeeds):
        for writer in seeds.writers:
            yield _Stated(writer, seeds.license, seeds.redistribute)
    elif (source := seeds_source(recipe)) is not None:
        yield source


def _sorry_bench(recipe: SorryBench) -> Iterator[SourceTerms]:
    base = recipe.base
    if isinstance(base, LoadedBase):
        is_own = base.source != SHIPPED
        yield from [_Stated.of(base)] if is_own else base_sources(recipe)
        return
    yield from map(_Stated.of, base.sources)
    if base.decisions is not None:
        decisions = base.decisions
        yield _Stated(decisions.source, decisions.license, decisions.redistribute)
