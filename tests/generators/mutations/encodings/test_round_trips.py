"""What holds of all four encodings, over all of Unicode."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generators.errors import NotEncodableError
from generators.mutations.encodings.registry import ENCODINGS, FEWEST_CODED, EncodedStyle
from generators.mutations.encodings.types import Encoding, Mode

AWKWARD = (
    "",
    " ",
    "\n",
    " \n\n  ",
    "Hi, Bo!\nAre you (really) there?\r\n\tYes / no - maybe... \"so\" & 'so': a_b; 3+4=7 @ $5\n",
    "A\x00b\x1b\x7f",
    "two\u0085lines\u2028and\u2029more",
    "smile 🙂 👩\u200d🚀 now",
    "\u202eright to left\u202c \u05e9\u05dc\u05d5\u05dd\u200f",
    "Straße, Éclair, ﬁn, İI",
    "\x81\x85\x9a ª µ º À Û Ü ÿ Ω",
    "\u2014 \u2013 · • \u2212 \ufffd \ufeff",
)
TEXTS = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(),
    st.text(alphabet=" \n/.-,aZ0é🙂\u0085"),
)
MODES = st.sampled_from(get_args(Mode))
ANY = st.sampled_from(list(ENCODINGS.values()))


@given(code=ANY, text=TEXTS, mode=MODES)
def test_what_a_code_carries_comes_back_to_the_letter(
    code: Encoding, text: str, mode: Mode
) -> None:
    carried = code.carries(text, mode)
    if carried is not None:
        assert code.decode(code.encode(text, mode), mode) == carried


@pytest.mark.parametrize("name", ["ascii", "caesar", "atbash"])
@given(text=TEXTS)
def test_canonical_carries_every_text_as_it_is(name: str, text: str) -> None:
    assert ENCODINGS[name].carries(text) == text


@given(text=TEXTS, mode=MODES)
def test_morse_carries_every_text_but_for_its_case(text: str, mode: Mode) -> None:
    assert ENCODINGS["morse"].carries(text, mode) == text.upper()


@given(text=TEXTS)
def test_a_text_that_compat_atbash_gives_up_comes_back_as_another(text: str) -> None:
    atbash = ENCODINGS["atbash"]
    if atbash.carries(text, "compat") is None:
        assert atbash.decode(atbash.encode(text, "compat"), "compat") != text


@given(code=ANY, text=TEXTS, mode=MODES)
def test_what_is_in_code_survives_json_and_utf8(code: Encoding, text: str, mode: Mode) -> None:
    coded = code.encode(text, mode)
    assert json.loads(json.dumps(coded)) == coded
    assert coded.encode().decode() == coded


@pytest.mark.parametrize("code", ENCODINGS.values(), ids=str)
@pytest.mark.parametrize("mode", get_args(Mode))
def test_half_of_a_surrogate_pair_is_refused_by_its_rule(code: Encoding, mode: Mode) -> None:
    with pytest.raises(
        NotEncodableError, match=r"no half of a surrogate pair \(got U\+D83D at cha"
    ) as e:
        code.encode("secret \ud83d", mode)
    assert "secret" not in str(e.value)
    assert code.carries("secret \ud83d", mode) is None


@given(code=ANY, text=st.text(alphabet=st.characters(exclude_categories=())), mode=MODES)
@example(code=ENCODINGS["ascii"], text="55357 56842 1114112", mode="canonical")
def test_whatever_a_model_answers_is_read_and_can_be_written(
    code: Encoding, text: str, mode: Mode
) -> None:
    found = code.decoded(text)
    found.text.encode()
    assert 0 <= found.coded <= 1
    assert 0 <= found.share <= 1 + 1e-9


@pytest.mark.parametrize("name", ["caesar", "atbash"])
@given(text=st.text(alphabet=st.sampled_from(" \n\r\t.!?:7é\x85\u2028🙂")))
def test_a_text_without_letters_is_read_as_it_is(name: str, text: str) -> None:
    assert ENCODINGS[name].decoded(text).text == text


def test_a_code_never_makes_half_of_a_surrogate_pair() -> None:
    assert ENCODINGS["ascii"].decode("55357 72") == "\ufffdH"


@given(text=TEXTS)
def test_atbash_twice_is_the_text(text: str) -> None:
    atbash = ENCODINGS["atbash"]
    assert atbash.encode(atbash.encode(text)) == text
    assert atbash.decode(text) == atbash.encode(text)


@given(text=TEXTS)
def test_caesar_moves_by_three_and_back(text: str) -> None:
    caesar = ENCODINGS["caesar"]
    assert caesar.encode(caesar.decode(text)) == text
    moved = text
    for _ in range(26):
        moved = caesar.encode(moved)
    assert moved == text


@given(code=ANY, text=TEXTS, mode=MODES, bare=st.booleans())
def test_a_prompt_gives_its_request_back(code: Encoding, text: str, mode: Mode, bare: bool) -> None:
    style = EncodedStyle(code, mode, bare)
    prompt = style.prompt(text)
    carried = code.carries(text, mode)
    plain = carried is None or code.coded_share(text) < FEWEST_CODED
    assert style.reason(text, prompt) == ("not_encodable" if plain else None)
    if carried is not None:
        assert style.text(prompt) == carried


def test_the_published_names_are_known_and_no_others() -> None:
    assert list(ENCODINGS) == ["ascii", "caesar", "morse", "atbash"]
    assert all(code.name == name for name, code in ENCODINGS.items())
