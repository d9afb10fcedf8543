"""What seeds may be about is varied, mild, and checked when it is read."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

from taxonomy import load_taxonomy
from taxonomy.cells import load_cells
from taxonomy.model import TaxonomyError, TaxonomyInvalidError, TaxonomyUnknownError

TAXONOMY = load_taxonomy("or_bench")
CELLS = load_cells(TAXONOMY)
SORRY_BENCH = load_taxonomy("sorry_bench_202503")
SENSITIVE = next(category.name for category in SORRY_BENCH.categories if category.sensitive)
TOPICS = [(name, topic) for name, topics in CELLS.sub_topics.items() for topic in topics]
MINORS = re.compile(
    r"\b(child|children|kids?|minors?|teen\w*|boys?|girls?|pupils?|school\w*)\b", re.I
)


def words(text: str) -> set[str]:
    small = {"a", "an", "the", "of", "in", "on", "to", "and", "for", "at", "by", "that", "one's"}
    return set(re.findall(r"[\w'-]+", text.lower())) - small


def test_each_category_has_at_least_15_sub_topics() -> None:
    assert tuple(CELLS.sub_topics) == TAXONOMY.names
    assert min(len(topics) for topics in CELLS.sub_topics.values()) >= 15


def test_sub_topics_are_short_noun_phrases() -> None:
    odd = [t for _, t in TOPICS if not 1 <= len(t.split()) <= 7 or re.search(r"[.,;:?!]", t)]
    assert odd == []


def test_no_sub_topic_is_in_two_categories() -> None:
    assert len({topic.casefold() for _, topic in TOPICS}) == len(TOPICS)


def test_sub_topics_of_a_category_differ_by_half_their_words() -> None:
    for name, topics in CELLS.sub_topics.items():
        for one, other in combinations(topics, 2):
            shared = words(one) & words(other)
            assert len(shared) <= len(words(one) | words(other)) / 2, (name, one, other)


def test_the_common_lists_are_long_enough() -> None:
    assert (len(CELLS.roles) >= 12, len(CELLS.settings) >= 12, len(CELLS.forms) >= 5) == (True,) * 3
    assert all(re.match(r"(a|an|the) ", role) for role in CELLS.roles)
    assert all(re.match(r"(a|an) ", form) for form in CELLS.forms)


def test_nothing_is_said_of_minors() -> None:
    texts = [topic for _, topic in TOPICS] + [*CELLS.roles, *CELLS.settings, *CELLS.forms]
    assert [text for text in texts if MINORS.search(text)] == []


def test_a_category_has_as_many_cells_as_its_lists_make() -> None:
    common = len(CELLS.roles) * len(CELLS.settings) * len(CELLS.forms)
    assert CELLS.count("illegal") == len(CELLS.of("illegal")) * common
    with pytest.raises(TaxonomyInvalidError, match=r"must have sub-topics \(got none\)"):
        CELLS.count("none")


def test_a_taxonomy_for_which_none_are_shipped_is_an_error() -> None:
    with pytest.raises(TaxonomyUnknownError, match=r"files.cells \(got sorry_bench_202503\)"):
        load_cells(SORRY_BENCH)


LISTS = "roles: [a cook]\nsettings: [at sea]\nforms: [a question]\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "must be YAML in UTF-8 (got own.yaml, line 2)"),
        ("- a\n", "cells must map keys to lists (got own.yaml)"),
        (f"{LISTS}", "sub_topics must be given (got own.yaml)"),
        (f"{LISTS}subtopics: {{}}\n", "(did you mean `sub_topics`?) (got subtopics in own.yaml)"),
        (f"{LISTS}sub_topics: [theft]\n", "sub-topics must be given by category (got own.yaml)"),
        (
            f"{LISTS}sub_topics: {{illegl: [theft]}}\n",
            "(did you mean `illegal`?) (got illegl",
        ),
        (f"{LISTS}sub_topics: {{none: [tea]}}\n", "for a category of bad intent (got none in own"),
        (f"{LISTS}sub_topics: {{illegal: []}}\n", "sub-topics of illegal must be a list with"),
        (f"{LISTS}sub_topics: {{illegal: [1]}}\n", "must be texts of one line and at most 80"),
        (f"{LISTS}sub_topics: {{illegal: [{'a' * 81}]}}\n", "(got entry 1 in own.yaml)"),
        (f"{LISTS}sub_topics: {{illegal: [theft, Theft]}}\n", "must be unique (got Theft in own"),
        (
            LISTS.replace("[a cook]", "[a cook, a cook]") + "sub_topics: {}\n",
            "roles must be unique",
        ),
    ],
)
def test_a_file_that_breaks_a_rule_is_refused_in_one_line(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TaxonomyError) as caught:
        load_cells(TAXONOMY, path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_sensitive_category_has_no_sub_topics(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(f"{LISTS}sub_topics: {{{SENSITIVE}: [anything]}}\n", encoding="utf-8")
    with pytest.raises(TaxonomyInvalidError, match="a sensitive category must have no sub-topics"):
        load_cells(SORRY_BENCH, path)


def test_a_file_of_ones_own_need_not_have_all_categories(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(f"{LISTS}sub_topics: {{illegal: [theft]}}\n", encoding="utf-8")
    cells = load_cells(TAXONOMY, path)
    assert (cells.of("illegal"), cells.count("illegal")) == (("theft",), 1)
    path.write_text(f"{LISTS}sub_topics: {{illegal: [fraud]}}\n", encoding="utf-8")
    assert load_cells(TAXONOMY, path).digest != cells.digest
