import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.foreign_text import read_json, valid_text


@given(st.text(st.characters(codec=None)))
def test_text_that_is_made_valid_can_be_encoded_and_keeps_its_length(text: str) -> None:
    valid = valid_text(text)
    assert len(valid.encode("utf-8").decode("utf-8")) == len(text)


def test_a_half_of_a_surrogate_pair_is_replaced_in_values_and_names() -> None:
    assert read_json('{"a\\ud83d": ["b\\ude00"]}') == {"a\ufffd": ["b\ufffd"]}


def test_a_whole_pair_stays_one_character() -> None:
    assert read_json('["\\ud83d\\ude00 \\ud83d"]') == ["\U0001f600 \ufffd"]


@pytest.mark.parametrize("depth", [101, 1_000, 10_000, 200_000])
@pytest.mark.parametrize("opened", ["[", '{"a":'])
def test_json_that_is_nested_too_deeply_is_no_json(depth: int, opened: str) -> None:
    closed = "]" if opened == "[" else "}"
    for text in (opened * depth, opened * depth + "1" + closed * depth):
        with pytest.raises(ValueError):
            read_json(text)


def test_a_hundred_levels_are_read() -> None:
    assert read_json("[" * 100 + "]" * 100)


@pytest.mark.parametrize(
    "text", ["", "NaN", "[Infinity]", "{", "9" * 5_000, b"\xff\xfe", b'"\xff"']
)
def test_what_is_no_json_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError):
        read_json(text)


@given(st.recursive(st.none() | st.integers() | st.text(), lambda s: st.lists(s), max_leaves=20))
def test_what_json_writes_is_read_back(value: object) -> None:
    assert read_json(json.dumps(value)) == value
