"""How a version stands to the releases before it: what it holds off, carries on, and writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from artifacts.licenses import allows
from artifacts.manifest import Manifest
from artifacts.version_facts import Lineage, Release, Tombstone, Writing
from base.digests import Json
from flows.errors import LicenseBroken, SourceError
from flows.recipe import OrBench, SorryBench
from flows.runner.layout import Layout
from flows.versions.earlier import Earlier, releases_before, tombstones_of

CARRIED = "carried"
"""The stage with the rows of the release that is extended."""

WITHDRAWN = "withdrawn"
"""Why a row is out that people withdrew, in this version or in any before it."""

_TRIES = 3  # what recipes have by default


@dataclass(frozen=True)
class Standing:
    """What a version has to do with the releases before it.

    Attributes:
        mode: The recipe's mode.
        earlier: All releases before it, the oldest first.
        version: Its own version.
    """

    mode: str | None
    earlier: tuple[Earlier, ...]
    version: str

    @property
    def against(self) -> tuple[Earlier, ...]:
        """The releases that new rows are held against: with a mode all, else none."""
        return self.earlier if self.mode is not None else ()

    @property
    def parent(self) -> Earlier | None:
        """The release whose rows are carried on; None for a version that begins anew."""
        return self.earlier[-1] if self.mode == "extend" else None

    @property
    def carried(self) -> int:
        """About how many rows are carried: those of the largest config."""
        configs = self.parent.manifest.configs if self.parent else ()
        return max((config.rows for config in configs), default=0)

    @cached_property
    def tombstones(self) -> tuple[Tombstone, ...]:
        """The rows that people withdrew from any earlier release."""
        return tombstones_of(self.earlier)

    @cached_property
    def withdrawn(self) -> frozenset[str]:
        """The ids of those rows."""
        return frozenset(stone.id for stone in self.tombstones)

    @cached_property
    def writing(self) -> Writing:
        """Which draws of the writers are used up before this version; its own begin there."""
        if self.parent is None:
            return Writing(self.version, 0, 0)
        manifest = self.parent.manifest
        return manifest.lineage.writing or Writing(manifest.version, 0, _used(manifest))

    @property
    def edition(self) -> str:
        """What writers' replies are kept under: an extended release's own, else this version."""
        return self.writing.edition

    @property
    def first_sample(self) -> int:
        """The sample index at which this version's writing begins."""
        return self.writing.next_sample

    @property
    def made_from(self) -> tuple[Json, ...]:
        """What the earlier releases add to the digest of a stage that looks at them."""
        pinned: list[Json] = [pinned_part(each.pinned) for each in self.against]
        return (self.mode, pinned, self.withdrawals) if pinned or self.tombstones else ()

    @property
    def withdrawals(self) -> list[Json]:
        """The rows that people withdrew, for a digest."""
        return [[each.id, each.reason, each.version, each.question_id] for each in self.tombstones]

    def lineage(self, carried: int, samples: int) -> Lineage:
        """What the release says of it.

        Args:
            carried: Rows of the release that were carried over.
            samples: Sample indexes that its writing has used.
        """
        first = self.first_sample
        return Lineage(
            mode=_MODES[self.mode],
            parent=self.parent.pinned if self.parent else None,
            carried=carried,
            against=tuple(each.pinned for each in self.against),
            writing=Writing(self.edition, first, first + samples),
        )


_MODES: Mapping[str | None, Any] = {None: None, "refresh": "refresh", "extend": "extend"}


def pinned_part(release: Release) -> Json:
    """Which release it is, for a digest."""
    return [release.version, release.manifest]


def standing_of(recipe: OrBench | SorryBench, layout: Layout) -> Standing:
    """How a run's version stands to the releases that lie beside its own.

    A run under a limit stands to them as the whole one does.

    Raises:
        SourceError: There is nothing to extend, or what there is has not the recipe's form.
        LicenseBroken: A source of what is carried does not allow the recipe's licence.
        RecordUnreadable: A manifest is malformed.
    """
    earlier = releases_before(layout.out, recipe.benchmark, layout.version)
    if recipe.mode == "extend" and not earlier:
        rule = f"mode: extend must have a release of {recipe.benchmark} to extend in --out"
        raise SourceError(rule, f"none before {recipe.release.version}")
    standing = Standing(recipe.mode, earlier, recipe.release.version)
    if standing.parent is not None:
        _require_allowed(recipe, standing.parent.manifest)
    return standing


def _require_allowed(recipe: OrBench | SorryBench, parent: Manifest) -> None:
    """What is carried keeps the licences of its sources, whatever the recipe's own are."""
    stated = [source.license for source in parent.sources if source.license is not None]
    reason = allows(recipe.release.license, stated) if stated else None
    if reason is not None:
        rule = f"release.license must be allowed by every source of {parent.version}"
        raise LicenseBroken(rule, reason)


def _used(manifest: Manifest) -> int:
    """Sample indexes that a release used which does not say so: at most its rounds' tries."""
    recipe = yaml.safe_load(manifest.recipe.text)
    parts = [recipe.get(key) or {} for key in ("rewrite", "mutate", "base")]
    tries = max(int(part.get("tries", _TRIES)) for part in parts)
    rounds = sum(edge.stage.startswith("rewrite-") for edge in manifest.funnel)
    return tries * max(1, rounds)
