"""No text is read as safe unless it holds the dialect's own word for it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.types import UnusableError
from moderators.guards.dialect import Question
from moderators.guards.registry import guards
from taxonomy import load_taxonomy

GUARDS = guards(load_taxonomy("or_bench"))
OWN_WORD = {
    "llama-guard": r"\s*safe\s*",
    "wildguard": r".*^\s*harmful (request|response)\s*:\s*no\s*$.*",
    "qwen3guard": r".*^\s*safety\s*:\s*safe\s*$.*",
    "shieldgemma": r"\s*no[ \t]*([.\n].*)?",
    "granite-guardian": r".*(^|>)\s*no\s*(</?[a-z]+>.*)?",
    "gpt-oss-safeguard": r'.*"violation"\s*:\s*0.*"category"\s*:\s*"none".*',
}
PIECES = (
    "safe", "unsafe", "Safe", "Unsafe", "Controversial", "yes", "no", "Yes", "No", "N/A", "None",
    "S1", "S14", ",", ":", ".", " ", " ", "\n", "\n", "Safety:", "Categories:", "Refusal:",
    "Violent", "Harmful request:", "Response refusal:", "Harmful response:", "<score>",
    "</score>", "<think>", "</think>", "<confidence>", "High", "</confidence>", "not", "{", "}",
    '"violation":', '"category":', '"none"', '"illegal"', "0", "1", "false",
)  # fmt: skip
TEXTS = st.text() | st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
FLAGS = re.IGNORECASE | re.MULTILINE | re.DOTALL


@pytest.mark.parametrize("dialect", sorted(OWN_WORD))
@given(text=TEXTS, subject=st.sampled_from(("prompt", "exchange")))
def test_a_text_without_the_dialects_own_word_is_never_safe(
    dialect: str, text: str, subject: str
) -> None:
    try:
        verdict = GUARDS[dialect].parse(text, Question(subject, (), "Harassment"))  # type: ignore[arg-type]  # a subject by its name
    except UnusableError:
        return
    if verdict.label == "safe":
        assert re.fullmatch(OWN_WORD[dialect], text, FLAGS)


def test_every_dialect_is_held_to_it() -> None:
    assert set(OWN_WORD) == set(GUARDS)
