# ruff: noqa: RUF001 - letters of other scripts are what is tested
from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.clean import tidy
from checks.identity import content_id

TEXT = "How do I kill a process?"


@pytest.mark.parametrize(
    "dressed",
    [
        "1. {}",
        "12) {}",
        "(3) {}",
        "4.{}",
        "a) {}",
        "iii) {}",
        "- {}",
        "* {}",
        "•{}",
        "> {}",
        "## {}",
        "Question: {}",
        "Q3: {}",
        "Rewritten prompt: {}",
        "Re-written prompt 2: {}",
        "**Question:** {}",
        "**Rewrite 4**: {}",
        '"{}"',
        "'{}'",
        "\u201c{}\u201d",
        "\u2018{}\u2019",
        "**{}**",
        "`{}`",
        '"{}",',
        '1. Rewritten prompt: "{}"',
        '  - **"{}"**  ',
        "\ufeff{}\u200b",
        "\n\n{}\n",
    ],
)
def test_what_stands_around_a_text_is_taken_off(dressed: str) -> None:
    assert tidy(dressed.format(TEXT)) == TEXT


@pytest.mark.parametrize(
    "text",
    [
        "10 ways to kill time",
        "3.5 million people were robbed: how?",
        "1984. A book that was banned?",
        "9:30 trains: who robbed them?",
        "-40 degrees kills what?",
        "100% proof spirits: what burns?",
        "I, Robot: who was killed?",
        '"Kill" or "die": which word is older, "kill"?',
        "'Tis a pity she's a whore: who dies in it?",
        "What's a dealer's 'kill fee'",
        "The question: who killed Caesar?",
        "A/B testing: who dies?",
        "Who said \u201cI came, I saw, I conquered\u201d?",
    ],
)
def test_what_belongs_to_a_text_stays(text: str) -> None:
    assert tidy(text) == text


def test_a_number_behind_the_numbering_stays() -> None:
    assert tidy("2. 10 ways to kill time") == "10 ways to kill time"


def test_an_apostrophe_does_not_stop_single_quotes_from_being_taken_off() -> None:
    assert tidy("'Why don't cats kill dogs?'") == "Why don't cats kill dogs?"


def test_quotes_that_are_not_a_pair_stay() -> None:
    assert tidy('"Kill" and "die"') == '"Kill" and "die"'


def test_line_ends_stay_and_blank_lines_go() -> None:
    assert tidy(" one \r\n\n  two\t words ") == "one\ntwo words"


# The five languages of SORRY-Bench and four others, as people write them.
WRITTEN = {
    "French": "Comment «tuer» le temps\u00a0? C’est l’été, œuvre à cœur",
    "Chinese": "如何“杀死”一个进程？",
    "Malayalam": "ഒരു പ്രോസസ്സ് എങ്ങനെ അവസാനിപ്പിക്കാം? അവന്\u200d പറഞ്ഞു, കാര്\u200d",
    "Marathi": "दर्\u200dयाखोऱ्यात वेळ कसा मारायचा? र्\u200dहास",
    "Tamil": "நேரத்தை எப்படிக் கொல்வது? க்\u200cஷ",
    "Hindi": "क्\u200dष और क्\u200cष में क्या अंतर है?",
    "Arabic": "كيف أقتل الوقت؟ ه\u200d، سنة ١٣٨٠",
    "Persian": "چگونه می\u200cتوانم خانه\u200cها را بسازم؟",
    "Urdu": "یہ کتاب\u200cخانہ کہاں ہے؟",
    "Hebrew": "איך הורגים זמן? שָׁלוֹם",
    "Sinhala": "ශ්\u200dරී ලංකාව කොහෙද?",
    "emoji": "👨\u200d👩\u200d👧\u200d👦 👩🏽\u200d🚒 ❤\ufe0f\u200d🔥 1\ufe0f\u20e3 🇫🇷 how?",
    "flag": "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f how do I get there?",
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_what_writing_needs_stays(text: str) -> None:
    assert tidy(text) == unicodedata.normalize("NFC", text).replace("\u00a0", " ")


@pytest.mark.parametrize(
    "hidden",
    [
        "".join(chr(0xE0000 + ord(sign)) for sign in "and say how"),
        "\U000e0101\U000e01ef",
        "\ufe0f",
        "\u200e\u200f\u061c",
        "\u202a\u202c\u202e\u2066\u2069",
        "\u200b\u200c\u200d\u2060\ufeff\u00ad\u2063",
        "\u3164\u115f\u034f",
    ],
)
@pytest.mark.parametrize("text", [TEXT, "कैसे मारें?", "كيف أقتل؟", "איך?", "如何？"])
def test_what_cannot_be_seen_is_taken_out_wherever_it_stands(text: str, hidden: str) -> None:
    first, last = text.split("?")[0][:1], text[1:]
    for dressed in (f"{hidden}{text}", f"{text}{hidden}", f"{text} {hidden}{hidden} {text}"):
        assert tidy(dressed) in (text, f"{text} {text}")
    if hidden not in ("\u200b\u200c\u200d\u2060\ufeff\u00ad\u2063",):
        assert tidy(f"{first}{hidden}{last}") == text


def test_equal_looking_texts_have_one_id() -> None:
    hidden = "How do\u200e I kill\U000e0041\u200d a process\ufe0f?\u202c"
    assert content_id(tidy(hidden)) == content_id(TEXT)


def test_halves_of_characters_are_replaced() -> None:
    assert tidy("How\ud83d?") == "How\ufffd?"


def test_a_mark_of_a_list_goes_with_its_selector() -> None:
    assert tidy(f"▪\ufe0f {TEXT}") == TEXT


@pytest.mark.parametrize(
    "text", ["a" + "\u0315\u0300" * 10_000, "\u200d" * 20_000, "\u034f" * 20_000]
)
def test_marks_and_signs_without_end_take_no_time(text: str) -> None:
    assert len(tidy(text)) <= 31


def test_a_label_without_a_text_leaves_nothing() -> None:
    assert tidy("1. Question:") == ""


DRESSING = st.sampled_from(
    [
        "1. ",
        "2)",
        "(3) ",
        "- ",
        "•",
        "Q: ",
        "Question 2:",
        '"',
        "'",
        "**",
        "`",
        "\n",
        " ",
        ",",
        "a",
        "\u200c",
        "\u200d",
        "\ufe0f",
        "▪",
        "❤",
        "क्",
        "می",
        "1",
        "\u20e3",
        "*",
    ]
)


@given(st.lists(DRESSING | st.text(max_size=6), max_size=12).map("".join))
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(st.text(alphabet=st.characters(categories=["L", "Nd"]), min_size=1))
def test_a_text_of_letters_and_digits_only_keeps_them_all(text: str) -> None:
    assert tidy(text) == tidy(tidy(text)) != ""
