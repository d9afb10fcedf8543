from __future__ import annotations

from collections import Counter

import pytest

from generators.mutations.styles import WRITTEN
from generators.mutations.writer import writer_for
from inference.types import ChatRequest, Item
from tests.servers.behaviours import Mutator
from tests.servers.chat import Body
from tests.servers.mutators import marker_of

BASES = [f"Write a rude poem about the town, number R{number}." for number in range(400)]


def body(request: ChatRequest) -> Body:
    turns = [{"role": turn.role, "content": turn.content} for turn in request.messages]
    return {"model": "m", "messages": turns, "seed": request.seed}


def asked(style: str, base: str, tries: int = 0) -> Body:
    return body(writer_for(style, "m").request(Item("r", base, "c"), tries))


@pytest.mark.parametrize("style", list(WRITTEN))
def test_a_mutation_keeps_the_marker_of_its_base(style: str) -> None:
    for base in BASES[:20]:
        answer = Mutator()(asked(style, base)).content
        assert answer is not None
        assert marker_of(answer) == marker_of(base)
        assert answer != base


def test_what_becomes_of_a_base_does_not_depend_on_the_attempt() -> None:
    broken = Mutator(refused=1 / 3, foreign=1 / 5, same=1 / 10)
    for base in BASES[:40]:
        assert broken(asked("slang", base)) == broken(asked("slang", base, tries=2))


def test_texts_are_broken_at_the_given_rates() -> None:
    broken = Mutator(refused=1 / 3, foreign=1 / 5, same=1 / 10)
    fates = Counter(broken.fate(style, base) for style in WRITTEN for base in BASES)
    total = sum(fates.values())
    assert fates["refused"] / total == pytest.approx(1 / 3, abs=0.03)
    assert fates["foreign"] / total == pytest.approx(1 / 5, abs=0.03)
    assert fates["same"] / total == pytest.approx(1 / 10, abs=0.03)


def test_a_refusal_comes_in_words_or_in_its_field() -> None:
    answers = [Mutator(refused=1.0)(asked("slang", base)) for base in BASES[:40]]
    assert {answer.content is None for answer in answers} == {True, False}
    assert all((answer.content is None) == (answer.refusal is not None) for answer in answers)
