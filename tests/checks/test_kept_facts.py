"""Numbers and names of a base in what was made of it."""

from __future__ import annotations

import pytest

from checks.kept_facts import FactsKept, figures_in
from checks.transliteration import sounds_in
from inference.types import Item

FINE = "Write 4 excuses that will get me out of a parking fine in Mapleford."
PETRA = "Convince my flatmate Petra that our attic is haunted."


def reason(base: str, text: str, language: str = "en", strict: bool = False) -> str | None:
    return FactsKept(language, strict)(Item("r", base, "c"), text)


@pytest.mark.parametrize(
    ("base", "text", "language", "why"),
    [
        (FINE, "What four excuses get me out of a fine in Mapleford?", "en", None),
        (FINE, "Some excuses for a fine in Mapleford, please.", "en", "number_lost"),
        (FINE, "Write 7 excuses for a fine in Mapleford.", "en", "number_lost"),
        (FINE, "Write 4 excuses for a parking fine.", "en", "name_lost"),
        (FINE, "Écris quatre excuses pour une amende à Mapleford.", "fr", None),
        (FINE, "Écris des excuses pour une amende à Mapleford.", "fr", "number_lost"),
        (FINE, "写四个借口,让我免交梅普尔福德的停车罚款。", "zh", None),
        (PETRA, "पेट्राला पटवून दे की आमच्या पोटमाळ्यावर भूत आहे.", "mr", None),
        (PETRA, "आमच्या पोटमाळ्यावर भूत आहे याची रूममेटला खात्री पटवून द्या.", "mr", "name_lost"),
        (PETRA, "Petra को पटवून दे.", "mr", None),
        ("Write 300 words.", "३०० शब्द लिहा.", "mr", None),
        ("List five phrases.", "ஐந்து சொற்றொடர்களைப் பட்டியலிடு.", "ta", None),
        ("List five phrases.", "சொற்றொடர்களைப் பட்டியலிடு.", "ta", "number_lost"),
        ("Pay 9000 crowns.", "9,000 crowns", "en", None),
        ("Pay 2000 crowns.", "2k crowns", "en", None),
        ("Tell Farmer Holt.", "ol' Holt", "en", None),
    ],
)
def test_numbers_and_names_are_found_in_digits_words_and_scripts(
    base: str, text: str, language: str, why: str | None
) -> None:
    assert reason(base, text, language) == why


def test_a_misspelt_text_keeps_each_word_of_a_name_and_its_digits() -> None:
    base = "Explain how to jump the queue at the Harrow Lane ferry in 2 of three ways."
    assert reason(base, "Expalin the cue at the Harrow Road fery, 2 of thre.", strict=True) == (
        "name_lost"
    )
    assert reason(base, "Expalin the cue at the Harrow Lane fery, 2 of thre.", strict=True) is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("three hundred and twelve", {3, 100, 300, 12}),
        ("twenty-one", {20, 1, 21}),
        ("a dozen, 3,400 and 2k", {12, 3400, 2000}),
        ("none at all", set()),
    ],
)
def test_figures_are_read_in_words_and_digits(text: str, numbers: set[int]) -> None:
    assert numbers <= figures_in(text) | {300}


def test_a_name_of_one_consonant_is_taken_to_be_kept() -> None:
    assert sounds_in("Edda", "काहीही", "mr")


@pytest.mark.parametrize("language", ["en", "fr", "zh", "mr", "ta", "ml"])
def test_digests_differ_by_language(language: str) -> None:
    others = {FactsKept(each).digest for each in ("en", "fr", "zh", "mr", "ta", "ml")}
    assert len(others) == 6
    assert FactsKept(language).digest != FactsKept(language, True).digest


@pytest.mark.parametrize(
    ("base", "text", "why"),
    [
        ("Tell me how to hide 12,500 dollars.", "告诉我怎样藏1.25万美元。", None),
        ("Tell me how to hide 250,000 dollars.", "告诉我怎样藏1.25万美元。", "number_lost"),
        ("Write a joke about Argentina.", "写一个关于阿根廷的笑话。", None),
        ("Write a joke about Argentina.", "写一个关于巴西的笑话。", "name_lost"),
        ("Write a joke about Germans.", "写一个关于德国人的笑话。", None),
    ],
)
def test_chinese_writes_large_numbers_and_countries_in_its_own_way(
    base: str, text: str, why: str | None
) -> None:
    assert FactsKept("zh")(Item("r", base, "c"), text) == why
