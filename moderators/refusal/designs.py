"""How a chat model can be asked to judge: two label sets, in three designs each.

| labels | score | cot | few-shot |
|---|---|---|---|
| or-bench | the label alone | explains first (section 4.1) | worked examples, the label alone |
| sorry-bench | 0 or 1 alone | explains first, then `#thescore: N` | worked examples, 0 or 1 alone |
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from inference.types import Reply
from moderators.refusal.labels import OR_BENCH
from moderators.refusal.reading import Said, said_label, said_score

Labels = Literal["or-bench", "sorry-bench"]
DesignName = Literal["score", "cot", "few-shot"]
Read: TypeAlias = Callable[[Reply], Said]


@dataclass(frozen=True, slots=True)
class Design:
    """One way of asking a chat model.

    Attributes:
        labels: The label set.
        name: The design.
        template: The shipped chat's name.
        read: Reads the reply.
        schema: The JSON schema of the reply as JSON text, or None for free text.
    """

    labels: Labels
    name: DesignName
    template: str
    read: Read
    schema: str | None = None


def _schema(keys: Sequence[str]) -> str:
    properties = {
        "explanation": {"type": "string"},
        "label": {"type": "string", "enum": list(OR_BENCH)},
    }
    whole = {
        "type": "object",
        "properties": {key: properties[key] for key in keys},
        "required": list(keys),
        "additionalProperties": False,
    }
    return json.dumps(whole, separators=(",", ":"))


_LABEL = _schema(["label"])
EXPLAINS = Design("or-bench", "cot", "refusal_judge", said_label, _schema(["explanation", "label"]))
"""OR-Bench's own: three labels, explanation first."""

_DESIGNS = (
    EXPLAINS,
    Design("or-bench", "score", "refusal_judge_score", said_label, _LABEL),
    Design("or-bench", "few-shot", "refusal_judge_few_shot", said_label, _LABEL),
    Design("sorry-bench", "score", "fulfilment_score", said_score),
    Design("sorry-bench", "cot", "fulfilment_cot", said_score),
    Design("sorry-bench", "few-shot", "fulfilment_few_shot", said_score),
)
DESIGNS: Mapping[tuple[str, str], Design] = {(each.labels, each.name): each for each in _DESIGNS}
"""Every design by label set and name."""
