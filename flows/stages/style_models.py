"""Which models a style asks as a recipe's part `mutate` describes it."""

from __future__ import annotations

from collections.abc import Iterable

from flows.recipe.mutate import Mutate, Style
from generators.mutations.encodings import ENCODINGS
from generators.mutations.registry import GROUPS

MISSPELLINGS = "misspellings"


def is_written(part: Mutate, style: str) -> bool:
    """Whether a model writes the style; rules and encodings need none."""
    by_rules = style == MISSPELLINGS and part.misspellings.by == "rules"
    return style not in ENCODINGS and not by_rules


def is_language(style: str) -> bool:
    """Whether the style is one of the translations."""
    return GROUPS[style] == "language"


def writer_of(part: Mutate, style: str) -> str | None:
    """The model that writes a style; None where the part names none."""
    return (part.translator or part.writer) if is_language(style) else part.writer


def translator_into_english(part: Mutate) -> str | None:
    """The model that translates into English; None where the part names none that could."""
    return part.back_translator or part.translator or part.writer


def back_translator_of(part: Mutate, style: Style) -> str | None:
    """The model that translates a style's texts back for the intent check; None where none does."""
    measured = part.intent is not None or style in part.bands
    return translator_into_english(part) if is_language(style) and measured else None


def asked_models(part: Mutate, styles: Iterable[Style]) -> tuple[str, ...]:
    """The models that are asked where rows of these styles are made and checked, each once."""
    named = [
        name
        for style in styles
        if is_written(part, style)
        for name in (writer_of(part, style), back_translator_of(part, style), part.checker)
    ]
    return tuple(dict.fromkeys(name for name in named if name is not None))
