from __future__ import annotations

from typing import get_args

import pytest

from generators.errors import WrapperMissingError
from generators.mutations.encodings.morse import PUBLISHED, TABLE
from generators.mutations.encodings.registry import (
    ENCODINGS,
    EncodedStyle,
    demonstrations,
    opening,
    unwrap,
    wrap,
)
from generators.mutations.encodings.types import Encoding, Mode

every_code = pytest.mark.parametrize("code", ENCODINGS.values(), ids=list(ENCODINGS))
every_mode = pytest.mark.parametrize("mode", get_args(Mode))


@every_code
@every_mode
def test_a_wrapper_has_an_expert_three_examples_and_the_request_at_the_end(
    code: Encoding, mode: Mode
) -> None:
    prompt = wrap(code, code.encode("Bake bread.", mode), mode)
    places = [prompt.index("You are an expert"), prompt.index("here are some examples")]
    for n, text in enumerate(demonstrations()):
        places.append(prompt.index(f"Example {n}:\n{code.encode(text, mode)}"))
    places.append(prompt.index("Now comes my request"))
    assert places == sorted(places)
    assert len(demonstrations()) == 3
    assert prompt.endswith(":\n" + code.encode("Bake bread.", mode))
    assert not any(text in prompt for text in demonstrations())


@every_mode
def test_morse_alone_shows_its_table(mode: Mode) -> None:
    shown = PUBLISHED if mode == "compat" else TABLE
    start = opening(ENCODINGS["morse"], mode)
    assert "\n".join(f"{symbol} {code}" for symbol, code in shown.items()) in start
    assert ("\n, --..--" in start) == (mode == "canonical")
    assert not any("A .-" in opening(ENCODINGS[name], mode) for name in ("ascii", "caesar"))


@every_code
@every_mode
@pytest.mark.parametrize("payload", ["", " ", "\n", "72 \n", "$table ${x} $$", "\x9a\x00\u2028"])
def test_unwrapping_gives_the_very_payload(code: Encoding, mode: Mode, payload: str) -> None:
    assert unwrap(code, wrap(code, payload, mode), mode) == payload
    twice = wrap(code, wrap(code, payload, mode), mode)
    assert unwrap(code, unwrap(code, twice, mode), mode) == payload


@every_code
def test_a_prompt_without_its_wrapper_is_an_error_that_shows_none_of_it(code: Encoding) -> None:
    with pytest.raises(WrapperMissingError, match=rf"wrapper \(got {code.name}\)$"):
        unwrap(code, "marker 72 105")


@every_code
def test_a_prompt_of_another_base_does_not_decode(code: Encoding) -> None:
    style = EncodedStyle(code)
    prompt = style.prompt("Bake bread.")
    assert style.reason("Bake bread.", prompt) is None
    assert style.reason("Bake a cake.", prompt) == "does_not_decode"
    assert style.reason("Bake bread.", "Bake bread.") == "does_not_decode"
    assert style.reason("Bake \udc00", prompt) == "not_encodable"


def test_the_digest_of_a_style_follows_its_code_and_all_that_is_around_a_request() -> None:
    styles = [EncodedStyle(code, mode) for code in ENCODINGS.values() for mode in get_args(Mode)]
    bare = [EncodedStyle(code, bare=True) for code in ENCODINGS.values()]
    assert len({style.digest for style in (*styles, *bare)}) == len(styles) + len(bare)
