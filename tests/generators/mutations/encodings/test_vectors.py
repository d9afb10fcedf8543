"""Vectors worked out by hand: canonical from the codes, compat from the facts about the code that
the published files were made with (those files were not seen)."""

from __future__ import annotations

import pytest

from generators.mutations.encodings.morse import PUBLISHED, TABLE
from generators.mutations.encodings.registry import ENCODINGS
from generators.mutations.encodings.types import Mode

VECTORS: list[tuple[str, Mode, str, str]] = [
    ("ascii", "canonical", "Hi, Bo!", "72 105 44 32 66 111 33"),
    ("ascii", "canonical", "a\nb", "97 10 98"),
    ("ascii", "canonical", "é🙂", "233 128578"),
    ("ascii", "canonical", "\x00", "0"),
    ("ascii", "canonical", "", ""),
    ("ascii", "compat", "Hi, Bo!", "72 105 44 32 66 111 33 \n"),
    ("ascii", "compat", "a\nb", "97 \n98 \n"),
    ("ascii", "compat", "a\n\nb", "97 \n\n98 \n"),
    ("ascii", "compat", "a\u2028b", "97 8232 98 \n"),
    ("ascii", "compat", "é🙂", "233 128578 \n"),
    ("ascii", "compat", "", "\n"),
    ("caesar", "canonical", "Xyz, Abc é 7!", "Abc, Def é 7!"),
    ("caesar", "compat", "Xyz, Abc é 7!", "Abc, Def é 7!"),
    ("caesar", "compat", "a\nb", "d\ne"),
    ("morse", "canonical", "Hi, Bo!", ".... .. --..-- / -... --- -.-.--"),
    ("morse", "canonical", "a  b", ".- / / -..."),
    ("morse", "canonical", "a\nb", ".-\n-..."),
    ("morse", "canonical", "é%", "É %"),
    ("morse", "canonical", "", ""),
    ("morse", "compat", "Hi, Bo", ".... .. ,  -... --- \n"),
    ("morse", "compat", "a b", ".-  -... \n"),
    ("morse", "compat", " a", " .- \n"),
    ("morse", "compat", "a\nb", ".- \n-... \n"),
    (
        "morse",
        "compat",
        "(7/8-9.)?",
        "-.--. --... -..-. ---.. -....- ----. .-.-.- -.--.- ..--.. \n",
    ),
    ("morse", "compat", "it's 5%!", ".. - ' ...  ..... % ! \n"),
    ("morse", "compat", "é", "É \n"),
    ("morse", "compat", "", "\n"),
    ("atbash", "canonical", "Az bY, é 7!", "Za yB, é 7!"),
    ("atbash", "compat", "az by, 7!", "za yb, 7!"),
    ("atbash", "compat", "AMZ", "\x9a\x8e\x81"),
    ("atbash", "compat", "ªµºÀÛ", "1&!\x1b\x00"),
    ("atbash", "compat", "a\nÜÿ🙂", "z\nÜÿ🙂"),
]


@pytest.mark.parametrize(("name", "mode", "text", "coded"), VECTORS)
def test_a_text_in_code_is_the_one_worked_out_by_hand(
    name: str, mode: Mode, text: str, coded: str
) -> None:
    assert ENCODINGS[name].encode(text, mode) == coded


def test_morse_codes_are_all_different_and_international() -> None:
    assert len(set(TABLE.values())) == len(TABLE) == 26 + 10 + 18
    assert " ".join(TABLE[letter] for letter in "SOS?") == "... --- ... ..--.."


def test_compat_leaves_the_symbols_that_the_published_table_lacks() -> None:
    morse = ENCODINGS["morse"]
    assert set(TABLE) - set(PUBLISHED) == set(",'!:;\"=+@&_$")
    for symbol in set(TABLE) - set(PUBLISHED):
        assert morse.encode(symbol, "compat") == f"{symbol} \n"
        assert set(morse.encode(symbol)) <= set(".-")


def test_each_encoding_says_what_it_cannot_carry() -> None:
    assert "no case" in ENCODINGS["morse"].limits
    assert "U+0081-U+009A" in ENCODINGS["atbash"].limits
    assert all(code.limits.endswith(".") for code in ENCODINGS.values())
