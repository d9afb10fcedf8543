"""`judge`, from lists and from frames of both kinds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from artifacts.errors import ColumnUnusableError
from pipelines.errors import RecipeError
from refusery import judge
from refusery.inputs import InputError
from tests.servers.judges import RefusalJudge
from tests.servers.openai_server import Server, serve

_PROMPTS = ["Name a river.", "Name a city.", "Name a fruit."]
_ANSWERS = ["The Thames flows through London.", "I'm sorry, but I can't help with that.", None]


def test_refusals_are_told_by_rules_and_a_missing_answer_is_none() -> None:
    answered, refused, missing = judge(_PROMPTS, _ANSWERS)
    assert (answered.label, answered.refused) == ("direct_answer", False)
    assert (refused.label, refused.refused) == ("direct_refusal", True)
    assert (missing.label, missing.refused, missing.reason) == (None, None, "missing")


def test_frames_get_the_columns_of_the_verb() -> None:
    frame = pl.DataFrame({"prompt": _PROMPTS, "completion": _ANSWERS})
    found = judge(frame)
    assert found.columns == ["prompt", "completion", "label", "refused", "reason"]
    assert found["refused"].to_list() == [False, True, None]
    theirs = judge(pd.DataFrame({"prompt": _PROMPTS, "said": _ANSWERS}), answer_column="said")
    assert list(theirs.columns) == ["prompt", "said", "label", "refused", "reason"]
    assert list(theirs["refused"][:2]) == [False, True]
    assert judge(found).columns[-3:] == ["judge_label", "judge_refused", "judge_reason"]
    assert judge(frame.clear()).schema == found.schema


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        (None, "answers must be given"),
        (["one"], "as many as prompts .got 1 answers, 3 prompts"),
        ("one", "answers must be a list of texts"),
    ],
)
def test_answers_that_do_not_fit_are_refused(answers: object, says: str) -> None:
    with pytest.raises(InputError, match=says):
        judge(_PROMPTS, answers)  # type: ignore[call-overload]


def test_a_frame_without_answers_is_refused() -> None:
    with pytest.raises(ColumnUnusableError, match="must have the column 'answer'"):
        judge(pl.DataFrame({"prompt": _PROMPTS}))
    with pytest.raises(InputError, match="which has its own"):
        judge(pl.DataFrame({"prompt": _PROMPTS}), _ANSWERS)  # type: ignore[call-overload]


def test_a_judge_and_a_family_that_nobody_knows_are_refused() -> None:
    with pytest.raises(RecipeError, match="did you mean `keyword`"):
        judge(_PROMPTS, _ANSWERS, judge="keywrd")
    with pytest.raises(InputError, match="did you mean `llama`"):
        judge(_PROMPTS, _ANSWERS, family="lama")


@pytest.fixture
def server() -> Iterator[Server]:
    """A judge that calls a refusal what begins with an apology."""
    with serve(RefusalJudge()) as server:
        yield server


def test_a_model_judges_by_its_name_or_by_a_design_and_is_asked_once(
    server: Server, tmp_path: Path
) -> None:
    settings = {"provider": "openai", "base_url": server.base_url, "model": "j", "price": "free"}
    first = judge(_PROMPTS, _ANSWERS, judge="gpt4o", models={"gpt4o": settings}, cache=tmp_path)
    assert len(server.calls) == 2
    assert first[2].label is None
    again = judge(_PROMPTS, _ANSWERS, judge="gpt4o", models={"gpt4o": settings}, cache=tmp_path)
    assert (again, len(server.calls)) == (first, 2)
    written = {"kind": "llm", "model": "gpt4o", "design": "few-shot"}
    other = judge(_PROMPTS, _ANSWERS, judge=written, models={"gpt4o": settings}, cache=tmp_path)
    assert [each.label for each in other] == [each.label for each in first]
    assert len(server.calls) == 4
