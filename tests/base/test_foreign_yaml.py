"""YAML of others stays small when it is read, or is refused before anything is built of it."""

import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from base.foreign_text import YAML_LOADER, read_yaml

_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=20,
)


@given(_PLAIN)
@settings(max_examples=50)
def test_what_was_dumped_is_read_as_it_was(value: object) -> None:
    assert read_yaml(yaml.safe_dump(value)) == value


@given(st.text(alphabet="{}[]&*<>:,-?!|#'\"% \nab1", max_size=60))
@settings(max_examples=200)
def test_any_text_is_a_value_or_a_named_error(text: str) -> None:
    try:
        read_yaml(text)
    except (ValueError, yaml.YAMLError):
        pass


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a: &a {x: 1}\nb:\n  <<: *a\n", "no merge keys"),
        ("b:\n  !!merge x: {y: 1}\n", "no merge keys"),
        ("[" * 100_000, "at most 100 levels"),
        ("{a: " * 5_000 + "1" + "}" * 5_000, "at most 100 levels"),
        ("- " * 3_000 + "x", "at most 100 levels"),
        ("[" + "1," * 300_000 + "]", "at most 200,000 values"),
        ("x" * 5_000_000, "characters"),
        ("&a [*a]", "inside itself"),
        ("0x" + "f" * 100_000, "digits"),
    ],
)
def test_what_would_grow_or_fall_deep_is_refused(text: str, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        read_yaml(text)


def test_aliases_that_double_line_by_line_are_counted_as_what_they_stand_for() -> None:
    lines = ["a0: &a0 [1, 2]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    begun = time.monotonic()
    with pytest.raises(ValueError, match="aliases among them"):
        read_yaml("\n".join(lines))
    assert time.monotonic() - begun < 30  # 2^40 values would take days


@pytest.mark.parametrize("form", ["[*a{}]", "{{x: *a{}}}", "[1, [*a{}], 2]"])
def test_aliases_that_lie_in_each_other_are_as_deep_as_what_they_stand_for(form: str) -> None:
    def nested(levels: int) -> str:
        lines = [f"a{n}: &a{n} {form.format(n - 1)}" for n in range(1, levels)]
        return "\n".join(["a0: &a0 [x]", *lines])

    assert len(read_yaml(nested(45))) == 45
    for levels in (101, 440):
        with pytest.raises(ValueError, match="at most 100 levels"):
            read_yaml(nested(levels))


def test_a_deep_value_may_not_be_named_where_it_becomes_too_deep() -> None:
    deep = "[" * 60 + "]" * 60
    assert len(read_yaml(f"[&a {deep}, *a]")) == 2
    with pytest.raises(ValueError, match="at most 100 levels"):
        read_yaml(f"[&a {deep}, {'[' * 60} *a {']' * 60}]")
    with pytest.raises(ValueError, match="at most 100 levels"):
        read_yaml(f"- &a {deep}\n- &b [[*a]]\n- {'[' * 60}*b{']' * 60}")


def test_merge_keys_of_ones_own_are_read_and_bounded_too() -> None:
    text = "a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n"
    assert read_yaml(text, merges=True)["b"] == {"x": 1, "y": 2}
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{n}: &a{n}\n  <<: [*a{n - 1}, *a{n - 1}]" for n in range(1, 30)]
    with pytest.raises(ValueError, match="aliases among them"):
        read_yaml("\n".join(lines), merges=True)


def test_a_quoted_merge_key_is_a_word_like_any_other() -> None:
    assert read_yaml('"<<": 1') == {"<<": 1}
    assert YAML_LOADER.__name__ in ("CSafeLoader", "SafeLoader")
