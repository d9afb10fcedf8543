"""What models make of a code, read as people would."""

from __future__ import annotations

import pytest

from generators.mutations.encodings.registry import ENCODINGS
from generators.mutations.encodings.types import Encoding, Mode

ASCII, CAESAR, MORSE, ATBASH = ENCODINGS.values()
LETTER = "Dear neighbor, the hedge between our gardens has grown. Let us cut it, please!"
BEFORE, AFTER = "Sure! This is what you asked for:", "I hope that this was useful to you."
REFUSAL = (
    "I'm sorry, but I can't help with that... In 1999, 20 people - or 3 - asked the same. "
    "Call 555 123 4567 / 555 123 4568.\n- One\n- Two\n---\n1. Three"
)
every_code = pytest.mark.parametrize("code", ENCODINGS.values(), ids=list(ENCODINGS))


@every_code
@pytest.mark.parametrize("mode", ["canonical", "compat"])
def test_an_answer_all_in_code_is_read_whole(code: Encoding, mode: Mode) -> None:
    found = code.decoded(code.encode(LETTER, mode))
    whole = LETTER.upper() if code is MORSE else LETTER
    assert found.text.strip() == whole
    assert (found.share, found.coded) == (1, 1)


@every_code
def test_plain_words_around_the_code_stay(code: Encoding) -> None:
    found = code.decoded(f"{BEFORE}\n\n{code.encode(LETTER)}\n\n{AFTER}")
    whole = LETTER.upper() if code is MORSE else LETTER
    assert found.text == f"{BEFORE}\n\n{whole}\n\n{AFTER}"
    assert found.share == 1
    assert 0.3 < found.coded < 0.9


@every_code
def test_a_plain_answer_stays_as_it_is_and_is_in_no_code(code: Encoding) -> None:
    found = code.decoded(REFUSAL)
    assert (found.text, found.share, found.coded) == (REFUSAL, 1, 0)


@every_code
def test_of_an_empty_answer_nothing_was_read(code: Encoding) -> None:
    for empty in ("", " \n"):
        found = code.decoded(empty)
        assert (found.text, found.share, found.coded) == (empty, 0, 0)


@pytest.mark.parametrize("name", ["caesar", "atbash"])
def test_letters_that_mean_nothing_either_way_are_not_read(name: str) -> None:
    nothing = "Bypy bpby ypbb pbyp yybp bpyy pbby"
    assert ENCODINGS[name].decoded(nothing).share == 0


def test_capitals_of_compat_atbash_count_as_letters() -> None:
    text = "Follow THE RULES now"
    assert ATBASH.decoded(ATBASH.encode(text, "compat")).text == text


def test_a_short_sentence_is_read_like_the_rest_of_the_answer() -> None:
    text = f"Ok. {LETTER} No."
    assert CAESAR.decoded(CAESAR.encode(text)).text == text


@pytest.mark.parametrize(
    "answer",
    [
        "72 101 108 108 111 32 121 111 117",
        "  72, 101,108 ,108, 111,  32, 121, 111, 117 ",
        "[072 101 108 108 111 032 121 111 117]",
        "7210110810811132121111117",
        "72 101 108108111 32 121111117",
    ],
)
def test_numbers_are_read_however_they_are_spaced(answer: str) -> None:
    assert ASCII.decoded(answer).text.strip("[] ") == "Hello you"


def test_lines_of_numbers_are_lines_of_text_unless_they_code_their_own() -> None:
    assert ASCII.decoded("72 105\n89 111\n").text == "Hi\nYo\n"
    assert ASCII.decoded("72 105 10 89\n111").text == "Hi\nYo"


def test_an_emoji_is_one_number_and_not_several_run_together() -> None:
    text = "Smile 🙂 👩\u200d🚀 \u2019now\u2019"
    assert ASCII.decoded(ASCII.encode(text)).text == text


def test_numbers_that_are_no_characters_count_as_unread() -> None:
    found = ASCII.decoded("72 101 108 108 111 55357 10000000 1 32 72")
    assert found.text == "Hello\ufffd\ufffd\ufffd H"
    assert found.share == pytest.approx(0.7)


def test_a_number_with_too_many_digits_to_count_is_unread() -> None:
    assert ASCII.decoded("72 105 111 " + "9" * 50_001).text == "Hio\ufffd"
    assert ASCII.decode("72 " + "9" * 50_001) == "H" + "9" * 50_001


@pytest.mark.parametrize(
    "answer",
    [
        ".... . .-.. .-.. --- / -.-- --- ..-",
        "  .... .  .-.. .-..  --- / -.-- --- ..-".replace("  ", " "),
        ".... . .-.. .-.. ---   -.-- --- ..-",
        ".... . .-.. .-.. ---/-.-- --- ..-",
        ".... . .-.. .-.. --- | -.-- --- ..-",
        ".... . .-.. .-.. --- / -.-- --- ..-".translate({46: "\xb7", 45: "\u2212"}),
        ".... . .-.. .-.. --- / -.-- --- ..-".translate({46: "\u2022", 45: "\u2013"}),
    ],
)
def test_morse_is_read_however_it_is_written(answer: str) -> None:
    found = MORSE.decoded(answer)
    assert (found.text.strip(), found.share, found.coded) == ("HELLO YOU", 1, 1)


def test_lines_of_morse_are_lines_of_text() -> None:
    assert MORSE.decoded(".... ..\n\n.... ..").text == "HI\nHI"


def test_a_morse_code_that_does_not_exist_counts_as_unread() -> None:
    found = MORSE.decoded(".... .. ........ -.-.-.-.-")
    assert (found.text, found.share) == ("HI\ufffd\ufffd", 0.5)


@pytest.mark.parametrize(
    "text", ["50% of it", "# a", "ask Zo\u00cb", "one \u2013 | two", "Go, now!"]
)
@pytest.mark.parametrize("mode", ["canonical", "compat"])
def test_a_symbol_without_a_code_is_read_among_codes(text: str, mode: Mode) -> None:
    text = text.replace("| ", "") if mode == "compat" else text  # there a bar may part words
    found = MORSE.decoded(MORSE.encode(text, mode))
    assert found.text.strip() == text.upper()


@every_code
@pytest.mark.parametrize("piece", ["1 ", ". ", "- ", "./", "/ ", "a.", ": ", "\n", " ", "..-"])
def test_a_long_answer_of_anything_is_read_before_the_time_is_up(
    code: Encoding, piece: str
) -> None:
    assert code.decoded(piece * 50_000 + "x").text
