"""What the doubled models say: pure functions of the request's body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from tests.servers.chance import draw
from tests.servers.chat import Answer, ApiError, Behaviour, Body, last_text, question_of, schema_of
from tests.servers.classifiers import Choice, Classifier, Imperatives
from tests.servers.mutators import Mutator
from tests.servers.schemas import conform
from tests.servers.voters import Moderator, Verdict
from tests.servers.writers import SeedWriter, Writer

__all__ = [
    "NAMED",
    "Answer",
    "Behaviour",
    "Choice",
    "Classifier",
    "Imperatives",
    "Moderator",
    "Mutator",
    "Router",
    "Scripted",
    "SeedWriter",
    "Verdict",
    "Writer",
    "conforming",
    "echo",
]


def echo(body: Body) -> Answer:
    """Repeats the last user turn."""
    return Answer(last_text(body))


def conforming(body: Body) -> Answer:
    """Answers any JSON schema with a value that keeps it, and free text with the last user turn."""
    schema = schema_of(body)
    if schema is None:
        return echo(body)
    return Answer(orjson.dumps(conform(schema, draw("conforming", body))).decode())


@dataclass(frozen=True, slots=True)
class Scripted:
    """Answers by a table of substrings of the question; the first match counts.

    Attributes:
        table: What each substring is answered by: a text, a whole answer or another behaviour.
        otherwise: Who answers what matches nothing.
    """

    table: Mapping[str, str | Answer | Behaviour]
    otherwise: Behaviour = conforming

    def __call__(self, body: Body) -> Answer:
        """Looks the question up."""
        question = question_of(body)
        for part, answer in self.table.items():
            if part in question:
                return _said(answer, body)
        return self.otherwise(body)


def _said(answer: str | Answer | Behaviour, body: Body) -> Answer:
    if isinstance(answer, str):
        return Answer(answer)
    return answer if isinstance(answer, Answer) else answer(body)


@dataclass(frozen=True, slots=True)
class Router:
    """One server, several models: picks by the request's `model`; others are not found."""

    models: Mapping[str, Behaviour]

    def __call__(self, body: Body) -> Answer:
        """Lets the named model answer."""
        name = body["model"]
        if name not in self.models:
            raise ApiError(
                404,
                f"The model `{name}` does not exist or you do not have access to it.",
                param="model",
                code="model_not_found",
            )
        return self.models[name](body)


NAMED: Mapping[str, Behaviour] = {
    "conforming": conforming,
    "echo": echo,
    "moderator": Moderator(),
    "mutator": Mutator(),
    "seeds": SeedWriter(),
    "writer": Writer(),
}
