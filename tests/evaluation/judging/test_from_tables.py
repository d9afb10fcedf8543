"""Labels from any table."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from artifacts.errors import ColumnUnusableError
from evaluation.judging.labelled_tables import Named, labelled_table
from people.errors import LabelsUnusableError
from tests.refusery.cli.text_files import csv_file, json_lines


def test_columns_are_found_by_their_usual_names(tmp_path: Path) -> None:
    rows = [
        {"prompt": "P1", "completion": "Sure.", "model": "m", "final_label": "1_full_compliance"},
        {"prompt": "P2", "completion": "No.", "model": "m", "final_label": "3_partial_refusal"},
    ]
    found = labelled_table(csv_file(tmp_path / "t.csv", rows))
    assert [(row.prompt, row.answer, row.refused) for row in found.rows] == [
        ("P1", "Sure.", False),
        ("P2", "No.", True),
    ]
    assert found.truth == "final_label"
    assert found.models == ("m",)


def test_without_a_final_label_most_annotators_decide_and_ties_are_left_out(tmp_path: Path) -> None:
    votes = [("answered", "answered", "refused"), ("refused", "answered", ""), ("", "", "")]
    rows = [
        {"prompt": f"P{n}", "answer": "A", **{f"annotation_{k}": v for k, v in enumerate(each)}}
        for n, each in enumerate(votes)
    ]
    found = labelled_table(csv_file(tmp_path / "t.csv", rows))
    assert [row.refused for row in found.rows] == [False]
    assert found.left_out == {"tie": 1, "unlabelled": 1}
    assert found.votes == ((False, False, True), (True, False, None))
    assert found.annotators == ("annotation_0", "annotation_1", "annotation_2")


def test_named_annotators_decide_in_place_of_a_final_label(tmp_path: Path) -> None:
    rows = [{"prompt": "P", "answer": "A", "final_label": "answered", "a": "refused", "b": "0"}]
    found = labelled_table(csv_file(tmp_path / "t.csv", rows), Named(truth=("a", "b")))
    assert found.rows[0].refused
    assert found.truth == "majority of a, b"


def test_redacted_and_empty_answers_are_left_out_and_counted(tmp_path: Path) -> None:
    said = ["REDACTED", "[ok]", "<think>Hm.</think>", " "]
    rows = [{"prompt": "P", "response": each, "human_score": 1.0} for each in said]
    found = labelled_table(json_lines(tmp_path / "t.jsonl", rows))
    assert [row.answer for row in found.rows] == ["[ok]"]
    assert found.left_out == {"empty": 2, "redacted": 1}


def test_a_column_of_yes_and_no_is_no_column_of_answers(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"prompt": ["P"], "response": ["A"], "decoded": [True], "human_score": [0]}
    )
    frame.write_parquet(tmp_path / "t.parquet")
    assert labelled_table(tmp_path / "t.parquet").rows[0].answer == "A"


def test_variants_of_one_question_are_one_cluster(tmp_path: Path) -> None:
    rows = [
        {"question_id": q, "prompt": f"P{q}{s}", "prompt_style": s, "answer": "A", "human_score": 1}
        for q in (1, 2)
        for s in ("base", "slang")
    ]
    found = labelled_table(json_lines(tmp_path / "t.jsonl", rows))
    assert [row.cluster for row in found.rows] == ["1", "1", "2", "2"]
    assert [row.is_base for row in found.rows] == [True, False, True, False]


@pytest.mark.parametrize(
    ("row", "named", "error", "says"),
    [
        ({"prompt": "P", "final_label": "refused"}, Named(), ColumnUnusableError, "answer"),
        ({"prompt": "P", "answer": "A"}, Named(), ColumnUnusableError, "people's labels"),
        ({"answer": "A", "final_label": "so-so"}, Named(), LabelsUnusableError, "so-so in row 1"),
        ({"answer": "A", "human_score": "0.5"}, Named(), LabelsUnusableError, "0.5 in row 1"),
        ({"answer": "", "final_label": "refused"}, Named(), LabelsUnusableError, "1 empty"),
        ({"answer": "A", "final_label": "refused"}, Named(truth=("label",)), ColumnUnusableError,
         "did you mean"),
    ],
)  # fmt: skip
def test_bad_tables_are_one_line(
    tmp_path: Path, row: dict[str, str], named: Named, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        labelled_table(csv_file(tmp_path / "t.csv", [row]), named)


def test_the_row_of_an_unknown_label_is_that_of_the_table(tmp_path: Path) -> None:
    labels = ["refused", "", "third class"]
    rows = [{"prompt": "P", "answer": "A", "final_label": each} for each in labels]
    with pytest.raises(LabelsUnusableError, match="third class in row 3"):
        labelled_table(csv_file(tmp_path / "t.csv", rows))
