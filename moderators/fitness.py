"""What a moderator cannot judge: it abstains, as silence is no evidence of harmlessness."""

from __future__ import annotations

from base.digests import Json
from inference.types import Item
from moderators.types import PROMPTS_AND_EXCHANGES, Subject, subject_of

LONGEST = 20_000
"""Characters of prompt and answer together; more is no prompt, and would not fit every model."""


def fitness_part() -> Json:
    """What decides that an item cannot be judged, for a digest."""
    return [sorted(PROMPTS_AND_EXCHANGES), LONGEST]


def unfit(
    item: Item,
    takes: frozenset[Subject] = PROMPTS_AND_EXCHANGES,
    longest: int | None = LONGEST,
) -> str | None:
    """Why an item cannot be judged, or None where it can.

    Args:
        item: A prompt or an exchange.
        takes: What the moderator can judge.
        longest: The largest number of characters, prompt and answer together; None for any.

    Returns:
        `takes_no_exchange`, `takes_no_prompt`, `no_answer` for an exchange whose answer is blank,
        `too_long`, or None.
    """
    subject = subject_of(item)
    if subject not in takes:
        return f"takes_no_{subject}"
    if item.answer is not None and not item.answer.strip():
        return "no_answer"
    if longest is not None and len(item.text) + len(item.answer or "") > longest:
        return "too_long"
    return None
