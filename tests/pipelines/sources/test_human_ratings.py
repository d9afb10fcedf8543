"""Ratings in the published layout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from people.errors import LabelsUnusableError
from pipelines.errors import PipelineError, SourceError
from pipelines.sources.human_ratings import read_ratings


def _rating(question: int = 1, **other: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "question_id": question,
        "prompt_style": "base",
        "model_id": "m",
        "choices": [{"index": 0, "turns": [f"Answer to {question}."]}],
        "human_score": 1.0,
        **other,
    }


def _lines(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
    return path


def _question(question: int, style: str, text: str | None) -> dict[str, Any]:
    return {"question_id": question, "category": "1", "turns": [text], "prompt_style": style}


def test_one_is_fulfilment_and_the_prompt_is_joined(tmp_path: Path) -> None:
    ratings = _lines(tmp_path / "r.jsonl", [_rating(1), _rating(2, human_score=0.0)])
    prompts = _lines(tmp_path / "question.jsonl", [_question(n, "base", f"P{n}") for n in (1, 2)])
    first, second = read_ratings(ratings, prompts)
    assert (first.prompt, first.answer, first.refused) == ("P1", "Answer to 1.", {"1": False})
    assert (second.prompt, second.refused) == ("P2", {"1": True})


def test_the_question_style_is_not_taken_for_the_base_set(tmp_path: Path) -> None:
    styles = ["base", "question"]
    ratings = _lines(tmp_path / "r.jsonl", [_rating(1, prompt_style=style) for style in styles])
    folder = tmp_path / "prompts"
    folder.mkdir()
    # the names alone tell the two apart
    _lines(folder / "question.jsonl", [{"question_id": 1, "turns": ["Base."]}])
    _lines(folder / "question_question.jsonl", [{"question_id": 1, "turns": ["Is it a question?"]}])
    assert [each.prompt for each in read_ratings(ratings, folder)] == ["Base.", "Is it a question?"]


def test_control_characters_and_line_breaks_inside_strings_are_read(tmp_path: Path) -> None:
    ratings = _lines(tmp_path / "r.jsonl", [_rating(1, prompt_style="atbash")])
    prompts = tmp_path / "question_atbash.jsonl"
    record = json.dumps(_question(1, "atbash", "A\nB\x1aC"), ensure_ascii=False)
    prompts.write_text(record.replace("\\n", "\n").replace("\\u001a", "\x1a"), encoding="utf-8")
    assert read_ratings(ratings, prompts)[0].prompt == "A\nB\x1aC"


def test_a_prompt_whose_published_text_is_null_is_none(tmp_path: Path) -> None:
    ratings = _lines(tmp_path / "r.jsonl", [_rating(1)])
    prompts = _lines(tmp_path / "question.jsonl", [_question(1, "base", None)])
    assert read_ratings(ratings, prompts)[0].prompt is None


def test_records_of_one_answer_are_several_annotators(tmp_path: Path) -> None:
    scores = [1, 0, 1]
    ratings = _lines(tmp_path / "r.jsonl", [_rating(1, human_score=each) for each in scores])
    (rating,) = read_ratings(ratings)
    assert list(rating.refused.values()) == [False, True, False]


def test_lists_and_names_of_annotators_are_read(tmp_path: Path) -> None:
    records = [
        _rating(1, human_score=[1, 0, None]),
        _rating(2, annotations={"ann": 1.0, "bob": 0.0}),
    ]
    first, second = read_ratings(_lines(tmp_path / "r.jsonl", records))
    assert first.refused == {"1": False, "2": True, "3": None}
    assert second.refused == {"ann": False, "bob": True}


def test_answers_are_joined_from_fastchat_files(tmp_path: Path) -> None:
    rating = _rating(1, prompt_style="slang")
    del rating["choices"]
    folder = tmp_path / "model_answer_slang"
    folder.mkdir()
    answer = {"question_id": 1, "model_id": "m", "choices": [{"index": 0, "turns": ["Said."]}]}
    _lines(folder / "m.jsonl", [answer])
    found = read_ratings(_lines(tmp_path / "r.jsonl", [rating]), answers=folder)
    assert found[0].answer == "Said."


@pytest.mark.parametrize(
    ("records", "error", "says"),
    [
        (
            [_rating(1, human_score=0.5)],
            LabelsUnusableError,
            r"1 \(fulfilment\) or 0.*0.5 in .*record 1",
        ),
        ([_rating(1), _rating(1, human_score=2)], LabelsUnusableError, "2 in r.jsonl, record 2"),
        ([_rating(1, human_score="maybe")], LabelsUnusableError, "maybe"),
        ([{"question_id": 1, "model_id": "m"}], LabelsUnusableError, "must have a human_score"),
        ([_rating(0)], SourceError, "question_id must be a whole number"),
        ([_rating(1, model_id=None)], SourceError, "prompt_style and model_id"),
        ([_rating(1), _rating(99), _rating(98)], SourceError, "99 base in .*record 2, and 1 more"),
    ],
)
def test_what_no_rating_can_say_is_one_line(
    tmp_path: Path, records: list[dict[str, Any]], error: type[PipelineError], says: str
) -> None:
    prompts = _lines(tmp_path / "question.jsonl", [_question(1, "base", "P")])
    with pytest.raises(error, match=says) as found:
        read_ratings(_lines(tmp_path / "r.jsonl", records), prompts)
    assert found.value.exit_code == 2


@pytest.mark.parametrize("text", ["", "[1]", '{"a": 1} nonsense', "\xff"])
def test_what_is_no_json_lines_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(PipelineError, match=r"JSON Lines|question_id|prompt_style"):
        read_ratings(path)
