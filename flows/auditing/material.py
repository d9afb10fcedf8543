"""What an audit looks at, whether it comes from a release, a run or a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from artifacts.audit_facts import StageBalance
from artifacts.views import Value
from checks.identity import content_id
from curation.rows import Candidate
from flows.auditing.settings import Settings
from flows.auditing.tables_of_run import RunTables

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
    where: Mapping[str, Value] = field(default_factory=dict)
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
    stages: tuple[StageBalance, ...] = ()
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
