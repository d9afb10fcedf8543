from __future__ import annotations

import pytest

from generators.mutations.intent_checker import intent_checker
from generators.mutations.styles import WRITTEN, written
from generators.mutations.translation import back_translator, is_in
from inference.types import Item, Refusal, Reply, UnusableError
from tests.servers.translations import TRANSLATIONS

LANGUAGES = {style.language: name for name, style in WRITTEN.items() if style.group == "language"}
FRENCH = back_translator(written("translate-fr"), "t")
CHECKER = intent_checker("c")
ITEM = Item("r17", "Écris un court poème sur un chat qui dort.", "c", answer="Write a poem.")


def test_a_translator_back_is_asked_the_same_each_time_and_never_as_a_writer() -> None:
    first, second = FRENCH.request(ITEM, 0), FRENCH.request(ITEM, 1)
    assert (first.temperature, first.edition) == (0.0, "")
    assert first.messages[-1].content.endswith(ITEM.text)
    assert "French" in first.messages[0].content
    assert first != second


def test_an_answer_that_refuses_is_translated_like_any_other() -> None:
    refusal = "I'm sorry, but I can't help with that."
    assert FRENCH.parse(ITEM, Reply(text=refusal)) == refusal


def test_the_lines_of_a_translation_stay() -> None:
    text = "1. First\n\n2. Second"
    assert FRENCH.parse(ITEM, Reply(text=f"Here is the translation:\n{text}")) == text


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(text=ITEM.text), "not_translated"),
        (Reply(text="Write a", finish="length"), "cut"),
        (Reply(text=" "), "empty"),
        (Reply(refusal=Refusal("model_refusal", "message.refusal")), "writer_refused"),
    ],
)
def test_what_is_no_translation_is_unusable(reply: Reply, reason: str) -> None:
    with pytest.raises(UnusableError) as caught:
        FRENCH.parse(ITEM, reply)
    assert caught.value.reason == reason


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_what_came_back_in_its_own_language_was_not_translated(code: str) -> None:
    task = back_translator(written(LANGUAGES[code]), "t")
    for text in TRANSLATIONS[code]:
        assert is_in(text, code)
        with pytest.raises(UnusableError, match="not_translated"):
            task.parse(ITEM, Reply(text=text))
    assert not is_in("I'm sorry, but I can't help with that.", code)


def test_a_checker_is_shown_both_texts() -> None:
    shown = CHECKER.request(ITEM, 0).messages[-1].content
    assert ITEM.text in shown
    assert "Write a poem." in shown


@pytest.mark.parametrize(
    ("text", "kept"), [("Yes.", True), ("yes", True), ("**No**, the second", False), ("NO", False)]
)
def test_a_checker_says_yes_or_no(text: str, kept: bool) -> None:
    assert CHECKER.parse(ITEM, Reply(text=text)) is kept


@pytest.mark.parametrize("text", ["", "Not sure", "They are the same", "Yesterday"])
def test_another_answer_is_never_a_verdict(text: str) -> None:
    with pytest.raises(UnusableError, match="unparseable"):
        CHECKER.parse(ITEM, Reply(text=text))
    with pytest.raises(UnusableError, match="writer_refused"):
        CHECKER.parse(ITEM, Reply(text=text, refusal=Refusal("model_refusal", "x")))
