"""Every pattern of the project takes time that grows with a text, and not with its square.

What is compared is the CPU time of one process for a text and for one four times as long.
"""

from __future__ import annotations

import re

import pytest

from checks.request_form import Imperative
from checks.respelt import Respelt
from inference.types import Item, Reply, UnusableError
from moderators.classifier import read
from moderators.refusal.replies import said_label
from taxonomy import NONE, Category
from tests.fuzz.patterns import LONGEST, Found, all_patterns, made_elsewhere, slow_on

_WERE_SLOW = {
    "a label in brackets": (r"\[\[\s*([^\[\]\n]{1,60}?)\s*\]\]", ("finditer",)),
    "a note after the text": (r"\n+[ \t]*[(\[*_]*(?:please note|note\b)[\s\S]*\Z", ("finditer",)),
    "a sentence's end": (r"[.!?:;]+[\"')]*\s+(?=[\"'(]?[A-Z])", ("finditer",)),
    "a confidence": (r"\s*(\d+(?:\.\d+)?|\.\d+)\s*(%?)\s*\Z", ("match",)),
    "a leading question": (r"\bwhy\b.*\b(?:should|best)\b", ("finditer",)),
    "a duration": (r"(\d+(?:\.\d+)?)(ms|us|s)", ("finditer",)),
    "a slanted label": (r"<text[^>]*rotate\((?:-45|315)\)[^>]*>([^<]*)<", ("finditer",)),
    "exponential": (r"(?:a+)+\Z", ("match",)),
}
"""Patterns as they stood before the reviews, and how they were used."""

_MADE_AS_IT_RUNS = {
    "artifacts.figures.evaluation.gallery.standalone",  # by a pattern of its module
    "checks.foreign_refusals._compiled",  # kept by `_patterns`
    "checks.foreign_requests._patterns",  # expressions of a data file
    "checks.kept_facts._counted",  # words of a data file
    "checks.refusal_phrases._rule",  # kept by `refusal_list`
    "checks.refusal_phrases.compiled",
    "checks.refusal_phrases.refusal_list",
    "checks.style_rules._any",  # kept by `STYLE_RULES`
    "inference.generations._generation",  # kept by `generation_table`
    "generators.answers._whole_values",  # a key of ours, a colon and a bracket
    "moderators.refusal.trained_features.trained_words",  # keeps what it makes
    "pipelines.recipe.base.spelled",  # found where it is called
}
"""Where a pattern is made elsewhere than in a module's own constants, and how it is found."""


_READ_IN_BOUNDS = {
    "inference.limits.headers._PART",  # only what `_DURATION` has matched whole
}
"""Patterns that never see the texts that they are slow on."""


@pytest.mark.slow
@pytest.mark.parametrize("name", _WERE_SLOW)
def test_the_fuzz_finds_what_was_slow(name: str) -> None:
    pattern, calls = _WERE_SLOW[name]
    assert slow_on(Found(name, re.compile(pattern), calls)) is not None


@pytest.mark.slow
@pytest.mark.timeout(3_000)
def test_every_pattern_is_linear_in_what_it_reads() -> None:
    found = all_patterns()
    assert len(found) > 200
    slow = {each.place: text for each in found if (text := slow_on(each)) is not None}
    assert {place: text for place, text in slow.items() if place not in _READ_IN_BOUNDS} == {}


def test_a_pattern_is_made_where_the_fuzz_finds_it() -> None:
    assert made_elsewhere() <= _MADE_AS_IT_RUNS


@pytest.mark.parametrize(
    "text", ["[[" + " " * 200_000, "[[ " * 60_000, '{"' * 100_000, "[[" + "a " * 100_000 + "]"]
)
def test_a_judges_loop_is_no_label(text: str) -> None:
    with pytest.raises(UnusableError, match="unparseable"):
        said_label(Reply(text=text))


def test_a_confidence_may_be_followed_by_any_white_space() -> None:
    given = {"category": NONE, "confidence": "95" + " " * 200_000 + "?"}
    categories = (Category(NONE, "None", "Nothing."),)
    assert read(Reply(parsed=given), "m", categories).confidence == 0.5


@pytest.mark.parametrize("mark", ["!", ". ", "'", ' "', "please "])
def test_marks_without_end_are_read_as_one_instruction_or_none(mark: str) -> None:
    found = Imperative()(Item("r", "", ""), "Write it" + mark * (LONGEST // len(mark)))
    assert found in (None, "not_imperative", "several_instructions")


@pytest.mark.parametrize(
    "base",
    [
        "a" * 2_000,
        "ab" * 1_000,
        "".join("a" * times + "b" for times in range(63))[:2_000],
    ],
)
def test_texts_of_few_letters_are_compared_in_bounded_time(base: str) -> None:
    item = Item("r", base, "")
    assert Respelt()(item, base) is None
    assert Respelt()(item, base[:-1] + "c") is None
    assert Respelt()(item, "x" * 2_000) == "reworded"
