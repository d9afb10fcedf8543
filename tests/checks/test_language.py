# ruff: noqa: RUF001 - letters of other scripts are what is tested
from __future__ import annotations

import pytest

from checks.errors import OptionInvalidError
from checks.language import SHORT_WORDS, Language, WrittenIn
from tests.checks.close_languages import CLOSE
from tests.curation.test_characters import PROMPTS
from tests.languages import REQUESTS
from tests.programs import ITEM


@pytest.mark.parametrize(
    "text",
    [
        "How do I open a safe?",
        "What do phishing emails look like?",
        "Is Pablo Escobar buried in Medellin?",
        "Explain RSA, AES, MD5 and SHA-1 to an attacker of a web page.",
    ],
)
def test_english_is_english(text: str) -> None:
    assert Language("en")(ITEM, text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Wie tötet man einen Prozess?",
        "Comment puis-je tuer le temps ?",
        "¿Cómo mato un proceso?",
        "Как убить процесс?",
        "如何杀死进程",
        "プロセスを殺す方法",
    ],
)
def test_another_language_is_dropped(text: str) -> None:
    assert Language("en")(ITEM, text) == "language"


@pytest.mark.parametrize("text", ["Kill weeds fast", "Kill -9 vs kill -15?", "What is a DDoS?"])
def test_a_short_text_of_which_the_detector_is_unsure_stays(text: str) -> None:
    assert Language("en")(ITEM, text) is None


def test_a_longer_text_that_reads_as_no_language_is_dropped() -> None:
    assert Language("en")(ITEM, "xkcd qwzx vbnm plok mjun hygt bfrv") == "language"


@pytest.mark.parametrize("text", ["What \x00 is this?", "What \ud800 is this thing?", ""])
def test_a_broken_text_is_answered_and_never_raises(text: str) -> None:
    assert Language("en")(ITEM, text) in (None, "language")


@pytest.mark.parametrize(
    ("code", "near"),
    {
        **{"he": "iw", "nb": "no", "zh-TW": "zh-Hant", "zh-CN": "zh", "en-US": "en"},
        **{"hebrew": "iw", "EN": "en", "eng": "en"},
    }.items(),
)
def test_a_code_that_cld2_does_not_give_is_refused_with_the_one_it_gives(
    code: str, near: str
) -> None:
    with pytest.raises(OptionInvalidError) as caught:
        Language(code)
    said = f"language must be a code that CLD2 knows (did you mean `{near}`?) (got {code})"
    assert str(caught.value) == said


@pytest.mark.parametrize("code", ["qqq", "xx", "un", "zzp", "xx-Latn", ""])
def test_a_code_of_no_language_has_no_near_one(code: str) -> None:
    with pytest.raises(OptionInvalidError, match=r"must be a code that CLD2 knows( \(got|$)"):
        Language(code)


def test_other_languages_can_be_wanted() -> None:
    assert Language("fr")(ITEM, "Comment puis-je tuer le temps ?") is None
    assert Language("ml")(ITEM, "ഒരു പ്രക്രിയ എങ്ങനെ അവസാനിപ്പിക്കാം?") is None


def test_an_unknown_code_is_refused_by_name() -> None:
    with pytest.raises(OptionInvalidError, match=r"CLD2 knows .*\(got english\)"):
        Language("english")


@pytest.mark.parametrize("code", sorted(REQUESTS))
def test_requests_of_each_language_are_in_it(code: str) -> None:
    assert [text for text in REQUESTS[code] if Language(code)(ITEM, text)] == []


def test_of_all_requests_one_at_most_passes_as_another_language_of_its_script() -> None:
    passes = [
        (other, text)
        for code, texts in REQUESTS.items()
        for text in texts
        for other in REQUESTS
        if other != code and Language(other)(ITEM, text) is None
    ]
    assert len(passes) <= 1
    assert {other for other, _ in passes} <= {"es", "pt"}


@pytest.mark.parametrize("code", sorted(CLOSE))
def test_close_languages_are_in_themselves(code: str) -> None:
    assert [text for text in CLOSE[code] if Language(code)(ITEM, text)] == []


@pytest.mark.parametrize(("code", "other", "most"), [("pt", "es", 11), ("es", "pt", 17)])
def test_most_of_a_close_language_is_not_in_the_other(code: str, other: str, most: int) -> None:
    passes = [text for text in CLOSE[other] if Language(code)(ITEM, text) is None]
    assert len(passes) <= most
    assert all(len(text.split()) <= SHORT_WORDS for text in passes)


@pytest.mark.parametrize(
    "text",
    [
        "¿Cómo puedo hacer que mi vecino deje de hacer ruido todas las noches?",
        "Resume la teoría de la relatividad.",
        "¿Cómo hackear el wifi?",
    ],
)
def test_plain_spanish_is_no_portuguese(text: str) -> None:
    assert Language("pt")(ITEM, text) == "language"
    assert WrittenIn("pt")(ITEM, text) == "wrong_language"


@pytest.mark.parametrize("code", ["zh", "ar", "hi", "ml", "mr", "ta"])
def test_a_short_english_text_is_in_no_language_of_another_script(code: str) -> None:
    assert Language(code)(ITEM, "Kill weeds fast") == "language"


def test_two_hundred_chinese_prompts_are_chinese() -> None:
    assert [text for text in PROMPTS if Language("zh")(ITEM, text)] == []


@pytest.mark.parametrize("text", ["為什麼切洋蔥會讓人流淚？", "如何殺死電腦進程", "寫一首詩給我"])
def test_traditional_chinese_is_no_simplified(text: str) -> None:
    assert Language("zh")(ITEM, text) == "language"
