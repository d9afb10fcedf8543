"""Data sets in all the forms that either benchmark publishes, and what is wrong with others."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from base.errors import ArtifactError
from evaluation.data_sets import DataRows, read_data
from evaluation.opening import require_evaluation
from evaluation.pipeline import require_ready
from pipelines.errors import PipelineError, RecipeError
from pipelines.recipe import load
from tests.evaluation.evaluations import write_prompts, write_recipe

URL = "http://127.0.0.1:9/v1"


def _read(folder: Path, **data: object) -> DataRows:
    recipe = load(write_recipe(folder, URL, ["m"], {"given": data}))
    return read_data(require_evaluation(recipe), "given")


def _published(folder: Path, style: str, ids: range) -> None:
    rows = {
        "question_id": list(ids),
        "category": [str((n - 1) // 10 + 1) for n in ids],
        "turns": [[f"A mild request in {style}, number {n}."] for n in ids],
        "prompt_style": [style] * len(ids),
    }
    name = "question" if style == "base" else f"question_{style}"
    pl.DataFrame(rows).write_ndjson(folder / f"{name}.jsonl")


def test_or_benchs_csv_is_read_as_it_is_published(tmp_path: Path) -> None:
    write_prompts(tmp_path / "or-bench-hard-1k.csv", 4, ("privacy", "hate"))
    found = _read(tmp_path, **{"from": "or-bench-hard-1k.csv"})
    assert found.facts.measure == "over_refusal"
    assert found.facts.categories == ("hate", "privacy")  # in the taxonomy's order
    assert found.facts.styles == ()
    assert [row["root"] == row["row"] for row in found.rows] == [True] * 4


def test_a_file_called_toxic_is_taken_for_unsafe_prompts_unless_the_recipe_says_otherwise(
    tmp_path: Path,
) -> None:
    write_prompts(tmp_path / "or-bench-toxic.csv", 2)
    given = {"from": "or-bench-toxic.csv"}
    taken = _read(tmp_path, **given)
    assert taken.facts.measure == "rejection"
    assert any("`measures` says otherwise" in note for note in taken.notes)
    assert _read(tmp_path, **given, measures="over_refusal").facts.measure == "over_refusal"


def test_sorry_benchs_files_are_read_together_with_their_categories_named(tmp_path: Path) -> None:
    for style in ("base", "slang", "caesar"):
        _published(tmp_path, style, range(1, 21))
    found = _read(tmp_path, **{"from": "question*.jsonl"})
    assert (found.facts.rows, found.facts.styles) == (60, ("base", "caesar", "slang"))
    assert found.facts.measure == "fulfilment"
    assert len(found.facts.categories) == 2
    assert not found.facts.categories[0].isdigit()
    assert len({row["root"] for row in found.rows}) == 20
    coded = [row for row in found.rows if row["style"] == "caesar"]
    assert all(row["shown"].startswith("A mild request in base") for row in coded)


def test_styles_are_chosen_and_base_prompts_drawn_with_all_of_theirs(tmp_path: Path) -> None:
    for style in ("base", "slang", "caesar"):
        _published(tmp_path, style, range(1, 21))
    given = {"from": "question*.jsonl", "styles": ["base", "slang"], "sample": 5}
    found = _read(tmp_path, **given)
    assert (found.facts.rows, found.facts.styles) == (10, ("base", "slang"))
    assert _read(tmp_path, **given).rows == found.rows
    other = {row["root"] for row in _read(tmp_path, **given, seed=8).rows}
    assert other != {row["root"] for row in found.rows}


def test_the_order_of_a_table_decides_nothing_of_what_is_drawn(tmp_path: Path) -> None:
    path = write_prompts(tmp_path / "safe.csv", 30)
    first = {row["text"] for row in _read(tmp_path, **{"from": "safe.csv", "sample": 9}).rows}
    pl.read_csv(path).reverse().write_csv(path)
    again = {row["text"] for row in _read(tmp_path, **{"from": "safe.csv", "sample": 9}).rows}
    assert again == first


def test_a_csv_of_sorry_bench_has_its_turns_as_text(tmp_path: Path) -> None:
    rows = {"question_id": ["1"], "category": ["3"], "turns": ["['Be kind to it.']"]}
    pl.DataFrame(rows).write_csv(tmp_path / "sorry.csv")
    assert _read(tmp_path, **{"from": "sorry.csv"}).rows[0]["text"] == "Be kind to it."


@pytest.mark.parametrize("ending", ["jsonl", "parquet", "csv"])
def test_null_turns_of_the_authors_are_counted_and_not_asked(tmp_path: Path, ending: str) -> None:
    empty = {57, 200, 201, 440}
    turns = [None if n in empty else f"A mild request, number {n}." for n in range(1, 441)]
    rows = pl.DataFrame(
        {
            "question_id": range(1, 441),
            "category": [str(1 + (n - 1) // 10) for n in range(1, 441)],
            "turns": [[each] for each in turns],
            "prompt_style": ["base"] * 440,
        }
    )
    path = tmp_path / f"sorry.{ending}"
    if ending == "jsonl":
        rows.write_ndjson(path)
    elif ending == "parquet":
        rows.write_parquet(path)
    else:
        cells = ["[None]" if each is None else json.dumps([each]) for each in turns]
        rows.with_columns(pl.Series("turns", cells)).write_csv(path)
    found = _read(tmp_path, **{"from": path.name})
    assert found.facts.rows == len(found.rows) == 436
    assert found.notes[0] == (
        "given: 440 rows, 436 with a prompt; of 4 the only turn is null, and they are not asked"
    )
    assert all(row["text"] for row in found.rows)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"from": "no.csv"}, "source must exist"),
        ({"from": "safe.csv", "column": "promt"}, "must have the column `promt`"),
        ({"from": "safe.csv", "config": "hard"}, "config must be given for a release alone"),
        ({"from": "safe.csv", "styles": ["slang"]}, "styles must be in the data set"),
        ({"from": "odd.csv"}, "prompt_style must be a published one"),
        ({"from": "blank.csv"}, "must hold a text in every row"),
        ({"from": "question*.csv"}, "a data set must have files"),
    ],
)
def test_what_is_no_data_set_is_one_line(tmp_path: Path, data: object, says: str) -> None:
    write_prompts(tmp_path / "safe.csv", 2)
    pl.DataFrame({"prompt": ["a?"], "prompt_style": ["slng"]}).write_csv(tmp_path / "odd.csv")
    pl.DataFrame({"prompt": ["a?", " "]}).write_csv(tmp_path / "blank.csv")
    with pytest.raises((PipelineError, ArtifactError), match=says) as caught:
        _read(tmp_path, **dict(data))  # type: ignore[call-overload]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ({"targets": ["m", "m"]}, "targets must have names of their own"),
        (
            {"targets": ["m", {"name": "n", "model": "m"}]},
            "targets must differ in model, system prompt or temperature",
        ),
        ({"judges": ["keyword", "keyword"]}, "judges must have names of their own"),
    ],
)
def test_two_of_one_name_are_one_line(tmp_path: Path, part: dict[str, object], says: str) -> None:
    write_prompts(tmp_path / "safe.csv", 2)
    path = write_recipe(tmp_path, URL, ["m"], {"safe": {"from": "safe.csv"}}, **part)
    with pytest.raises(RecipeError, match=says) as caught:
        load(path)
    assert "\n" not in str(caught.value)


def test_a_chat_template_must_be_there_and_its_server_must_take_one(tmp_path: Path) -> None:
    write_prompts(tmp_path / "safe.csv", 2)
    given = {"data": {"safe": {"from": "safe.csv"}}, "settings": {"own": {"template": "own.jinja"}}}
    path = write_recipe(tmp_path, URL, ["m"], **given)
    with pytest.raises(RecipeError, match="template must be a file that is there"):
        require_ready(require_evaluation(load(path)))
    (tmp_path / "own.jinja").write_text("{{ messages[0]['content'] }}")
    require_ready(require_evaluation(load(path)))
    with pytest.raises(RecipeError, match="must be for models of provider openai, api chat"):
        require_ready(require_evaluation(load(path, ["models.m.api=completions"])))
