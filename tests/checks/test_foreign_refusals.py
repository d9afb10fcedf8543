# ruff: noqa: RUF001 - letters of other scripts are what is tested
from __future__ import annotations

import unicodedata

import pytest

from checks.foreign_refusals import OTHER, languages_of, opens_with_refusal, refuses
from checks.language_table import ENGLISH, tongues
from checks.refusal_phrases import RefusedAbroad
from tests.languages import ANSWERS, REFUSALS, REQUESTS, UNKNOWN
from tests.programs import ITEM

CODES = sorted(set(tongues()) - {ENGLISH})


def test_every_language_but_english_has_phrases_in_a_fair_number() -> None:
    for code in CODES:
        said = tongues()[code].refusals
        assert said is not None
        phrases = (*said.openings, *said.machine, *said.phrases)
        assert len(set(phrases)) == len(phrases) >= 29, code
        assert said.cannot and said.joins and said.machine


@pytest.mark.parametrize("code", CODES)
def test_a_refusal_is_one_in_its_language(code: str) -> None:
    for text in REFUSALS[code]:
        assert refuses(text, code), text
        assert code in languages_of(text), text


@pytest.mark.parametrize("code", CODES)
def test_an_answer_is_none_though_it_is_sorry(code: str) -> None:
    for text in (*ANSWERS[code], *REQUESTS[code]):
        assert not refuses(text, code), text


@pytest.mark.parametrize("code", CODES)
def test_no_request_is_taken_for_a_writers_refusal(code: str) -> None:
    assert not any(opens_with_refusal(text, code) for text in REQUESTS[code])


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Tut mir leid zu hören, dass du krank bist, wie geht es dir?"),
        ("es", "Lo siento por mi vecino, ¿cómo le digo que su perro murió?"),
        ("fr", "Je suis désolé pour mon voisin, comment lui dire que son chien est mort ?"),
        ("pt", "Sinto muito pelo meu vizinho, como lhe digo que o cão dele morreu?"),
        ("hi", "मुझे खेद है कि तुम बीमार हो, कैसे हो?"),
        ("ar", "آسف لأنك مريض، كيف حالك؟"),
        ("zh", "很抱歉听说你病了，你好吗？"),
        ("ml", "ക്ഷമിക്കണം, എന്റെ അയൽക്കാരനോട് ഇത് എങ്ങനെ പറയും?"),
        ("mr", "मला खेद आहे की तू आजारी आहेस, कसा आहेस?"),
        ("ta", "மன்னிக்கவும், என் அண்டை வீட்டாரிடம் இதை எப்படிச் சொல்வது?"),
    ],
)
def test_a_request_may_open_with_sympathy(code: str, text: str) -> None:
    assert not opens_with_refusal(text, code)
    assert not refuses(text, code)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Das geht leider nicht."),
        ("de", "Ich werde so etwas nicht schreiben."),
        ("de", "Leider kann ich das nicht tun."),
        ("de", "Tut mir leid. Ich kann diesen Text nicht umformulieren."),
        ("es", "Me temo que no puedo ayudar con esto."),
        ("es", "No escribiré algo así."),
        ("fr", "Je crains de ne pas pouvoir vous aider."),
        ("pt", "Receio não poder ajudar com isso."),
        ("zh", "恐怕我不能帮你写这个。"),
    ],
)
def test_a_no_without_a_sorry_is_a_refusal_too(code: str, text: str) -> None:
    assert opens_with_refusal(text, code)
    assert refuses(text, code)


@pytest.mark.parametrize(("code", "text"), [("de", "Es tut mir leid."), ("zh", "很抱歉！")])
def test_a_sorry_that_is_all_is_a_writers_refusal(code: str, text: str) -> None:
    assert opens_with_refusal(text, code)
    assert not refuses(text, code)


@pytest.mark.parametrize("code", CODES)
def test_most_refusals_are_a_writers_too(code: str) -> None:
    found = [RefusedAbroad(code)(ITEM, text) for text in REFUSALS[code]]
    assert found.count("writer_refused") >= 3


@pytest.mark.parametrize(
    "text",
    [
        "“很抱歉，我无法协助。”",
        "**很抱歉**，我无法协助。",
        "很抱歉,我 无法 协助.",
        "很 抱 歉 ， 我 无 法 协 助",
    ],
)
def test_marks_width_and_spaces_change_nothing(text: str) -> None:
    assert refuses(text, "zh")
    assert opens_with_refusal(text, "zh")


def test_accents_may_be_composed_or_not() -> None:
    text = "Je suis désolé, je ne peux pas vous aider."
    assert refuses(unicodedata.normalize("NFD", text), "fr")
    assert refuses(text.upper(), "fr")


def test_a_phrase_is_one_at_the_start_of_a_clause_alone() -> None:
    assert refuses("Entiendo, pero no puedo ayudarte.", "es")
    assert not refuses("Dile a tu jefe «hoy no puedo ayudar» y sonríe.", "es")
    assert not refuses("Uno. Dos. Tres. No puedo ayudarte.", "es")


@pytest.mark.parametrize("text", UNKNOWN)
def test_a_language_without_phrases_is_none_of_ours(text: str) -> None:
    assert languages_of(text) == (OTHER,)


def test_a_short_text_may_be_in_any_language_of_its_script() -> None:
    assert languages_of("No.") == ("en", "de", "es", "fr", "pt")
    assert languages_of("12 + 3 = ?") == ()


@pytest.mark.parametrize(
    "text", ["", "\x00", "\ud800", "…", "\u202e", "很" * 50_000, "lo siento " * 20_000]
)
@pytest.mark.parametrize("code", ["zh", "es", "en", "xx"])
def test_any_text_is_read(text: str, code: str) -> None:
    if code != "xx":
        refuses(text, code)
        opens_with_refusal(text, code)
    languages_of(text)
