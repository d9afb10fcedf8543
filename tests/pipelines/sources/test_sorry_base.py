"""A base set that is loaded as it stands, and what is wrong with one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl
import pytest

from artifacts.verify.edges import check_run
from pipelines.errors import SourceError
from pipelines.recipe import SorryBench, taxonomy_of
from pipelines.recipe.loading import published as published_recipe
from pipelines.sorry_bench.coverage import coverage
from tests.base_set import TAXONOMY, chosen, loaded, opened

Rows: TypeAlias = list[dict[str, Any]]
RECIPE = """\
benchmark: sorry-bench
taxonomy: small.yaml
base: {{from: {file}, license: other{more}}}
release: {{version: 2026.11.0}}
"""
PER_CATEGORY = 3


def published(styles: tuple[str, ...] = ("base",), width: int = 10) -> Rows:
    """Rows as SORRY-Bench's files have them, for the small taxonomy."""
    return [
        {
            "question_id": category * width + k,
            "category": str(category + 1),
            "turns": [f"Write the {k}. text of kind {category}, naïvely."],
            "prompt_style": style,
        }
        for style in styles
        for category in range(4)
        for k in range(1, PER_CATEGORY + 1)
    ]


def _recipe(tmp_path: Path, file: str, more: str = "") -> SorryBench:
    (tmp_path / "small.yaml").write_text(TAXONOMY)
    (tmp_path / "base.yaml").write_text(RECIPE.format(file=file, more=more))
    return loaded(tmp_path / "base.yaml")


def _lines(tmp_path: Path, rows: Rows) -> Path:
    path = tmp_path / "question.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def _load(recipe: SorryBench, tmp_path: Path) -> Rows:
    with opened(recipe, tmp_path / "out") as (run, stage):
        assert check_run(run.context.layout.run).problems == ()
        return chosen(run, stage)


def test_the_published_form_is_loaded_with_its_ids(tmp_path: Path) -> None:
    _lines(tmp_path, published())
    rows = _load(_recipe(tmp_path, "question.jsonl"), tmp_path)
    assert [row["question_id"] for row in rows] == [each["question_id"] for each in published()]
    assert [row["text"] for row in rows] == [each["turns"][0] for each in published()]
    assert rows[0]["category"] == "insults"
    assert {(row["license"], row["redistribute"], row["chosen_by"]) for row in rows} == {
        ("other", False, "given")
    }


def _csv(rows: Rows, write: Callable[[Any], str]) -> pl.DataFrame:
    return pl.DataFrame([{**row, "turns": write(row["turns"])} for row in rows])


@pytest.mark.parametrize("write", [json.dumps, repr, lambda turns: turns[0]])
def test_a_list_in_a_csv_cell_is_read_however_it_was_written(
    tmp_path: Path, write: Callable[[Any], str]
) -> None:
    _csv(published(), write).write_csv(tmp_path / "base.csv")
    rows = _load(_recipe(tmp_path, "base.csv"), tmp_path)
    assert [row["text"] for row in rows] == [each["turns"][0] for each in published()]


def test_of_a_file_with_all_styles_the_base_alone_is_taken(tmp_path: Path) -> None:
    rows = published(("base", "question", "translate-fr"))
    rows[PER_CATEGORY * 4]["turns"] = None  # as in the published files: no base row
    pl.DataFrame(rows).write_parquet(tmp_path / "all.parquet")
    recipe = _recipe(tmp_path, "all.parquet")
    with opened(recipe, tmp_path / "out") as (run, stage):
        assert len(chosen(run, stage)) == PER_CATEGORY * 4
        dropped = run.table(stage, "dropped").to_dicts()
    assert {row["reason"] for row in dropped} == {"other_style"}
    assert len(dropped) == 2 * PER_CATEGORY * 4


def test_any_table_with_texts_and_categories_is_given_ids(tmp_path: Path) -> None:
    table = {"prompt": ["Be mean.", "Lie.", "Be rude."], "category": ["insults", "fake-news", "1"]}
    pl.DataFrame(table).write_csv(tmp_path / "own.csv")
    recipe = _recipe(tmp_path, "own.csv")
    with opened(recipe, tmp_path / "out") as (run, stage):
        rows = chosen(run, stage)
        counted = coverage(run, stage, recipe, taxonomy_of(recipe))
    assert [(row["question_id"], row["text"]) for row in rows] == [
        (1, "Be mean."), (2, "Be rude."), (31, "Lie.")
    ]  # fmt: skip
    assert counted.header == ("category", "found", "chosen")


def test_more_than_ten_requests_a_category_widen_the_ids(tmp_path: Path) -> None:
    names = [name for name in ("insults", "cheating") for _ in range(12)]
    table = {"prompt": [f"Write text {n}." for n in range(24)], "category": names}
    pl.DataFrame(table).write_csv(tmp_path / "own.csv")
    rows = _load(_recipe(tmp_path, "own.csv"), tmp_path)
    assert [row["question_id"] for row in rows] == list(range(1, 25))


def _with(place: int, **cells: object) -> Callable[[Rows], Rows]:
    return lambda rows: [{**row, **cells} if n == place else row for n, row in enumerate(rows)]


BROKEN: Mapping[str, tuple[Callable[[Rows], Rows], str]] = {
    "doubled id": (_with(1, question_id=1), r"unique \(got 1 2 times, question.jsonl\)"),
    "stray id": (_with(0, question_id=17), r"one of its category's 10 \(got 17 in insults"),
    "no id": (_with(0, question_id=None), "question_id must be a whole number"),
    "id of zero": (_with(0, question_id=0), "question_id must be a whole number"),
    "short category": (lambda rows: rows[1:], r"must have 3 requests \(got 2 in insults"),
    "null turns": (_with(2, turns=None), r"list of one text in every row \(got row 3"),
    "null turn": (_with(2, turns=[None]), r"list of one text in every row \(got row 3"),
    "two turns": (_with(2, turns=["a", "b"]), "list of one text"),
    "blank turn": (_with(2, turns=["  "]), "list of one text"),
    "control codes": (_with(2, turns=["a\0b"]), r"no control codes.*row 3"),
    "unknown category": (_with(4, category="9"), r"category must be a name or number.*9 in"),
    "no category": (_with(4, category=None), "category must be a name or number"),
    "unknown style": (_with(5, prompt_style="slng"), r"did you mean `slang`.*slng in .*row 6"),
    "a mutation": (
        lambda rows: [{**row, "prompt_style": "question"} for row in rows],
        r"question_question.jsonl a mutation\) \(got question alone",
    ),
    "no column": (
        lambda rows: [{k: v for k, v in row.items() if k != "category"} for row in rows],
        "must have the column `category`",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_with_a_base_set_is_one_clear_line(tmp_path: Path, name: str) -> None:
    change, rule = BROKEN[name]
    _lines(tmp_path, change(published()))
    recipe = _recipe(tmp_path, "question.jsonl")
    with pytest.raises(SourceError, match=rule) as caught, opened(recipe, tmp_path / "out"):
        pass
    assert "\n" not in str(caught.value)
    assert "naïvely" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_wanted_number_per_category_is_held_to(tmp_path: Path) -> None:
    _lines(tmp_path, published())
    recipe = _recipe(tmp_path, "question.jsonl", ", per_category: 4")
    with (
        pytest.raises(SourceError, match=r"4 requests \(got 3 in insults, and 3 more"),
        opened(recipe, tmp_path / "out"),
    ):
        pass


def test_lone_surrogates_are_refused_in_one_line(tmp_path: Path) -> None:
    line = json.dumps(published()[0]).replace("Write", "\\ud800")
    (tmp_path / "question.jsonl").write_text(f"{line}\n")
    recipe = _recipe(tmp_path, "question.jsonl")
    with (
        pytest.raises(SourceError, match="half characters") as caught,
        opened(recipe, tmp_path / "out"),
    ):
        pass
    assert "\n" not in str(caught.value)


def test_emoji_and_right_to_left_marks_are_kept_as_they_are(tmp_path: Path) -> None:
    text = "Write \U0001f600 and \u200f\u05d0 \u2028 \u0600."
    _lines(tmp_path, _with(0, turns=[text])(published()))
    assert _load(_recipe(tmp_path, "question.jsonl"), tmp_path)[0]["text"] == text


def test_a_manifest_shows_no_folder_of_this_machine(tmp_path: Path) -> None:
    _lines(tmp_path, published())
    text = published_recipe(_recipe(tmp_path, str(tmp_path / "question.jsonl")))
    assert "from: question.jsonl" in text
    assert str(tmp_path) not in text
