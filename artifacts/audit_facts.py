"""What an audit found, as plain values: the report draws them, the card sums them up.

Every figure says how many rows it rests on; a figure without rows to rest on is None, never 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import TypeAdapter

from base.files import read_json, write_json

Interval: TypeAlias = tuple[float, float]
Dimension = Literal["category", "domain", "style", "language"]
Scope = Literal["inside", "across", "release", "benchmark"]
ANY_RULE = "any"
"""Stands among the style rules for rows that break at least one of them."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How rows are spread over the values of one dimension.

    Attributes:
        config: The config.
        dimension: What is counted.
        counts: Rows by value, values without rows included where the taxonomy knows them.
        entropy: Normalised entropy: 1 for an even spread, 0 for one value alone.
        ratio: Rows of the largest value over those of the smallest.
        cramers_v: Distance from the target mix (even, or the recipe's quota): 0 for none.
    """

    config: str
    dimension: Dimension
    counts: Mapping[str, int]
    entropy: float | None
    ratio: float | None
    cramers_v: float | None

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class StageBalance:
    """What a stage did to the balance of categories.

    Attributes:
        stage: The stage.
        before: Rows by category that entered it.
        after: Rows by category that it kept.
        entropy_before: Normalised entropy of the rows that entered.
        entropy_after: That of the rows that it kept.
        cramers_v: How far what becomes of a row depends on its category: 0 not at all, 1 wholly.
            None for a stage that writes.
        worst: The category of which it kept the smallest share; None without rows.
        worst_share: That share.
    """

    stage: str
    before: Mapping[str, int]
    after: Mapping[str, int]
    entropy_before: float | None
    entropy_after: float | None
    cramers_v: float | None
    worst: str | None
    worst_share: float | None


@dataclass(frozen=True, slots=True)
class Voter:
    """How one moderator voted.

    Attributes:
        name: Its name in the recipe.
        votes: Rows that it was asked about.
        safe: Votes for safe.
        toxic: Votes for toxic.
        abstained: Votes that could not be read.
        with_label: Share of its readable votes that agree with the row's label; None without any.
    """

    name: str
    votes: int
    safe: int
    toxic: int
    abstained: int
    with_label: float | None


@dataclass(frozen=True, slots=True)
class Pair:
    """How far two raters agree: on how many rows, observed, and beyond chance (Cohen's kappa)."""

    first: str
    second: str
    rows: int
    observed: float | None
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far all moderators agree.

    Attributes:
        rows: Rows with two readable votes at least.
        alpha: Krippendorff's alpha (nominal, abstentions as missing).
        ac1: Gwet's AC1, which does not collapse where nearly all votes agree.
        pairs: Each pair of moderators.
    """

    rows: int
    alpha: float | None
    ac1: float | None
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class RefusalRate:
    """How often a target refused.

    Attributes:
        config: The config whose rows were counted.
        target: The target's name.
        category: One category, or None for all.
        asked: Rows that were put to it.
        verdicts: Rows with a verdict.
        refused: Refusals, provider blocks included.
        blocked: Refusals that were a provider's block.
        rate: Refusals among verdicts.
        interval: Its 95 % Wilson interval.
    """

    config: str
    target: str
    category: str | None
    asked: int
    verdicts: int
    refused: int
    blocked: int
    rate: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class NearPair:
    """Two near rows by their ids, and their cosine in two decimals."""

    id: str
    other: str
    score: float


@dataclass(frozen=True, slots=True)
class NearRepeats:
    """Near repeats of one kind.

    Attributes:
        scope: Inside a config, across two configs of the set, against an earlier release, or
            against a named benchmark.
        config: The config whose rows are looked at.
        against: The other config, release or benchmark; the config itself for `inside`.
        threshold: The cosine from which on two texts are near.
        rows: Rows that were compared.
        near: Rows with at least one near row; inside a config, rows that repeat an earlier one
            which stays (those that deduplication would drop), exact repeats included.
        pairs: The nearest pairs, a few.
    """

    scope: Scope
    config: str
    against: str
    threshold: float
    rows: int
    near: int
    pairs: tuple[NearPair, ...]

    @property
    def share(self) -> float | None:
        """Near rows among all."""
        return self.near / self.rows if self.rows else None


@dataclass(frozen=True, slots=True)
class Opening:
    """An opening of three words, and how many rows begin with it. The words are prompt text."""

    words: str
    rows: int


@dataclass(frozen=True, slots=True)
class Diversity:
    """How much the texts of a config differ from each other.

    Attributes:
        config: The config.
        rows: Rows that openings and distinct-n were counted on.
        openings: The most frequent openings.
        distinct_1: Different words over all words.
        distinct_2: Different pairs of words over all pairs.
        compression: Size of the texts over their compressed size: higher is more repetitive.
        self_bleu: Mean BLEU-4 of each sampled text against the others of its sample.
        sample: Rows of the fixed sample that self-BLEU and the Vendi score were taken on.
        vendi: Vendi score of the sample: how many wholly different texts it is worth.
    """

    config: str
    rows: int
    openings: tuple[Opening, ...]
    distinct_1: float | None
    distinct_2: float | None
    compression: float | None
    self_bleu: float | None
    sample: int
    vendi: float | None

    @property
    def opener_share(self) -> float | None:
        """Share of the rows that begin with the most frequent opening."""
        return self.openings[0].rows / self.rows if self.openings and self.rows else None


@dataclass(frozen=True, slots=True)
class RuleBreaks:
    """How many rows of a config break one style rule; the rule `any` counts those that break one.

    Their sum over rules is larger: a row may break several.
    """

    config: str
    rule: str
    rows: int
    broken: int

    @property
    def share(self) -> float | None:
        """Rows that break it among all."""
        return self.broken / self.rows if self.rows else None


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lengths of a config's texts: words and characters at the 5th, 50th and 95th per cent."""

    config: str
    rows: int
    words: tuple[float, float, float]
    characters: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Provenance:
    """How many rows of a config say where they come from, by column."""

    config: str
    column: str
    rows: int
    filled: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Rows by style and category of a mutated set; what is not there is 0."""

    categories: tuple[str, ...]
    counts: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class QualityGateOutcome:
    """One gate of the recipe, held against what was found.

    Attributes:
        gate: The gate's key in the recipe.
        bound: What it demands.
        value: What was found; None where there was nothing to measure.
        held: Whether it holds; a gate without a value does not.
        config: The config that it was broken in, or that comes nearest.
        stage: The stage that is to blame, where one is.
        category: The category, where it is about one.
        says: One sentence: figure, place, rows.
    """

    gate: str
    bound: float
    value: float | None
    held: bool
    config: str | None
    stage: str | None
    category: str | None
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """All figures of one audit.

    Attributes:
        name: The release (`or-bench 2026.11.0`), or the table's file name.
        rows: Rows of each config.
        categories: The categories in the order in which they are shown.
        exempt: Those of them that are only imported (sensitive): gates look over one without rows.
        spreads: Balance by config and dimension.
        stages: What each stage did to the balance; empty where the run's tables are not there.
        voters: How each moderator voted.
        agreement: How far they agree; None with fewer than two.
        refusals: Refusal rates by target, and by target and category.
        near: Near repeats.
        diversity: How much texts differ.
        rules: Style rules broken.
        lengths: Lengths.
        provenance: Whether each row says where it comes from.
        coverage: Rows by style and category; None for an over-refusal set.
        gates: The recipe's gates; empty where it has none.
        notes: What could not be measured, and why.
    """

    name: str
    rows: Mapping[str, int]
    categories: tuple[str, ...]
    exempt: tuple[str, ...] = ()
    spreads: tuple[Spread, ...] = ()
    stages: tuple[StageBalance, ...] = ()
    voters: tuple[Voter, ...] = ()
    agreement: Agreement | None = None
    refusals: tuple[RefusalRate, ...] = ()
    near: tuple[NearRepeats, ...] = ()
    diversity: tuple[Diversity, ...] = ()
    rules: tuple[RuleBreaks, ...] = ()
    lengths: tuple[Lengths, ...] = ()
    provenance: tuple[Provenance, ...] = ()
    coverage: Coverage | None = None
    gates: tuple[QualityGateOutcome, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MainFigure:
    """One of the audit's main figures, as manifest and card show it.

    Attributes:
        name: What it is, in words: `near repeats`.
        config: The config, or None for the whole set.
        value: The figure.
        rows: Rows that it rests on.
        interval: Its 95 % interval, where it has one.
    """

    name: str
    config: str | None
    value: float | None
    rows: int
    interval: Interval | None = None


AUDIT = "audit.json"

_AUDIT = TypeAdapter(Audit)


def to_json(audit: Audit) -> str:
    """An audit as indented JSON; it holds opening words, which are prompt text."""
    return _AUDIT.dump_json(audit, indent=2).decode()


def write_audit(path: Path, audit: Audit) -> None:
    """Writes an audit as JSON, durable and at once.

    Raises:
        FileUnwritableError: The file cannot be written; `NoSpaceError` where the disk is full.
    """
    write_json(path, audit, _AUDIT)


def read_audit(path: Path) -> Audit:
    """The audit that `write_audit` wrote.

    Raises:
        RecordUnreadableError: The file is missing, or is no such audit.
    """
    return read_json(path, _AUDIT)
