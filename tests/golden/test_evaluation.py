"""Every verdict of an evaluation, and the figures that follow."""

from __future__ import annotations

import json

import polars as pl
import pytest

from tests.golden.content import comparable, content, lost
from tests.golden.pins import pinned_json, pinned_text
from tests.golden.world import World

_VERDICT = (
    "data", "target", "setting", "judge", "style", "category", "id", "question",
    "outcome", "reason", "label", "refused", "blocked", "cut", "decoded",
)  # fmt: skip
_ANSWER = (
    "data", "model", "setting", "prompt_style", "category", "id", "question_id", "prompt",
    "response", "decoded_response", "outcome", "reason", "cut", "refusal_kind", "redacted",
)  # fmt: skip


def test_every_verdict_is_what_it_was(world: World) -> None:
    verdicts = pl.read_parquet(world.evaluation / "verdicts.parquet").select(_VERDICT)
    found = verdicts.sort(_VERDICT).write_csv()
    assert found == pinned_text("verdicts.csv", found)
    assert verdicts.height == verdicts.unique().height == 504


def test_every_answer_is_what_it_was(world: World) -> None:
    answers = pl.read_parquet(world.evaluation / "answers.parquet")
    found = content(answers, _ANSWER)
    assert found == pinned_json("answers.json", found)


@pytest.mark.parametrize("name", ["rates", "decoded", "effects", "correlations"])
def test_every_figure_is_what_it_was(world: World, name: str) -> None:
    said = json.loads((world.evaluation / "evaluation.json").read_text(encoding="utf-8"))
    found = comparable(said[name])
    assert list(lost(pinned_json(f"{name}.json", found), found)) == []


def test_the_pinned_verdicts_are_of_every_kind(world: World) -> None:
    verdicts = pl.read_parquet(world.evaluation / "verdicts.parquet")
    assert set(verdicts["judge"]) == {"keyword", "judge", "grader"}
    assert set(verdicts["outcome"]) == {"answered", "missing"}
    labels = {"direct_answer", "direct_refusal", "unparseable", None}
    assert set(verdicts["label"]) == labels
    for flag in ("refused", "blocked", "cut"):
        assert set(verdicts[flag].drop_nulls()) == {True, False}
