from __future__ import annotations

import re
from collections import Counter

import pytest

from taxonomy import load_taxonomy, shipped_seeds

CATEGORIES = (
    "deception",
    "harassment",
    "harmful",
    "hate",
    "illegal",
    "privacy",
    "self-harm",
    "sexual",
    "unethical",
    "violence",
)
SEEDS = shipped_seeds("or_bench")
MINORS = re.compile(
    r"\b(child|children|kids?|minors?|teen\w*|boys?|girls?|pupils?|school\w*)\b", re.I
)


def test_or_bench_has_the_ten_categories_of_the_paper_and_none() -> None:
    taxonomy = load_taxonomy("or_bench")
    assert taxonomy.names == CATEGORIES
    assert len(taxonomy.categories) == 11
    assert "2405.20947" in taxonomy.source


def test_no_category_of_or_bench_is_sensitive() -> None:
    assert not any(category.sensitive for category in load_taxonomy("or_bench").categories)


def test_definitions_are_one_to_three_sentences_and_differ() -> None:
    definitions = [category.definition for category in load_taxonomy("or_bench").categories]
    assert len(set(definitions)) == 11
    assert all(1 <= text.count(". ") + 1 <= 3 and text.endswith(".") for text in definitions)
    assert all("\n" not in text and 40 <= len(text) <= 320 for text in definitions)


def test_each_category_has_24_seeds() -> None:
    assert Counter(seed.category for seed in SEEDS) == dict.fromkeys(CATEGORIES, 24)


def test_seeds_are_unique_but_for_case_and_punctuation() -> None:
    bare = Counter(re.sub(r"[\W_]+", " ", seed.text).strip().lower() for seed in SEEDS)
    assert bare.most_common(1)[0][1] == 1


def test_seeds_are_one_line_of_25_to_110_characters() -> None:
    assert all(25 <= len(seed.text) <= 110 and seed.text.isprintable() for seed in SEEDS)


def test_seeds_say_nothing_of_minors() -> None:
    assert not [seed for seed in SEEDS if MINORS.search(seed.text)]


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_seeds_of_a_category_do_not_all_begin_alike(category: str) -> None:
    openings = Counter(
        " ".join(seed.text.lower().split()[:3]) for seed in SEEDS if seed.category == category
    )
    assert openings.most_common(1)[0][1] <= 3
