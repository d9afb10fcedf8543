from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.types import Reply
from moderators.reply_text import READ_CHARACTERS, last_object, object_in, read_ends, said

_DEEP = 1_001


def test_the_last_object_is_the_answer_and_braces_in_strings_do_not_matter() -> None:
    assert last_object('{"a": 1} then {"b": {"c": "}{"}} done {') == {"b": {"c": "}{"}}
    assert last_object("no object { here") is None
    assert last_object('{\n  "a": {}\n} {}') == {}


@pytest.mark.parametrize(
    "text",
    [
        "[" * _DEEP,
        '{"a":' * _DEEP,
        '{"a":' * _DEEP + "1" + "}" * _DEEP,
        '{"a":[' * 900 + "1," * 5_000,
        '{"a":' + "[" * _DEEP + "]" * _DEEP + "}",
        '{"a": 1} and then ' + '{"a":' * _DEEP,
        "{" * READ_CHARACTERS,
    ],
)
def test_what_is_nested_without_end_holds_no_answer(text: str) -> None:
    assert last_object(text) in (None, {"a": 1})


def test_brackets_of_somebody_else_do_not_hide_the_answer_after_them() -> None:
    quoted = '{"a":[' * 50 + "{" * 3_000
    assert last_object(f'It says {quoted} and so: {{"label": "direct_refusal"}}') == {
        "label": "direct_refusal"
    }


def test_half_of_a_surrogate_pair_becomes_a_replacement_character() -> None:
    assert last_object(r'{"reason": "ends \ud83d"}') == {"reason": "ends \ufffd"}
    assert last_object('{"reason": "ends \ud83d"}') == {"reason": "ends \ufffd"}
    assert said(" ends \ud83d ") == "ends \ufffd"


def test_what_json_does_not_know_is_no_object() -> None:
    for number in ("NaN", "Infinity", "-Infinity", "1" * 5_000):
        assert last_object(f'{{"confidence": {number}}}') is None


def test_of_a_long_text_the_two_ends_are_read_on_lines_of_their_own() -> None:
    read = read_ends("first " + "a" * 1_000_000 + " last")
    assert len(read) == READ_CHARACTERS + 1
    assert (read[:6], read[-5:]) == ("first ", " last")
    assert read.count("\n") == 1
    assert read_ends("b" * READ_CHARACTERS) == "b" * READ_CHARACTERS


def test_an_answer_at_the_end_of_a_long_thought_is_found() -> None:
    assert last_object("x " * 100_000 + '{"a": 1}') == {"a": 1}


def test_what_the_server_parsed_comes_before_the_text() -> None:
    assert object_in(Reply(text='{"a": 1}', parsed={"b": 2})) == {"b": 2}
    assert object_in(Reply(text='{"a": 1}', parsed=[3])) == {"a": 1}


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text('ab{}"\\ ', max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("a{", max_size=2), inner),
    max_leaves=6,
)


@settings(max_examples=30)
@given(st.dictionaries(st.text("a}", max_size=2), _VALUES), st.text("ab {}[]\n:,", max_size=20))
def test_an_object_after_anything_but_quotes_is_found(
    value: dict[str, object], before: str
) -> None:
    # Without quotes before it, no brace of what stands there opens an object with a key.
    text = before.replace("{", "(") + json.dumps(value)
    assert last_object(text) == value
