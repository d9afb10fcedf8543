"""Which answers train and which ones test."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from evaluation.judging.splits import split
from pipelines.errors import RecipeError, SourceError
from tests.evaluation.judging.labels import answers
from tests.refusery.cli.text_files import json_lines

_MODELS = tuple(f"model-{n}" for n in range(8))


def test_the_authors_numbers_are_three_of_eight_on_either_side() -> None:
    labelled = answers(5, _MODELS, ("base", "slang"))
    found = split(labelled, "authors")
    assert (len(found.train), len(found.test)) == (5 * 6, 5 * 10)
    counts = Counter((row.cluster, row.is_base) for row in found.train)
    assert set(counts.values()) == {3}
    assert split(labelled, "authors") == found


def test_the_authors_files_decide_where_they_lie_beside(tmp_path: Path) -> None:
    labelled = answers(3)

    def record(question: int, model: str) -> dict[str, object]:
        return {
            "question_id": question, "prompt_style": "base", "model_id": model, "human_score": 1,
        }  # fmt: skip

    json_lines(tmp_path / "train.jsonl", [record(1, "ann"), record(1, "bob")])
    json_lines(tmp_path / "test.jsonl", [record(2, "ann"), record(3, "ann")])
    found = split(labelled, "authors", tmp_path)
    assert [row.place for row in found.train] == [1, 2]
    assert [(row.question_id, row.model) for row in found.test] == [(2, "ann"), (3, "ann")]
    assert found.rule.endswith("2 answers in neither")
    json_lines(tmp_path / "test.jsonl", [record(1, "ann")])
    with pytest.raises(SourceError, match="1 base of ann in both"):
        split(labelled, "authors", tmp_path)


def test_a_seed_keeps_each_prompt_on_one_side() -> None:
    found = split(answers(20), "seed:3:0.4")
    tested, trained = ({row.cluster for row in side} for side in (found.test, found.train))
    assert len(tested) == 8
    assert not tested & trained
    assert split(answers(20), "seed:4:0.4").test != found.test


def test_by_model_tests_one_models_answers_or_each_by_itself() -> None:
    found = split(answers(), "model:bob")
    assert {row.model for row in found.test} == {"bob"}
    assert {row.model for row in found.train} == {"ann"}
    assert split(answers(), "model").test == answers().rows


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("model:bop", "did you mean `bob`"),
        ("half", "--split must be"),
        ("seed:7:1.5", "--split must be"),
        ("seed:7:0.01", "answers to test on"),
    ],
)
def test_bad_splits_are_one_line(given: str, says: str) -> None:
    with pytest.raises(RecipeError, match=says):
        split(answers(), given)
