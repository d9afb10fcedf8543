"""How a classification is asked for and read."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

from base.digests import Json, pattern_part
from inference.types import Reply, Unusable
from moderators.classify.types import CategoryVote
from moderators.verdict import last_object
from taxonomy import NONE, Category

_NO_SECOND = ""
_NUMBER = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*(%?)\s*\Z")
_WORDS = {"very high": 0.95, "high": 0.9, "medium": 0.6, "moderate": 0.6, "low": 0.3}
_UNSTATED = 0.5
"""The confidence of a choice that comes without one that can be read."""


def reading_part() -> Json:
    """What a classification is asked for and read by, for a digest."""
    return [_NO_SECOND, pattern_part(_NUMBER), _WORDS, _UNSTATED]


def schema(names: Sequence[str]) -> str:
    """The JSON schema of a classification, as JSON text; keys keep their order.

    Args:
        names: The categories' names, `none` included.
    """
    properties = {
        "explanation": {"type": "string"},
        "category": {"type": "string", "enum": list(names)},
        "confidence": {"type": "number"},
        "second": {"type": "string", "enum": [*names, _NO_SECOND]},
    }
    whole = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return json.dumps(whole, separators=(",", ":"))


def read(reply: Reply, model: str, categories: Sequence[Category]) -> CategoryVote:
    """The choice of `model` in its reply.

    Models that ignore schemas name a category by its title or number, give a confidence in per
    cent or in words, and leave out what they do not know: all of that is read.

    Args:
        reply: The reply.
        model: The classifier's name.
        categories: The taxonomy's categories, `none` included, in the order of the template.

    Raises:
        Unusable: `classifier_refused`, `unparseable` or `unknown_category`.
    """
    if reply.refusal is not None:
        raise Unusable("classifier_refused")
    answer = reply.parsed if isinstance(reply.parsed, dict) else last_object(reply.text)
    if answer is None or "category" not in answer:
        raise Unusable("unparseable")
    category = _named(answer["category"], categories)
    if category is None:
        raise Unusable("unknown_category")
    second = _named(answer.get("second"), categories)
    explanation = answer.get("explanation")
    return CategoryVote(
        model=model,
        category=category,
        confidence=_confidence(answer.get("confidence")),
        second=None if second == category else second,
        reason=explanation.strip() if isinstance(explanation, str) else "",
        key=reply.key,
    )


def _named(given: Any, categories: Sequence[Category]) -> str | None:  # noqa: ANN401 - JSON
    """The category of that name, title or place in the list, else None."""
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    if not isinstance(given, str):
        return None
    wanted = given.strip().strip("\"'`.").lower()
    number, _, rest = wanted.partition(".")  # "7. violent-crimes"
    for place, category in enumerate(categories, 1):
        names = (category.name, category.title.lower(), (category.short_title or "").lower())
        if wanted and wanted in names:
            return category.name
        if number == str(place) and rest.strip() in ("", *names):
            return category.name
    return NONE if wanted in ("none of these", "no category", "n/a") else None


def _confidence(given: Any) -> float:  # noqa: ANN401 - JSON
    """A number from 0 to 1, to two decimals; per cents and words are numbers too."""
    value = math.nan
    if isinstance(given, str):
        found = _NUMBER.match(given)
        value = _WORDS.get(given.strip().lower(), math.nan) if found is None else float(found[1])
        value = value / 100 if found is not None and found[2] else value
    elif isinstance(given, int | float) and not isinstance(given, bool):
        value = float(given)
    if 1 < value <= 100:
        value /= 100
    return round(value, 2) if 0 <= value <= 1 else _UNSTATED
