from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.thoughts import visible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", ""),
        ("  Bread. \n", "Bread."),
        ("<think>I cannot.</think>Bread.", "Bread."),
        ("<THINK>\nI cannot.\n</Think>\n\nBread.", "Bread."),
        ("<thinking>a</thinking><think>b</think>Bread.", "Bread."),
        ("<think>one</think>Bread.<think>two</think> And wine.", "Bread. And wine."),
        ("<think>I wonder", ""),
        ("<think>one</think><think>two", ""),
        ("the template opened it</think>Bread.", "Bread."),
        ("Use the tag <think> to open a thought.", "Use the tag <think> to open a thought."),
        ("<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant"
         "<|channel|>final<|message|>Bread.<|return|>", "Bread."),
        ("<|channel|>analysis<|message|>Hm, and then the tokens ran out", ""),
    ],
)  # fmt: skip
def test_only_what_a_reader_sees_is_left(text: str, seen: str) -> None:
    assert visible(text) == seen


@given(st.text(alphabet="<>/thinkabc \u0130", max_size=60))
def test_what_is_visible_stays_so(text: str) -> None:
    if "<" not in text:
        assert visible(text) == text.strip()
    assert len(visible(text)) <= len(text)


def test_a_million_open_tags_are_read_in_one_pass() -> None:
    assert visible("x" + "<think>" * 300_000) == "x" + "<think>" * 300_000
