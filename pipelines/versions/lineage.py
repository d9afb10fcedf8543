"""How a version relates to the releases before it: what it holds off, carries on, and writes."""

from collections import Counter
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any

import polars as pl
import yaml

from artifacts.licenses import allows, binding, redistributed
from artifacts.manifest import Manifest
from artifacts.releases import Earlier, releases_before, tombstones_of
from artifacts.schemas import RESCUED, VOTES, kept_and_dropped
from artifacts.seed_columns import SEED, SEED_ID, with_seed_ids
from artifacts.sorry_bench_schemas import BASE, MUTATED
from artifacts.stage_roles import REWRITE
from artifacts.version_facts import Lineage, Release, Tombstone, Writing
from base.digests import Json
from base.foreign_text import read_yaml
from pipelines.errors import LicenseBrokenError, RecipeError, SourceError
from pipelines.recipe import OrBench, SorryBench
from pipelines.runner.rows import drop
from pipelines.runner.shards import Layout
from pipelines.runner.stage import Outcome, Row
from pipelines.sources.base_sets import BASE_STYLE
from pipelines.versions.references import rows_of
from taxonomy import Taxonomy
from taxonomy.question_ids import number_in, question_id


@dataclass(frozen=True)
class Numbering:
    """How the requests of a set are numbered.

    Where all ids of a category are given away, the categories are numbered on: of three with ten
    ids each, the first then has 31 to 40.

    Attributes:
        numbers: Each category's number, by name.
        width: Ids that each category has.
        taken: Ids that are carried, or were withdrawn.
    """

    numbers: Mapping[str, int]
    width: int
    taken: AbstractSet[int] = frozenset()

    def free(self, category: str) -> Iterator[int]:
        """The ids that are left for a category, without end."""
        for block in count():
            number = self.numbers[category] + block * self._categories
            for place in range(1, self.width + 1):
                if (own := question_id(number, place, self.width)) not in self.taken:
                    yield own

    def is_free(self, own: int, category: str) -> bool:
        """Whether an id is one of a category's, and left."""
        apart = number_in(own, self.width) - self.numbers[category]
        return own not in self.taken and apart >= 0 and apart % self._categories == 0

    @property
    def _categories(self) -> int:
        return max(self.numbers.values())


CARRIED = "carried"
"""The stage with the rows of the release that is extended."""

WITHDRAWN = "withdrawn"
"""Why a row is out that people withdrew, in this version or in any before it."""

_TRIES = 3  # what recipes have by default


@dataclass(frozen=True)
class VersionLineage:
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


def lineage_of(recipe: OrBench | SorryBench, layout: Layout) -> VersionLineage:
    """How a run's version stands to the releases that lie beside its own.

    A run under a limit stands to them as the whole one does.

    Raises:
        SourceError: There is nothing to extend, or what there is has not the recipe's form.
        LicenseBrokenError: A source of what is carried does not allow the recipe's licence.
        RecordUnreadableError: A manifest is malformed.
    """
    earlier = releases_before(layout.out, recipe.data_set, layout.version)
    if recipe.mode == "extend" and not earlier:
        rule = f"mode: extend must have a release of {recipe.data_set} to extend in --out"
        raise SourceError(rule, f"none before {recipe.release.version}")
    lineage = VersionLineage(recipe.mode, earlier, recipe.release.version)
    if lineage.parent is not None:
        _require_allowed(recipe, lineage.parent.manifest)
    return lineage


def _require_allowed(recipe: OrBench | SorryBench, parent: Manifest) -> None:
    """What is carried keeps the licences of its sources, whatever the recipe's own are."""
    stated = [*binding(parent.sources)]
    reason = allows(recipe.release.license, stated) if stated else None
    if reason is not None:
        rule = f"release.license must be allowed by every source of {parent.version}"
        raise LicenseBrokenError(rule, reason)


def _used(manifest: Manifest) -> int:
    """Sample indexes that a release used which does not say so: at most its rounds' tries."""
    try:
        said = read_yaml(manifest.recipe.text)
    except (ValueError, yaml.YAMLError):
        said = None
    recipe = said if isinstance(said, dict) else {}
    parts = [recipe.get(key) for key in ("rewrite", "mutate", "base")]
    given = [part.get("tries") if isinstance(part, dict) else None for part in parts]
    tries = max(each if type(each) is int and each > 0 else _TRIES for each in given)
    rounds = sum(edge.base == REWRITE for edge in manifest.funnel)
    return tries * max(1, rounds)


SEEDS = pl.Schema({"row": pl.String, "root": pl.String, "seed_id": pl.String, "text": pl.String})
"""`seeds` tables of carried rows: each one's seed as it was released, by its id; by its text too
where the release has that."""

TABLES = kept_and_dropped(RESCUED, votes=VOTES, seeds=SEEDS)


def carried_prompts(parent: Earlier, withdrawn: AbstractSet[str]) -> Outcome:
    """Every row of a release with its label, votes and seed; withdrawn ones are dropped.

    What a release does not show is not carried: reasons of votes, ledger keys, places.
    """
    may = redistributed(parent.manifest.sources)
    kept: list[Row] = []
    dropped: list[Row] = []
    votes: list[Row] = []
    seeds: list[Row] = []
    for released in with_seed_ids(rows_of(parent), texts=True).iter_rows(named=True):
        row = _row(released, may.get(released["source"], False))
        if released["id"] in withdrawn:
            dropped.append(drop(row, WITHDRAWN))
            continue
        known = {"row": row["row"], "root": row["root"]}
        kept.append(row)
        seeds.append({**known, "seed_id": released.get(SEED_ID), "text": released.get(SEED)})
        votes += [
            {**vote, **known, "reason": None, "key": None} for vote in released["votes"] or ()
        ]
    return Outcome(kept, dropped, {"votes": votes, "seeds": seeds})


def _row(released: Row, redistribute: bool) -> Row:
    counts = Counter(vote["label"] for vote in released["votes"] or ())
    return {
        **{name: released.get(name) for name in RESCUED},
        "position": CARRIED,
        "text": released["prompt"],
        "redistribute": redistribute,
        "rescued": bool(released.get("rescued")),
        **{label: counts[label] for label in ("safe", "toxic", "abstain")},
    }


@dataclass(frozen=True)
class CarriedSet:
    """A release that is extended.

    Attributes:
        parent: The release.
        withdrawn: Ids of rows that people withdrew. With a base request its whole family is out.
    """

    parent: Earlier
    withdrawn: AbstractSet[str]

    @cached_property
    def base(self) -> Outcome:
        """Its base requests; all that is withdrawn is dropped here, mutations too."""
        kept = [row for row in self._rows if self._is_base(row) and not self._gone(row)]
        gone = [drop({**_NOTHING, **row}, WITHDRAWN) for row in self._rows if self._gone(row)]
        return Outcome([{**_NOTHING, **row} for row in kept], gone)

    @cached_property
    def mutations(self) -> Mapping[str, Mapping[str, Row]]:
        """Its mutated rows by base row and style."""
        found: dict[str, dict[str, Row]] = {}
        for row in self._rows:
            if not self._is_base(row) and not self._gone(row):
                mutated = {name: row.get(name) for name in MUTATED}
                found.setdefault(row["parent"], {})[row["prompt_style"]] = mutated
        return found

    @cached_property
    def texts(self) -> Mapping[str, tuple[str, ...]]:
        """The texts of its base requests by category."""
        found: dict[str, list[str]] = {}
        for row in self.base.kept:
            found.setdefault(row["category"], []).append(row["text"])
        return {name: tuple(texts) for name, texts in found.items()}

    @cached_property
    def roots(self) -> frozenset[str]:
        """The roots of its rows, withdrawn ones included: their places in the sources."""
        return frozenset(row["root"] for row in self._rows)

    @cached_property
    def question_ids(self) -> frozenset[int]:
        """Every number that it has given."""
        return frozenset(row["question_id"] for row in self._rows)

    @property
    def width(self) -> int | None:
        """Ids that each of its categories has."""
        return width_of(self.parent.manifest)

    def _is_base(self, row: Row) -> bool:
        return bool(row["prompt_style"] == BASE_STYLE)

    def _gone(self, row: Row) -> bool:
        return row["id"] in self.withdrawn or row["parent"] in self._withdrawn_bases

    @cached_property
    def _withdrawn_bases(self) -> frozenset[str]:
        rows = self._rows
        return frozenset(
            row["row"] for row in rows if self._is_base(row) and row["id"] in self.withdrawn
        )

    @cached_property
    def _rows(self) -> list[Row]:
        manifest = self.parent.manifest
        may = redistributed(manifest.sources)
        numbers = manifest.mutations.numbers if manifest.mutations else {}
        names = {number: name for name, number in numbers.items()}
        return [
            {
                **row,
                "parent": row["base_row"],
                "position": CARRIED,
                "text": row["turns"][0],
                "category": names.get(row["category"], row["category"]),
                "redistribute": may.get(row["source"], False),
                "chosen_by": CARRIED,
            }
            for row in rows_of(self.parent).iter_rows(named=True)
        ]


_NOTHING: Row = dict.fromkeys(BASE)


def carried_set(
    lineage: VersionLineage, recipe: SorryBench, taxonomy: Taxonomy
) -> CarriedSet | None:
    """The release that a recipe extends; None where it extends none.

    Raises:
        RecipeError: The recipe leaves out a style or a category of that release.
    """
    if lineage.parent is None:
        return None
    _require_all(lineage.parent.manifest, recipe, taxonomy)
    return CarriedSet(lineage.parent, lineage.withdrawn)


def width_of(manifest: Manifest) -> int | None:
    """Ids that each category of a fine-grained release has; None for another release."""
    return manifest.mutations.base.width if manifest.mutations else None


def _require_all(parent: Manifest, recipe: SorryBench, taxonomy: Taxonomy) -> None:
    wanted = {BASE_STYLE, *(recipe.mutate.wanted if recipe.mutate else ())}
    had = [style.name for style in parent.mutations.styles] if parent.mutations else []
    if lacking := [name for name in had if name not in wanted]:
        rule = f"mode: extend must make every style that {parent.version} has"
        raise RecipeError(rule, f"no {', '.join(lacking)}")
    if lacking := [name for name in parent.categories if name not in taxonomy.names]:
        rule = f"mode: extend must have every category that {parent.version} has"
        raise RecipeError(rule, f"no {', '.join(lacking)}")
