"""What a flow knows of a base set and its mutations: counts for manifest, summary and card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

BASE = "base"
"""What the base set is called among the prompt styles."""


@dataclass(frozen=True, slots=True)
class StyleFacts:
    """What came of one prompt style.

    Attributes:
        name: The style as published; `base` for the base set itself.
        group: What it belongs to: base, encoding, writing, persuasion or language.
        writer: The model that wrote it, by its name in the recipe; `rules` where none did.
        rows: Rows by the category's name.
        missing: Base rows without a row of this style, by the reason of the last attempt.
        stopped: Whether it was given up after a pilot of which no row passed.
    """

    name: str
    group: str
    writer: str | None
    rows: Mapping[str, int]
    missing: Mapping[str, int]
    stopped: bool = False

    @property
    def total(self) -> int:
        """All of its rows."""
        return sum(self.rows.values())


@dataclass(frozen=True, slots=True)
class BaseFacts:
    """How a base set came about.

    Attributes:
        width: Ids that each category has: `question_id = (category - 1) x width + k`.
        counts: By what is counted (found, chosen, missing, ...): requests by category.
        outside: Groups of candidates that fit no category: number, rows, sources.
    """

    width: int
    counts: Mapping[str, Mapping[str, int]]
    outside: tuple[tuple[int, int, int], ...] = ()

    @property
    def is_measured(self) -> bool:
        """Whether more is known than how many requests there are."""
        return "missing" in self.counts


@dataclass(frozen=True, slots=True)
class MutationFacts:
    """What a SORRY-Bench release holds, and what it lacks.

    Attributes:
        base: How its base set came about.
        styles: Each style that was asked for in the published order, `base` first.
        numbers: The category's number as it is released, by the category's name.
        encodings: How texts were encoded (canonical, compat), or None without mutations.
        pilot: Rows of the pilot, or None without mutations.
    """

    base: BaseFacts
    styles: tuple[StyleFacts, ...]
    numbers: Mapping[str, str]
    encodings: str | None = None
    pilot: int | None = None

    @property
    def empty(self) -> tuple[str, ...]:
        """The categories of which the base set has no request."""
        found = next((style.rows for style in self.styles if style.name == BASE), {})
        return tuple(name for name in self.numbers if not found.get(name))

    @property
    def missing(self) -> int:
        """Rows that a full release would have and this one lacks; base rows are not counted."""
        return sum(sum(style.missing.values()) for style in self.styles)
