import hashlib
import math
import re
from collections import OrderedDict
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.digests import (
    DigestError,
    Json,
    bytes_digest,
    digest_of,
    digests_of,
    draw_key,
    drawn,
    file_digest,
    lines_key,
    pattern_part,
    require_digest,
    shuffled,
    table_part,
)

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(min_codepoint=0, max_codepoint=0x10FFFF, exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


class _Level(IntEnum):
    LOW = 1


@dataclass(frozen=True)
class _Named:
    name: str
    digest: object = None


def test_a_digest_is_that_of_plain_json_written_in_ascii() -> None:
    written = b'["a",1,0.5,true,null,["\\u00e9","\\ud800"],{"a":1,"b":[]}]'
    made = digest_of("a", 1, 0.5, True, None, ("é", "\ud800"), {"b": [], "a": 1})
    assert made == hashlib.sha256(written).hexdigest() == bytes_digest(written)


@given(_JSON)
def test_every_value_of_json_has_a_digest_and_always_the_same(value: Json) -> None:
    assert digest_of(value) == digest_of(value)
    assert digest_of(value) != digest_of([value])


def test_values_that_differ_in_kind_or_place_have_digests_of_their_own() -> None:
    parts: list[tuple[Json, ...]] = [
        *((1,), (1.0,), (True,), ("1",), (None,), ("",), (0,), (False,), (), ([],), ({},)),
        *((["a", "b"],), ("a", "b"), ("ab",), (["ab"],), ({"a": "b"},), (["a"], "b"), ("b", "a")),
    ]
    assert len({digest_of(*each) for each in parts}) == len(parts)


def test_the_order_of_a_mapping_decides_nothing_and_a_tuple_is_a_list() -> None:
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    assert digest_of(("a", ("b",))) == digest_of(["a", ["b"]])


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (re.compile("a"), "re.Pattern"),
        (frozenset("a"), "frozenset"),
        (b"a", "bytes"),
        (Path("a"), "Path"),
        (_Named("a"), "_Named"),
        (_Level.LOW, "_Level"),
        (np.float64(1.0), "numpy.float64"),
        (Decimal(1), "decimal.Decimal"),
        (OrderedDict(a=1), "collections.OrderedDict"),
        (len, "builtin_function_or_method"),
        (math.nan, "nan"),
        (math.inf, "inf"),
        ({1: "a"}, "int"),
        ({("a",): 1}, "tuple"),
    ],
)
def test_what_is_no_json_is_refused_wherever_it_stands_and_its_type_is_named(
    value: object, named: str
) -> None:
    for part in (value, [value], {"a": [value]}):
        with pytest.raises(DigestError, match=r"a digest must") as refused:
            digest_of(part)  # type: ignore[arg-type]  # that is what is refused
        assert named in str(refused.value)
        assert isinstance(refused.value, TypeError)


def test_a_pattern_is_all_of_its_text_and_its_flags() -> None:
    long = "|".join(f"word{number}" for number in range(100))
    patterns = [re.compile(long), re.compile(f"{long}|banana"), re.compile(long, re.IGNORECASE)]
    assert repr(patterns[0]) == repr(patterns[1])  # it ends after 200 characters
    assert len({digest_of(pattern_part(each)) for each in (*patterns, None)}) == 4


def test_a_table_may_have_numbers_for_keys() -> None:
    first, second = str.maketrans({"a": "b", "c": None}), str.maketrans({"c": None, "a": "b"})
    assert digest_of(table_part(first)) == digest_of(table_part(second))
    assert digest_of(table_part(first)) != digest_of(table_part(str.maketrans({"a": "b"})))


def test_a_file_is_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_bytes(b"one\r\n\xff")
    assert file_digest(file) == bytes_digest(b"one\r\n\xff")


@pytest.mark.parametrize(
    ("thing", "found"),
    [
        (_Named("plain"), "none"),
        (_Named("short", "abc"), "no SHA-256"),
        (_Named("called", lambda: "a" * 64), "no SHA-256"),
    ],
)
def test_what_has_no_digest_is_refused_by_its_kind_and_name(thing: _Named, found: str) -> None:
    with pytest.raises(DigestError, match="a check must have a digest") as refused:
        digests_of("check", [_Named("good", "a" * 64), thing])
    assert refused.value.value.startswith(f"{thing.name}: ")
    assert found in refused.value.value
    assert refused.value.exit_code == 2
    assert require_digest("check", "good", _Named("good", "a" * 64)) == "a" * 64


def test_a_draw_is_of_values_and_of_nothing_else() -> None:
    assert draw_key("a", 1) == hashlib.sha256(b'["a", 1]').digest()
    assert lines_key("a", 1) == hashlib.sha256(b"a\n1").digest()
    assert draw_key("a", 1) != draw_key("a", "1")
    assert {drawn(3, "row", place) for place in range(40)} == {0, 1, 2}


def test_what_is_shuffled_is_all_there_in_an_order_of_its_own() -> None:
    orders = {tuple(shuffled("abcde", row)) for row in range(20)}
    assert len(orders) > 10
    assert all(sorted(order) == [*"abcde"] for order in orders)
    assert shuffled("abcde", "x") == shuffled("abcde", "x")
