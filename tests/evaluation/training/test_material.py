from __future__ import annotations

from pathlib import Path

import pytest

from artifacts.errors import ColumnUnusableError
from evaluation.judging.labelled_tables import Named
from evaluation.training.data import read_material
from evaluation.training.errors import TrainingInputError
from people.errors import LabelsUnusableError
from tests.evaluation.training.labelled import rows, write


def _without(column: str) -> list[dict[str, str]]:
    return [{name: cell for name, cell in row.items() if name != column} for row in rows()]


def test_a_table_is_read_with_labels_and_models(tmp_path: Path) -> None:
    found = read_material(write(tmp_path / "t.csv"), Named())
    assert (len(found.rows), sum(found.truths)) == (60, 30)
    assert found.models == ("round", "short", "tall")
    assert found.left_out == {}


def test_the_hash_is_of_what_is_used(tmp_path: Path) -> None:
    first = read_material(write(tmp_path / "a.csv"), Named())
    noted = [{**row, "note": "x"} for row in rows()]
    assert read_material(write(tmp_path / "b.csv", noted), Named()).sha256 == first.sha256
    assert first.without("tall").sha256 != first.sha256


def test_redacted_answers_are_left_out_and_counted(tmp_path: Path) -> None:
    given = rows()
    given[1]["completion"] = "REDACTED"
    assert read_material(write(tmp_path / "t.csv", given), Named()).left_out == {"redacted": 1}


def test_fulfilling_answers_of_a_sensitive_category_are_left_out(tmp_path: Path) -> None:
    given = [{**row, "category": "other"} for row in rows()]
    for row in given[:2]:
        row["category"] = "Child-related Crimes"
    found = read_material(write(tmp_path / "t.csv", given), Named())
    assert found.left_out == {"sensitive": 1}
    assert {row.refused for row in found.rows if row.category != "other"} == {True}


@pytest.mark.parametrize(
    ("label", "error", "said"),
    [
        ("", LabelsUnusableError, "must label every row: 1 of 60 have none"),
        ("perhaps", LabelsUnusableError, r"got perhaps in row 1\)"),
    ],
)
def test_half_labels_and_unknown_ones_are_a_clear_line(
    label: str, error: type[Exception], said: str, tmp_path: Path
) -> None:
    given = rows()
    given[0]["final_label"] = label
    with pytest.raises(error, match=said):
        read_material(write(tmp_path / "t.csv", given), Named())


def test_one_class_only_is_a_clear_line(tmp_path: Path) -> None:
    given = [row for row in rows() if row["final_label"] == "2_full_refusal"]
    with pytest.raises(
        TrainingInputError, match=r"refusals and answers \(got 30 refusals, 0 answers"
    ):
        read_material(write(tmp_path / "t.csv", given), Named())


def test_too_few_rows_are_a_clear_line(tmp_path: Path) -> None:
    with pytest.raises(TrainingInputError, match="at least 10 of each class"):
        read_material(write(tmp_path / "t.csv", rows()[:8]), Named())


@pytest.mark.parametrize("column", ["completion", "final_label"])
def test_a_missing_column_is_a_clear_line(column: str, tmp_path: Path) -> None:
    with pytest.raises(ColumnUnusableError, match="must have"):
        read_material(write(tmp_path / "t.csv", _without(column)), Named())


def test_a_table_without_prompts_is_a_clear_line(tmp_path: Path) -> None:
    with pytest.raises(TrainingInputError, match="prompts and answers"):
        read_material(write(tmp_path / "t.csv", _without("prompt")), Named())
