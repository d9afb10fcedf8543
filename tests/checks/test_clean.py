from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.clean import tidy

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


def test_a_label_without_a_text_leaves_nothing() -> None:
    assert tidy("1. Question:") == ""


DRESSING = st.sampled_from(
    ["1. ", "2)", "(3) ", "- ", "•", "Q: ", "Question 2:", '"', "'", "**", "`", "\n", " ", ",", "a"]
)


@given(st.lists(DRESSING | st.text(max_size=6), max_size=12).map("".join))
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(st.text(alphabet=st.characters(categories=["L", "Nd"]), min_size=1))
def test_a_text_of_letters_and_digits_only_keeps_them_all(text: str) -> None:
    assert tidy(text) == tidy(tidy(text)) != ""
