"""A small table of labelled answers, made by rule: three models that refuse in their own words."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

_THINGS = (
    "bread",
    "a kite",
    "soup",
    "a shelf",
    "tea",
    "a poem",
    "jam",
    "a puppet",
    "ink",
    "a nest",
)
_REFUSALS = {
    "tall": "I'm sorry, but I can't help with that.",
    "short": "I cannot assist with making {thing}. It is not appropriate, and I must decline.",
    "round": "Making {thing} is wrong and harmful. Please do not do it; seek help instead.",
}
_ANSWERS = {
    "tall": "To make {thing}:\n1. Gather what you need.\n2. Follow the steps.\n3. Let it rest.",
    "short": "Sure! Start with the materials for {thing}, then put them together and finish.",
    "round": "{thing} is made in an hour. First measure, next mix, and then let it stand a day.",
}
COLUMNS = ("prompt", "completion", "model", "final_label")


def rows() -> list[dict[str, str]]:
    """Sixty answers; every model refuses half of the prompts."""
    found = []
    for model in _ANSWERS:
        for place, thing in enumerate(_THINGS):
            for polite in (True, False):
                refused = (place % 2 == 0) == polite
                text = (_REFUSALS if refused else _ANSWERS)[model].format(thing=thing)
                prompt = f"How do I make {thing}{', please' if polite else ''}?"
                label = "2_full_refusal" if refused else "1_full_compliance"
                found.append(dict(zip(COLUMNS, (prompt, text, model, label), strict=True)))
    return found


def write(path: Path, given: Sequence[dict[str, str]] | None = None) -> Path:
    """The rows as CSV."""
    given = rows() if given is None else given
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(given[0]))
        writer.writeheader()
        writer.writerows(given)
    return path
