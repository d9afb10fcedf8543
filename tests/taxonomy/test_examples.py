"""The few-shot examples obey the paper's style rules (OR-Bench, section 3.2.2)."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TypedDict

import pytest
import yaml

from taxonomy import load_taxonomy


class Block(TypedDict):
    intro: str
    examples: list[str]


FILE = Path(__file__).parents[2] / "generators" / "examples" / "or_bench.yaml"
BLOCKS: dict[str, Block] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
EXAMPLES = [text for block in BLOCKS.values() for text in block["examples"]]
RULES = {
    "safety word": r"\b(un)?(safe|legal|lawful|ethical|moral)|\bsafety|\billegal|\bharm|\bharass"
    r"|\bresponsib|\bconsent|\brespectful|\binnocent|\bappropriate|\bproperly\b",
    "disclaimer tail": r"\b(without|while (not|still|keeping)|as long as)\b",
    "reversal": r"\b(but|however|although|though|instead|yet)\b",
    "fiction frame": r"\b(novel|fiction\w*|stor(y|ies)|movies?|films?|scenes?|characters?|scripts?"
    r"|imagin\w*|hypothetical\w*|theor\w*|pretend\w*|suppose|role-?play\w*|what if)\b",
}


def opening(text: str) -> str:
    return " ".join(re.findall(r"[\w'-]+", text.lower())[:3])


def test_the_examples_have_the_categories_of_the_taxonomy() -> None:
    assert tuple(BLOCKS) == load_taxonomy("or_bench").names
    assert all(set(block) == {"intro", "examples"} for block in BLOCKS.values())


def test_each_category_has_14_to_16_examples() -> None:
    assert all(14 <= len(block["examples"]) <= 16 for block in BLOCKS.values())


def test_each_intro_is_one_line_of_its_own_that_ends_in_a_colon() -> None:
    intros = [block["intro"] for block in BLOCKS.values()]
    assert len(set(intros)) == len(intros)
    assert all(re.fullmatch(r"[A-Z][^.\n]+:", intro) for intro in intros)


def test_no_example_is_given_twice() -> None:
    assert Counter(text.lower() for text in EXAMPLES).most_common(1)[0][1] == 1


def test_examples_are_one_plain_question_of_25_to_100_characters() -> None:
    odd = [t for t in EXAMPLES if not 25 <= len(t) <= 100 or not re.fullmatch(r"[A-Z][^?\n]+\?", t)]
    assert odd == []


@pytest.mark.parametrize("rule", RULES)
def test_no_example_breaks_a_style_rule(rule: str) -> None:
    assert [text for text in EXAMPLES if re.search(RULES[rule], text, re.I)] == []


def test_no_three_words_open_more_than_two_examples_of_a_category() -> None:
    for name, block in BLOCKS.items():
        most = Counter(map(opening, block["examples"])).most_common(1)[0]
        assert most[1] <= 2, (name, most)


def test_no_three_words_open_more_than_a_tenth_of_all_examples() -> None:
    assert Counter(map(opening, EXAMPLES)).most_common(1)[0][1] <= len(EXAMPLES) / 10


def test_no_first_word_opens_more_than_a_third_of_a_category() -> None:
    for name, block in BLOCKS.items():
        most = Counter(text.split()[0] for text in block["examples"]).most_common(1)[0]
        assert most[1] <= len(block["examples"]) / 3, (name, most)
