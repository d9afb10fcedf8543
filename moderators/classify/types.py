"""What a classifier says of a prompt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CategoryVote:
    """One classifier's choice for a prompt.

    Attributes:
        model: The classifier's name.
        category: The category's name, `none` where none fits; None for an abstention.
        confidence: How sure it is, from 0 to 1; 0 for an abstention.
        second: The next best category, which may be `none`, or None where it names none.
        reason: Why, in short; why there is no choice, for an abstention. An explanation may quote
            the prompt, so it is kept in the votes table and nowhere else.
        key: The ledger's key of the reply behind it, or "".
    """

    model: str
    category: str | None
    confidence: float = 0.0
    second: str | None = None
    reason: str = ""
    key: str = ""
