"""What a release says of itself: `manifest.json`, written last."""

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from artifacts import audit_facts, release_facts, stage_tables, version_facts, views
from artifacts.release_files import name_problem, shown_name
from base.errors import RecordUnreadableError
from base.files import FileRecord, read_json, sha256_text, write_json

FORMAT = 1
MANIFEST = "manifest.json"
CARD = "README.md"
REPORT = "report.html"


@dataclass(frozen=True, slots=True)
class Recipe:
    """The recipe that a release was made by, whole."""

    name: str
    text: str
    sha256: str

    @classmethod
    def of(cls, name: str, text: str) -> "Recipe":
        """A recipe with the hash of its text."""
        return cls(name, text, sha256_text(text))


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """One model or encoder of a run: what it is, not where it ran.

    Attributes:
        name: Its name in the recipe.
        role: What it did: writer, moderator, encoder, ...
        provider: The protocol it was asked by.
        model: Its name as its server knows it.
        identity: What its replies are keyed by; a file's SHA-256 for an embedded one.
    """

    name: str
    role: str
    provider: str
    model: str
    identity: str


@dataclass(frozen=True, slots=True)
class StageCost:
    """What the replies of one model in one stage cost.

    Attributes:
        stage: The stage that asked first.
        model: The model's name in the recipe.
        calls: Calls that brought a reply.
        input_tokens: Tokens sent.
        output_tokens: Tokens received, those of reasoning included.
        usd: Price in US dollars, or None where that of a reply is unknown.
    """

    stage: str
    model: str
    calls: int
    input_tokens: int
    output_tokens: int
    usd: float | None


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One source that a release's seeds or base rows were taken from.

    Attributes:
        name: What rows call it: a file, a name on the Hub without its revision, `llm:` and a model.
        revision: The commit at which a source on the Hub was read; None for any other one.
        sha256: Hash of the file's bytes; None for what a model wrote.
        license: Its licence, or None where nobody says.
        redistribute: Whether it may be given on.
        rows: Seeds or base rows that were taken from it.
    """

    name: str
    revision: str | None
    sha256: str | None
    license: str | None
    redistribute: bool
    rows: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run's replies cost, those bought in earlier runs included.

    Attributes:
        calls: Calls that brought a reply.
        input_tokens: Tokens sent.
        output_tokens: Tokens received.
        usd: Price in US dollars, or None where that of a reply is unknown.
        known_usd: The price of the replies whose price is known; at least so much was paid.
        by: The same by stage and model; empty in releases of earlier versions.
    """

    calls: int
    input_tokens: int
    output_tokens: int
    usd: float | None
    known_usd: float = 0.0
    by: tuple[StageCost, ...] = ()


@dataclass(frozen=True, slots=True)
class SoundsRisky:
    """How many of the rows that are called safe sound risky ("seemingly toxic", measured).

    Attributes:
        measured: Safe rows on which a moderator said whether they do.
        risky: How many of them do.
    """

    measured: int
    risky: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """What a flow knows of a release beside its rows.

    Attributes:
        benchmark: The benchmark's name.
        name: The data set's name, where it is not the benchmark's.
        version: The release's version.
        created: When it was made (ISO 8601); in the manifest alone, never in a shard.
        demo: Whether it only shows that the pipeline works.
        license: The data's licence.
        run: The run's folder, relative to the folder of all runs: `recipe/version`.
        recipe: The recipe.
        models: All models and encoders that had a part in it.
        categories: The taxonomy's categories, in the order in which they are shown.
        funnel: Rows by stage.
        cost: What it cost.
        contested: Near pairs that were kept because their labels differ; like all that labels,
            panel and subsets come to, None for a fine-grained set.
        undecided: Rows that are in no config because their votes do not decide.
        in_no_config: All rows that were kept to the end and are in no config, by reason (the keys
            of `release_facts.IN_NO_CONFIG`); empty in releases of an earlier version.
        sounds_risky: How many of the safe rows sound risky.
        moderation: What chat models among the moderators were told; None where none votes, and in
            releases of an earlier version.
        writers: What each writer gave, as the run's tables count it; carried rows are not among
            them. None in releases of an earlier version.
        rescue: What came of flagged prompts; None without a rescue.
        panel: What the targets answered; None without a panel.
        hard: How the hard subset came about; None where the recipe has none.
        toxic: How the toxic one did; None in releases of an earlier version.
        toxic_seeds: What the moderators said of the seeds; None where they were not asked.
        written_seeds: What came of asking a model for seeds; None where none was, and in releases
            of an earlier version.
        rounds: How rounds of rewriting ended, for each part of the recipe that asks for them.
        balance: By config, the largest category's rows over the smallest's; None where a category
            has no rows.
        levels: Rows by the level and form that their writer named; none in a release without them.
        relatives: Models in different roles that share a model or a family, a sentence a pair.
        sources: What seeds or base rows were taken from; none in releases of an earlier version.
        mutations: What a fine-grained set holds and lacks; None for an over-refusal set.
        lineage: How it came from earlier releases.
        tombstones: Rows that people withdrew, in this release or in any before it.
        changes: What has changed since the release before; None for the first.
        review: What people found in a sample; None where nobody looked.
        audit: The audit's main figures; none in releases of an earlier version.
        gates: The recipe's gates and what they were held against; a release has no broken one.
        templates: SHA-256 of each prompt template that the benchmark's models are asked by, and of
            each file of a taxonomy of one's own; none in releases of an earlier version.
        language: The code of its prompts' language; `en` in releases of an earlier version.
        language_notes: What is off, or done otherwise, for that language; a sentence each.
    """

    benchmark: str
    version: str
    created: str
    demo: bool
    license: str
    run: str
    recipe: Recipe
    models: tuple[ModelIdentity, ...]
    categories: tuple[str, ...]
    funnel: tuple[stage_tables.Edge, ...]
    cost: Cost
    contested: int | None = None
    undecided: int | None = None
    in_no_config: Mapping[str, int] = field(default_factory=dict)
    sounds_risky: SoundsRisky | None = None
    moderation: release_facts.ModerationFacts | None = None
    writers: tuple[release_facts.WriterFacts, ...] = ()
    rescue: release_facts.RescueFacts | None = None
    panel: release_facts.PanelFacts | None = None
    hard: release_facts.SubsetFacts | None = None
    toxic: release_facts.SubsetFacts | None = None
    toxic_seeds: release_facts.ToxicSeedFacts | None = None
    written_seeds: release_facts.WrittenSeedFacts | None = None
    rounds: tuple[release_facts.RoundsFacts, ...] = ()
    balance: Mapping[str, float | None] = field(default_factory=dict)
    levels: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    relatives: tuple[str, ...] = ()
    sources: tuple[SourceRecord, ...] = ()
    mutations: release_facts.MutationFacts | None = None
    lineage: version_facts.Lineage = field(default_factory=version_facts.Lineage)
    tombstones: tuple[version_facts.Tombstone, ...] = ()
    changes: version_facts.Changes | None = None
    review: version_facts.ReviewFacts | None = None
    audit: tuple[audit_facts.MainFigure, ...] = ()
    gates: tuple[audit_facts.QualityGateOutcome, ...] = ()
    templates: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    language_notes: tuple[str, ...] = ()
    name: str = ""

    @property
    def data_set(self) -> str:
        """The data set that it is a version of."""
        return self.name or self.benchmark

    def called(self, name: str) -> str:
        """A model by its name in the recipe, and by the one that its server knows it by.

        Example:
            `target (smollm2-135m-instruct)`; the name alone where both are one, or no model has it.
        """
        known = next((each.model for each in self.models if each.name == name), name)
        return name if known == name else f"{name} ({known})"

    @property
    def released_categories(self) -> tuple[str, ...]:
        """The categories as the `category` column has them: by number where they have one."""
        numbers = self.mutations.numbers if self.mutations else {}
        return tuple(numbers.get(name, name) for name in self.categories)


@dataclass(frozen=True, slots=True)
class ConfigRecord:
    """One config of a release: its shards, and what is in them.

    Attributes:
        name: The config's name and folder.
        rows: Rows of all its shards; a config without rows has no shard.
        stage: The stage whose kept rows it shows.
        where: The values that a kept row's columns have if the row is in it.
        redistribute: Whether every row's source may be given on.
        columns: The type of each column on disk.
        categories: Rows by category, all of the taxonomy's included.
        files: Its shards, in order.
    """

    name: str
    rows: int
    stage: str
    where: Mapping[str, views.Value]
    redistribute: bool
    columns: Mapping[str, str]
    categories: Mapping[str, int]
    files: tuple[FileRecord, ...]


@dataclass(frozen=True, slots=True)
class CardRecord:
    """A file that is read by people: the card, the report."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest(ReleaseFacts):
    """All that a release says of itself.

    Attributes:
        format: Version of this format.
        canary: A GUID by which the data can be found where it should not be.
        configs: The configs; the first is the default one.
        card: The card.
        report: The report, one page of HTML; None in releases of an earlier version.
    """

    format: Literal[1] = 1
    canary: str
    configs: tuple[ConfigRecord, ...]
    card: CardRecord
    report: CardRecord | None = None


_MANIFEST = TypeAdapter(Manifest)
_OF_OVER_REFUSAL = frozenset(
    (
        *("contested", "undecided", "in_no_config", "sounds_risky", "moderation"),
        *("rescue", "panel", "hard", "toxic", "toxic_seeds", "rounds"),
        *("written_seeds", "language", "language_notes"),
    )
)
"""Fields that only an over-refusal set has: the manifest of a fine-grained one leaves them out."""


def canary(data_set: str, version: str, files: Iterable[FileRecord]) -> str:
    """The GUID of a release: the same for the same data set, version and data."""
    lines = "".join(f"{file.sha256}  {file.name}\n" for file in files)
    content = hashlib.sha256(lines.encode()).hexdigest()
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{data_set}\n{version}\n{content}"))


def write_manifest(release: Path, manifest: Manifest) -> None:
    """Writes the manifest into a release folder whose other files are all there."""
    is_fine_grained = manifest.mutations is not None
    without = _OF_OVER_REFUSAL if is_fine_grained else frozenset[str]()
    if not manifest.name:
        without |= {"name"}
    write_json(release / MANIFEST, manifest, _MANIFEST, without)


def read_manifest(release: Path) -> Manifest:
    """The manifest of a release folder; every name in it is a plain one.

    Raises:
        RecordUnreadableError: There is none, it is no such manifest, it is one of a newer format,
            or a name in it is no plain name of a file inside its folder.
    """
    found = read_json(release / MANIFEST, _MANIFEST, newest=FORMAT)
    for field_, name, parts in _names(found):
        if problem := name_problem(name, parts):
            rule = f"{MANIFEST} must be a whole record: {field_} {problem}"
            raise RecordUnreadableError(rule, shown_name(name))
    for page, name in ((found.card, CARD), (found.report, REPORT)):
        if page is not None and page.name != name:
            rule = f"{MANIFEST} must be a whole record: this page must be called {name}"
            raise RecordUnreadableError(rule, shown_name(page.name))
    return found


def _names(manifest: Manifest) -> Iterator[tuple[str, str, int | None]]:
    """What becomes part of a path: field, name, and how many parts it may have."""
    yield "benchmark", manifest.benchmark, 1
    if manifest.name:
        yield "name", manifest.name, 1
    yield "version", manifest.version, 1
    yield "run", manifest.run, None
    for release in (manifest.lineage.parent, manifest.review.of if manifest.review else None):
        if release is not None:
            yield "the version of its parent", release.version, 1
    for release in manifest.lineage.against:
        yield "lineage.against", release.version, 1
    for config in manifest.configs:
        yield "configs.name", config.name, 1
        yield from (("configs.files.name", file.name, None) for file in config.files)
