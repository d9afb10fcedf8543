"""Whether the licences of a recipe's sources allow the one that its release is to carry."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from artifacts.licenses import SourceTerms, allows, binding, is_known
from base.problems import Problems
from pipelines.errors import LicenseBrokenError
from pipelines.recipe import OrBench, SorryBench
from pipelines.recipe.base_set import LoadedBase, SourceTable
from pipelines.recipe.schema import Buildable
from pipelines.recipe.writing import ImportedSeeds, WrittenSeeds
from pipelines.sources import seeds_source
from pipelines.sources.seeds import SHIPPED, base_sources


def require_licenses(recipe: Buildable) -> None:
    """Refuses a recipe that cannot end in a release.

    A source that states no licence, or one of its own that passes nothing on, may be built from but
    never published: its rows carry `redistribute: false`, the card says so, and `publish` refuses
    them.

    Raises:
        LicenseBrokenError: A source's licence does not allow the release's; the error carries those
            of the other sources.
        SourceError: Seeds that are shipped are given another licence.
    """
    problems = Problems()
    for _, error in broken_licenses(recipe):
        problems.add(error)
    problems.raise_any()


def broken_licenses(recipe: Buildable) -> Iterator[tuple[str, LicenseBrokenError]]:
    """Every licence that stands in the release's way, with the recipe's key that is to be mended.

    Raises:
        SourceError: Seeds that are shipped are given another licence.
    """
    ours = recipe.release.license
    sources = _or_bench(recipe) if isinstance(recipe, OrBench) else _sorry_bench(recipe)
    for key, source in sources:
        for stated in binding([source]):
            reason = allows(ours, [stated])
            if reason is None:
                continue
            if is_known(ours) and not is_known(stated):
                rule = (
                    f"{key} must be a licence of a known name, or the source `redistribute: false`:"
                    f" {source.name} is passed on in the release"
                )
                yield key, LicenseBrokenError(rule, stated)
            else:
                rule = "release.license must be allowed by every source's"
                yield "release.license", LicenseBrokenError(rule, reason)


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


_Keyed: TypeAlias = Iterator[tuple[str, SourceTerms]]
"""Sources, each with the recipe's key that states its licence."""


def _or_bench(recipe: OrBench) -> _Keyed:
    seeds, key = recipe.seeds, "seeds.license"
    if isinstance(seeds, ImportedSeeds):
        yield key, _Stated(seeds.source, seeds.license, seeds.redistribute)
    elif isinstance(seeds, WrittenSeeds):
        for writer in seeds.writers:
            yield key, _Stated(writer, seeds.license, seeds.redistribute)
    elif (source := seeds_source(recipe)) is not None:
        yield key, source


def _sorry_bench(recipe: SorryBench) -> _Keyed:
    base = recipe.base
    if isinstance(base, LoadedBase):
        is_own = base.source != SHIPPED
        for source in [_Stated.of(base)] if is_own else base_sources(recipe):
            yield "base.license", source
        return
    for place, table in enumerate(base.sources):
        yield f"base.sources.{place}.license", _Stated.of(table)
    if base.decisions is not None:
        decisions = base.decisions
        stated = _Stated(decisions.source, decisions.license, decisions.redistribute)
        yield "base.decisions.license", stated
