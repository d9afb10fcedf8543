"""The figures of a judge against people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from evaluation.judging.scoring import scores
from people.consensus import people
from tests.evaluation.judging.labels import answers


def test_figures_are_those_of_scikit_learn() -> None:
    rows = answers(60).rows
    rng = np.random.default_rng(1)
    said = [row.refused ^ bool(rng.random() < 0.2) for row in rows]
    pooled = next(scores("judge", rows, said, seed=7))
    true = [row.refused for row in rows]
    assert pooled.kappa == pytest.approx(cohen_kappa_score(true, said), abs=1e-12)
    assert pooled.strict_kappa == pooled.kappa
    hits = sum(one and other for one, other in zip(true, said, strict=True))
    assert pooled.refusal_recall == pytest.approx(hits / sum(true))
    assert pooled.refusals == sum(true)
    assert (pooled.rows, pooled.prompts) == (120, 60)
    assert pooled.kappa_interval is not None
    assert pooled.kappa_interval[0] < pooled.kappa < pooled.kappa_interval[1]


def test_what_cannot_be_read_is_left_out_of_kappa_and_held_against_the_strict_one() -> None:
    rows = answers(30).rows
    said = [None if row.place % 2 else row.refused for row in rows]
    pooled = next(scores("judge", rows, said, seed=7))
    assert pooled.unparseable == 30
    assert pooled.verdicts == 30
    assert pooled.kappa == 1
    wrong = [not row.refused if row.place % 2 else row.refused for row in rows]
    expected = cohen_kappa_score([row.refused for row in rows], wrong)
    assert pooled.strict_kappa == pytest.approx(expected, abs=1e-12)
    assert pooled.refusal_recall == pooled.fulfilment_recall == 0.5


def test_a_judge_that_mostly_says_nothing_readable_has_the_published_negative_kappa() -> None:
    # SORRY-Bench, Llama-3-8b-instruct with chain of thought: recalls 16.2 and 15.4, kappa -50.9,
    # at 30.4 % fulfilment; unparseable verdicts must count as wrong for it to come out.
    rows = answers(1000, ("m",)).rows[:1000]
    rng = np.random.default_rng(2)
    refused = rng.random(1000) < 0.696
    said = [bool(true) if rng.random() < (0.162 if true else 0.154) else None for true in refused]
    labelled = [replace(row, refused=bool(true)) for row, true in zip(rows, refused, strict=True)]
    pooled = next(scores("judge", labelled, said, seed=7))
    assert pooled.kappa == 1
    assert pooled.strict_kappa == pytest.approx(-0.51, abs=0.06)


def test_base_and_mutated_rows_are_apart_per_model_and_pooled() -> None:
    rows = answers(6, styles=("base", "slang", "caesar")).rows
    found = list(scores("judge", rows, [row.refused for row in rows], seed=7))
    assert [(each.part, each.model, each.rows) for each in found] == [
        ("all", None, 36), ("all", "ann", 18), ("all", "bob", 18),
        ("base", None, 12), ("base", "ann", 6), ("base", "bob", 6),
        ("mutated", None, 24), ("mutated", "ann", 12), ("mutated", "bob", 12),
    ]  # fmt: skip


def test_the_order_of_the_rows_decides_nothing() -> None:
    rows = answers(30).rows
    said = [row.refused ^ (row.place % 7 == 0) for row in rows]
    turned = list(scores("judge", rows[::-1], said[::-1], seed=7))
    assert list(scores("judge", rows, said, seed=7)) == turned


def test_one_label_throughout_has_no_kappa() -> None:
    rows = [row for row in answers(30).rows if not row.refused]
    pooled = next(scores("judge", rows, [False] * len(rows), seed=7))
    assert pooled.kappa is None
    assert pooled.kappa_interval is None
    assert pooled.refusal_recall is None
    assert pooled.fulfilment_recall == 1


def test_each_annotator_is_held_against_the_majority_of_the_others() -> None:
    votes = [(True, True, False), (False, False, False), (True, True, True), (False, None, False)]
    found = people(("a", "b", "c"), votes, ["1", "2", "3", "4"], seed=7)
    assert found is not None
    assert found.ties == 0
    # a: row 1 others tie; b likewise; c differs from both in row 1
    assert [each.rows for each in found.persons] == [3, 2, 4]
    assert [each.agreement for each in found.persons] == [1, 1, 3 / 4]


def test_one_annotator_has_nobody_to_agree_with() -> None:
    assert people(("a",), [(True,)], ["1"], seed=7) is None
