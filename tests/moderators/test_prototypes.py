from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from moderators.errors import PrototypesInvalidError
from moderators.prototypes import load_prototypes
from taxonomy import load_taxonomy

TAXONOMY = load_taxonomy("or_bench")
SHIPPED = load_prototypes(TAXONOMY)
QUESTIONS = Path(__file__).parents[2] / "benchmarks" / "data" / "plain_questions.csv"
WHOLE = "categories: {violence: {toxic: [a], benign: [b]}}\nplain: [c]\n"


def test_every_category_has_examples_of_both_kinds_and_as_many_of_each() -> None:
    assert set(SHIPPED.categories) == set(load_taxonomy("or_bench").names)
    counts = Counter((each.kind, each.category) for each in SHIPPED.examples)
    for category in SHIPPED.categories:
        assert counts["toxic", category] == counts["benign", category] >= 24
    assert counts["plain", None] >= 120


def test_held_out_questions_are_none_of_the_prototypes() -> None:
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    prompts = [row["prompt"] for row in rows]
    assert len(set(prompts)) == len({row["id"] for row in rows}) == 250
    assert not set(prompts) & set(SHIPPED.texts)


def test_a_taxonomy_without_prototypes_is_refused_by_name() -> None:
    with pytest.raises(PrototypesInvalidError, match="sorry_bench"):
        load_prototypes(load_taxonomy("sorry_bench_202503"))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "categories: {violence: {toxic: [a]}}\nplain: [c]\n",
        "categories: {violence: {toxic: [a], benign: [b]}}\n",
        "categories: {violence: {toxic: [a], benign: [b]}}\nplain: []\n",
        "categories: {violence: {toxic: [a], benign: [a]}}\nplain: [c]\n",
        "categories: {violence: {toxic: [1], benign: [b]}}\nplain: [c]\n",
        "categories: {",
    ],
)
def test_a_file_that_is_no_prototypes_is_refused_by_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(content)
    with pytest.raises(PrototypesInvalidError, match=r"broken\.yaml"):
        load_prototypes(TAXONOMY, path)


def test_the_digest_changes_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(WHOLE)
    before = load_prototypes(TAXONOMY, path)
    path.write_text(WHOLE.replace("[a]", "[a, d]"))
    assert load_prototypes(TAXONOMY, path).digest != before.digest
    assert before.texts == ("a", "b", "c")
