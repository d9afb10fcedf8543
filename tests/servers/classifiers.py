"""A model that sorts requests into categories, and one that rewords them; both by rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from tests.servers.chance import share
from tests.servers.chat import Answer, Body, question_of

_BETWEEN = re.compile(r"^={5,}\n(.*)\n={5,}$", re.MULTILINE | re.DOTALL)
_REQUEST = re.compile(r"^Request: (.*)\Z", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a classifier says of a request.

    Attributes:
        category: The category.
        confidence: How sure it is.
        second: Its second choice, "" for none.
    """

    category: str
    confidence: float = 0.9
    second: str = ""


@dataclass(frozen=True, slots=True)
class Classifier:
    """Sorts the request in the question by the first substring that it holds.

    Attributes:
        table: Choices by a substring of the request.
        otherwise: The choice for all others.
        unparseable: Share of requests that it has no words for, however often it is asked.
        bare: Whether it ignores the schema: fenced JSON after some words, confidence in per cent.
    """

    table: Mapping[str, Choice] = field(default_factory=dict)
    otherwise: Choice = Choice("none", 0.7)
    unparseable: float = 0.0
    bare: bool = False

    def __call__(self, body: Body) -> Answer:
        """Gives its choice."""
        request = request_in(question_of(body))
        if share("unparseable", body["model"], request) < self.unparseable:
            return Answer("Hard to say.")
        choice = next(
            (choice for part, choice in self.table.items() if part in request), self.otherwise
        )
        said = {
            "explanation": "Its purpose fits best there.",
            "category": choice.category,
            "confidence": f"{choice.confidence:.0%}" if self.bare else choice.confidence,
            "second": choice.second,
        }
        text = orjson.dumps(said).decode()
        return Answer(f"Let me see.\n```json\n{text}\n```" if self.bare else text)


@dataclass(frozen=True, slots=True)
class Imperatives:
    """Rewords a request as an instruction, or fails at it as the table says.

    Attributes:
        table: Answers by a substring of the request, in place of the rule.
    """

    table: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, body: Body) -> Answer:
        """One wording in the list that is asked for."""
        request = _REQUEST.findall(question_of(body))[-1]
        said = next(
            (answer for part, answer in self.table.items() if part in request),
            f"Explain this: {request.rstrip('?')}.",
        )
        return Answer(orjson.dumps({"instruction": [said]}).decode())


def request_in(question: str) -> str:
    """The request between two lines of equals signs, else the whole question."""
    found = _BETWEEN.search(question)
    return found[1] if found else question
