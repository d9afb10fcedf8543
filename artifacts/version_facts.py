"""How a release stands to others: what it carries on, what was withdrawn, what has changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Mode = Literal["refresh", "extend", "reviewed"]


@dataclass(frozen=True, slots=True)
class Release:
    """Another release of the same benchmark, pinned.

    Attributes:
        version: Its version.
        manifest: SHA-256 of its manifest.
    """

    version: str
    manifest: str


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A row that a person withdrew; it comes back in no later release.

    Attributes:
        id: The row's id: its content's, so that the same text stays away under any key.
        reason: Why, in the person's words or in the recipe's.
        version: The version that it was withdrawn in.
        question_id: Its number in a fine-grained set, which is not given away again; else None.
    """

    id: str
    reason: str
    version: str
    question_id: int | None = None


@dataclass(frozen=True, slots=True)
class Writing:
    """Which draws of the writers a release has used up.

    Attributes:
        edition: The version that texts were first written for: part of each writer's ledger key.
        first_sample: The sample index at which this release's writing began: 0 unless it extends.
        next_sample: The first sample index that no release of this edition has used.
    """

    edition: str
    first_sample: int
    next_sample: int


@dataclass(frozen=True, slots=True)
class Lineage:
    """How a release came from earlier ones.

    Attributes:
        mode: `refresh` (all new), `extend` (rows carried over), `reviewed` (rows withdrawn by
            people, nothing else), or None for a release that stands by itself.
        parent: The release that rows were carried from; None where none were.
        carried: Rows that were carried over.
        against: Releases that new rows were held against.
        writing: Which draws were used; None where nothing was written.
    """

    mode: Mode | None = None
    parent: Release | None = None
    carried: int = 0
    against: tuple[Release, ...] = ()
    writing: Writing | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What has changed in one config since the release before, in rows.

    Attributes:
        config: The config.
        added: Rows that no config of the old release had.
        removed: Rows that no config of the new release has.
        kept: Rows in this config in both.
        relabelled: Rows of both, in any config, with another label or category.
        moved_in: Rows that came from another config.
        moved_out: Rows that went to another config alone.
    """

    config: str
    added: int
    removed: int
    kept: int
    relabelled: int
    moved_in: int
    moved_out: int

    @property
    def before(self) -> int:
        """Rows of the old release."""
        return self.kept + self.removed + self.moved_out

    @property
    def now(self) -> int:
        """Rows of the new release."""
        return self.kept + self.added + self.moved_in


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed since the release before.

    Attributes:
        since: The release before.
        configs: Rows by config.
        categories: By config, by category: (rows before, rows now), where they differ.
        models: Changed models, a sentence each.
        recipe: Changed recipe keys: (key, before, now), values as YAML, long ones cut, "" for none.
        withdrawn: Removed rows that people withdrew.
        templates: Changed prompt templates, a sentence each.
        sources: Changed sources and licences, a sentence each.
        columns: Changed columns, a sentence each.
    """

    since: Release
    configs: tuple[Change, ...]
    categories: Mapping[str, Mapping[str, tuple[int, int]]]
    models: tuple[str, ...] = ()
    recipe: tuple[tuple[str, str, str], ...] = ()
    withdrawn: int = 0
    templates: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """What people found when they looked at a sample of a release.

    Attributes:
        of: The release that was reviewed.
        sampled: Rows that were drawn.
        decided: Rows that enough people decided on.
        rejected: Rows that they rejected.
        people: How many people decided.
        residual: By config: rows decided, rows whose label people call wrong, and the 95 % Wilson
            interval of that share. For safe configs this is the residual toxicity.
        agreement: Krippendorff's alpha of the people; None with one person.
        moderators: By moderator: true positive rate, false positive rate (positive = unsafe), and
            the rows that each rests on; a rate without rows is None.
        ties: Rows on which as many were for as against, by id: they stay.
    """

    of: Release
    sampled: int
    decided: int
    rejected: int
    people: int
    residual: Mapping[str, tuple[int, int, tuple[float, float] | None]]
    agreement: float | None
    moderators: Mapping[str, tuple[float | None, int, float | None, int]]
    ties: tuple[str, ...] = ()
