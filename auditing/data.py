"""What an audit looks at and how it measures, wherever the rows come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from artifacts import audit_facts, views
from artifacts.config_names import Role, role_of
from base.errors import RefuseryError
from checks.identity import content_id
from checks.language_table import ENGLISH
from checks.ngrams import Ngrams
from curation.rows import Candidate
from inference.models import SHIPPED_ENCODERS
from taxonomy import Taxonomy

THRESHOLD = 0.92
"""The cosine from which on two texts are near, where no recipe says so."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How an audit measures.

    Attributes:
        encoder: The encoder's name.
        threshold: The cosine, or with n-grams the Jaccard index, from which on two texts are near.
        quotas: The wanted mix of hard or toxic rows by category, where it is not an even one.
        taxonomy: The taxonomy; None where it is not known or not there.
        language: The language of the texts.
        ngrams: How texts are cut where the encoder does not know it; near repeats are told by
            characters then, and what needs vectors is not measured. Else None.
    """

    encoder: str = SHIPPED_ENCODERS[0]
    threshold: float = THRESHOLD
    quotas: Mapping[Role, Mapping[str, float]] = field(default_factory=dict)
    taxonomy: Taxonomy | None = None
    language: str = ENGLISH
    ngrams: Ngrams | None = None

    def quota_of(self, config: str) -> Mapping[str, float] | None:
        """The wanted mix of a config; None for an even one."""
        role = role_of(config)
        return None if role is None else self.quotas.get(role)

    @property
    def domains(self) -> dict[str, str]:
        """The domain of each category that has one."""
        known = self.taxonomy.categories if self.taxonomy else ()
        return {each.name: each.domain for each in known if each.domain}

    @property
    def sensitive(self) -> frozenset[str]:
        """The categories that are only imported."""
        known = self.taxonomy.categories if self.taxonomy else ()
        return frozenset(each.name for each in known if each.sensitive)


VOTES = pl.Schema({"row": pl.String, "model": pl.String, "label": pl.String})
LABELS = pl.Schema({"row": pl.String, "label": pl.String})
ANSWERS = pl.Schema(
    {"row": pl.String, "model": pl.String, "refused": pl.Boolean, "refusal_kind": pl.String}
)
"""`refused` is null where a target gave no answer, or none with a verdict."""


@dataclass(frozen=True, slots=True)
class RunTables:
    """What was read of a run.

    Attributes:
        votes: The votes of the last moderation, on all rows that it saw (VOTES).
        labels: The labels that these votes made (LABELS).
        answers: The panel's answers without their texts (ANSWERS).
        entered: By source stage, rows by category that it was given.
        notes: What could not be read, and why.
    """

    votes: pl.DataFrame = field(default_factory=VOTES.to_frame)
    labels: pl.DataFrame = field(default_factory=LABELS.to_frame)
    answers: pl.DataFrame = field(default_factory=ANSWERS.to_frame)
    entered: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


TEXT = "prompt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One config, or the whole of a table.

    Attributes:
        name: The config's name; a table's file name.
        rows: Its rows with `id`, `prompt`, `category` and `style` (each a text), and its others.
        stage: The stage whose kept rows it shows; None outside a run.
        where: What a kept row must be to be in it.
        in_words: Whether its texts are read as they stand: encoded ones say nothing by their words,
            and what joins other configs would be measured twice.
    """

    name: str
    rows: pl.DataFrame
    stage: str | None = None
    where: Mapping[str, views.Value] = field(default_factory=dict)
    in_words: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Texts that rows are held against.

    Attributes:
        scope: `release` for an earlier release, `benchmark` for anything else.
        name: What it is called: a version, a file's name, a name on the Hub.
        texts: The texts, each under its id; no text goes into evidence.
        carried: Ids of rows that were carried over from it, and are not held against anything.
    """

    scope: str
    name: str
    texts: Sequence[Candidate]
    carried: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """All that an audit's figures are computed from.

    Attributes:
        name: What is audited.
        parts: The configs, the default one first.
        categories: The categories in the order in which they are shown.
        settings: How the audit measures.
        styles: The styles in order, for a mutated set; empty for any other.
        stages: What each stage did to the balance.
        known: What the run's tables say of votes and answers.
        provenance: Columns that must say where a row comes from.
        rules: Whether the style rules are for these texts.
        against: What rows are held against.
        seed: The seed of every sample.
        notes: What could not be measured, and why.
    """

    name: str
    parts: tuple[Part, ...]
    categories: tuple[str, ...]
    settings: Settings = field(default_factory=Settings)
    styles: tuple[str, ...] = ()
    stages: tuple[audit_facts.StageBalance, ...] = ()
    known: RunTables = field(default_factory=RunTables)
    provenance: tuple[str, ...] = ()
    rules: bool = True
    against: tuple[Comparison, ...] = ()
    seed: int = 7
    notes: tuple[str, ...] = ()

    @property
    def worded(self) -> tuple[Part, ...]:
        """The configs with rows whose texts are measured."""
        return tuple(part for part in self.parts if part.in_words and part.rows.height)


def with_ids(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the id of each text where they have none, and with a `style` (empty without)."""
    if "id" not in rows.columns:
        ids = [content_id(text) for text in rows[TEXT]]
        rows = rows.with_columns(pl.Series("id", ids, dtype=pl.String))
    if "style" not in rows.columns:
        rows = rows.with_columns(style=pl.lit(""))
    return rows


class GateBrokenError(RefuseryError):
    """A gate of the recipe does not hold: the set must not be published as it is."""


class AuditInputError(RefuseryError):
    """What is to be audited is no release, no table, or not as its manifest says."""

    exit_code = 2
