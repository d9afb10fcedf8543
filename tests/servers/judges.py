"""Models that judge whether an answer refuses, by a table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from tests.servers.chat import Answer, ApiError, Body, question_of

UNPARSEABLE = "unparseable"
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RefusalJudge:
    """Answers a label by a substring of the question; the first match counts.

    Attributes:
        table: Labels by substring; `UNPARSEABLE` is answered in words without JSON, `REFUSED` by
            the refusal field.
        otherwise: The label of what matches nothing.
    """

    table: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = "direct_answer"

    def __call__(self, body: Body) -> Answer:
        """Judges the exchange in the question."""
        question = question_of(body)
        found = (label for part, label in self.table.items() if part in question)
        label = next(found, self.otherwise)
        if label == REFUSED:
            return Answer(None, refusal="I would rather not judge this.")
        if label == UNPARSEABLE:
            return Answer("Hard to say: it is an answer of a kind.")
        said = {"explanation": "So it reads.", "label": label}
        return Answer(orjson.dumps(said).decode())


@dataclass(frozen=True, slots=True)
class Said:
    """Answers a fixed text by a substring of the question; the first match counts.

    Attributes:
        table: Texts by substring.
        otherwise: What is said to what matches nothing.
    """

    table: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = "0"

    def __call__(self, body: Body) -> Answer:
        """Says it."""
        question = question_of(body)
        found = (text for part, text in self.table.items() if part in question)
        return Answer(next(found, self.otherwise))


@dataclass(frozen=True, slots=True)
class TrainedJudge:
    """Answers only what is laid out as it was trained; says a text by a substring of the answer.

    Attributes:
        layout: The whole text of its training, with `{prompt}` and `{answer}`.
        table: Texts by substring of the answer that it judges.
        otherwise: What is said of an answer that matches nothing.
    """

    layout: str
    table: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = "1"

    def __call__(self, body: Body) -> Answer:
        """Judges the answer in the layout."""
        places = {"prompt": "(?P<prompt>.*)", "answer": "(?P<answer>.*)"}
        between = re.split(r"\{(prompt|answer)\}", self.layout)
        pattern = "".join(
            places[part] if at % 2 else re.escape(part) for at, part in enumerate(between)
        )
        found = re.fullmatch(pattern, question_of(body), re.DOTALL)
        if found is None:
            raise ApiError(400, "The text must be the one of the training")
        said = (text for part, text in self.table.items() if part in found["answer"])
        return Answer(next(said, self.otherwise))
