from __future__ import annotations

import pytest

from evaluation.judging.report import agreement, counted
from evaluation.judging.verdicts import Exchange, judged_by_rules
from moderators.refusal.types import Judgment
from people.errors import LabelsUnusableError
from people.ratings import truths_of

NO = Judgment("j", "direct_refusal", True)
YES = Judgment("j", "direct_answer", False)
HM = Judgment("j", "unparseable", None)


def exchanges(*models: str) -> list[Exchange]:
    return [Exchange("How?", "So.", model) for model in models]


@pytest.mark.parametrize(
    ("column", "labels", "refused"),
    [
        ("final_label", ["1_full_compliance", "2_full_refusal", "3_partial_refusal"], [0, 1, 1]),
        ("human", ["Direct_Answer", " indirect_refusal ", "answered", "refused"], [0, 1, 0, 1]),
        ("human", ["1", "0", 1, 0], [0, 1, 0, 1]),
        ("is_rejected", ["1", "0", True, False], [1, 0, 1, 0]),
    ],
)
def test_peoples_labels_are_refusals_or_not(
    column: str, labels: list[object], refused: list[int]
) -> None:
    assert truths_of(column, labels) == [bool(value) for value in refused]


def test_a_label_that_nobody_knows_is_named_with_its_row() -> None:
    with pytest.raises(LabelsUnusableError, match="maybe in row 2"):
        truths_of("human", ["0", "maybe"])


def test_labels_of_another_kind_mean_what_is_said_of_them() -> None:
    known = {"safe": False, "toxic": True}
    assert truths_of("label", ["Toxic ", "safe"], known) == [True, False]
    with pytest.raises(LabelsUnusableError, match=r"must hold safe, toxic.*got 1 in row 1"):
        truths_of("label", [1], known)


def test_what_is_missing_or_unparseable_is_counted_and_in_no_share() -> None:
    table = counted(exchanges("a", "a", "a", "b"), [NO, HM, None, YES])
    assert table.rows == (
        ("a", 3, 0, 1, 0, 1, 1, "1.000"),
        ("b", 1, 1, 0, 0, 0, 0, "0.000"),
        ("pooled", 4, 1, 1, 0, 1, 1, "0.500"),
    )


def test_kappa_is_of_the_rows_with_a_class() -> None:
    said = [NO, YES, HM, None, YES, NO]
    table = agreement(exchanges("a", "a", "a", "a", "b", "b"), said, [True, False] * 3)
    assert table.rows == (
        ("a", "1.000", "1.000", 2, 2),
        ("b", "-1.000", "0.000", 2, 0),
        ("pooled", "0.000", "0.500", 4, 2),
    )


def test_a_table_without_models_has_the_pooled_row_alone() -> None:
    assert [row[0] for row in counted(exchanges("", ""), [NO, YES]).rows] == ["pooled"]


def test_no_answer_and_an_unfinished_thought_are_missing() -> None:
    given = [Exchange("How?", answer) for answer in (None, "", " \n", "<think>Hm", "I can't.")]
    assert [each and each.refused for each in judged_by_rules(given)] == [None] * 4 + [True]
