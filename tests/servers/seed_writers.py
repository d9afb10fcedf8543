"""Models that write seeds and differ in what they make of the cell that they are asked about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from tests.servers import sentences
from tests.servers.chance import draw
from tests.servers.chat import Answer, Body, question_of, schema_of

_PARTS = ("Subject", "Who asks", "Where", "Form")
_LINE = re.compile(r"^- (.+)$", re.MULTILINE)
_WRITTEN = "Written already"


@dataclass(frozen=True, slots=True)
class SameSeeds:
    """Gives the same seeds whatever it is asked.

    Attributes:
        number: How many there are.
    """

    number: int = 50

    def __call__(self, body: Body) -> Answer:
        """All of them; as many as the schema allows."""
        texts = [
            sentences.seed("harassment", draw("same", n)) + f" {n}" for n in range(self.number)
        ]
        return _answer(body, texts)


@dataclass(frozen=True, slots=True)
class CellFollower:
    """Writes seeds about the cell that it is asked about: no two cells have one in common.

    Attributes:
        by: Which parts of the cell it heeds; of cells that share these it writes the same.
    """

    by: tuple[str, ...] = _PARTS

    def __call__(self, body: Body) -> Answer:
        """As many as are wanted."""
        asked = question_of(body)
        cell = [part_of(asked, name) for name in self.by]
        rng = draw("cell", *cell)
        about = ", ".join(cell)
        texts = [f"Help me with {about}, in way {n}, {rng.random():.6f}." for n in range(1000)]
        return _answer(body, texts)


def part_of(question: str, name: str) -> str:
    """What a call for seeds says after the name of a part of its cell; "" where it says nothing."""
    found = re.search(rf"^{name}: (.+)$", question, re.MULTILINE)
    return found[1] if found else ""


def written_in(question: str) -> list[str]:
    """The seeds that a call shows as written already."""
    return _LINE.findall(question.partition(_WRITTEN)[2])


def _answer(body: Body, texts: Sequence[str]) -> Answer:
    schema = schema_of(body) or {}
    wanted = schema["properties"]["seeds"]["maxItems"]
    return Answer(orjson.dumps({"seeds": texts[:wanted]}).decode())
