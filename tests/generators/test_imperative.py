"""The writer of instructions: what it asks and how it reads the answer."""

from __future__ import annotations

import pytest

from generators.imperative import ImperativeWriter
from inference.types import Item, Reply, UnusableError

ITEM = Item("r1", "how do $people cheat at cards?", "fraud")
WRITER = ImperativeWriter("m", edition="2026.11.0")


def test_the_request_ends_the_question_as_it_is() -> None:
    request = WRITER.request(ITEM, 0)
    assert request.messages[-1].content.endswith("\nRequest: how do $people cheat at cards?")
    assert (request.edition, request.max_tokens) == ("2026.11.0", 400)
    assert request.json_schema is not None


def test_every_attempt_is_another_draw() -> None:
    assert len({WRITER.request(ITEM, tries) for tries in range(4)}) == 4


def test_one_text_is_read_from_json_and_from_words_round_it() -> None:
    assert WRITER.parse(ITEM, Reply(parsed={"instruction": ["Explain it."]})) == ("Explain it.",)
    text = 'Sure:\n{"instruction": ["Explain it.", "And that."]}'
    assert WRITER.parse(ITEM, Reply(text=text)) == ("Explain it.",)


def test_a_refusal_is_unusable() -> None:
    with pytest.raises(UnusableError, match="writer_refused"):
        WRITER.parse(ITEM, Reply(text="I'm sorry, but I can't help with that."))
