"""The chart of judges against people."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from altair.utils.schemapi import debug_mode

from artifacts.figures import judge_scores
from artifacts.figures.judge_scores import judge_score_figures
from artifacts.judge_score_facts import JudgeScore, JudgeScores, Part


def _score(
    judge: str,
    model: str | None,
    kappa: float | None,
    strict: float | None = None,
    part: Part = "all",
) -> JudgeScore:
    ends = None if kappa is None else (kappa - 0.1, min(kappa + 0.1, 1.0))
    return JudgeScore(
        judge=judge, part=part, model=model, rows=40, prompts=10, refusals=20, unparseable=0,
        kappa=kappa, kappa_interval=ends, strict_kappa=kappa if strict is None else strict,
        strict_interval=ends, agreement=0.9, refusal_recall=0.9, refusal_interval=None,
        fulfilment_recall=0.9, fulfilment_interval=None,
    )  # fmt: skip


def _found(*scores: JudgeScore) -> JudgeScores:
    return JudgeScores(
        source="t.csv", sha256="0", truth="final_label", rows=40, left_out={}, split=None, seed=7,
        draws=1000, scores=scores, passes=(),
    )  # fmt: skip


def test_each_judge_has_its_kappa_written_and_its_models_as_rings() -> None:
    scores = [
        _score("keyword", None, 0.887), _score("keyword", "ann", 0.92),
        _score("keyword", "bob", 0.585), _score("<guard>", None, -0.25, strict=-0.51),
    ]  # fmt: skip
    (figure,) = judge_score_figures(_found(*scores))
    ElementTree.fromstring(figure.svg)
    assert ">0.89<" in figure.svg
    assert "&lt;guard&gt;" in figure.svg
    assert figure.rests_on == "n = 40 labelled answers to 10 base prompts"
    assert "keyword 0.89; <guard> -0.25" in figure.alt
    assert len(figure.table.rows) == 4


def test_base_and_mutated_prompts_have_figures_of_their_own() -> None:
    parts: tuple[Part, ...] = ("all", "base", "mutated")
    found = judge_score_figures(_found(*(_score("k", None, 0.5, part=part) for part in parts)))
    assert [figure.key for figure in found] == [f"judge-scores-{part}" for part in parts]


def test_without_any_kappa_there_is_nothing_to_draw() -> None:
    (figure,) = judge_score_figures(_found(_score("k", None, None)))
    assert figure.svg == ""
    assert "not measured" in figure.alt


def test_the_drawing_is_the_same_every_time() -> None:
    found = _found(_score("k", None, 0.5))
    assert judge_score_figures(found) == judge_score_figures(replace(found))


def test_the_chart_keeps_vega_lites_schema() -> None:
    pooled = [_score("k", None, 0.5, strict=0.1)]
    with debug_mode(True):
        drawn = judge_scores._drawn(pooled, [*pooled, _score("k", "ann", 0.4)], "key")
    assert drawn.startswith("<svg")
