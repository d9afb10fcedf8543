"""A base set from three tables of different shapes, through the plain runner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from artifacts.sorry_bench_schemas import CATEGORY_VOTES
from artifacts.tables import read_table, write_table
from artifacts.verify.edges import check_run
from pipelines.errors import RecipeError, SourceError
from pipelines.recipe import taxonomy_of
from pipelines.sorry_bench.coverage import coverage, outside
from tests.base_set import (
    BREAK_INS,
    CHEATING,
    DOUBTFUL,
    HARMLESS,
    INSULTS,
    REWORDED,
    chosen,
    classifiers,
    loaded,
    opened,
    write_recipe,
    write_tables,
)
from tests.servers.behaviours import Imperatives, Router
from tests.servers.chat import Answer
from tests.servers.openai_server import Server, serve

pytestmark = pytest.mark.embedded


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    write_tables(tmp_path)
    with serve(classifiers()) as running:
        yield running


def test_three_tables_make_one_set_with_what_is_missing_said(
    server: Server, tmp_path: Path
) -> None:
    recipe = loaded(write_recipe(tmp_path, server.base_url))
    with opened(recipe, tmp_path / "out") as (run, stage):
        rows = chosen(run, stage)
        table = coverage(run, stage, recipe, taxonomy_of(recipe))
        review = {row["text"]: row for row in run.table(stage, "review").to_dicts()}
        groups = outside(run, stage)
        dropped = run.table(stage, "dropped").to_dicts()
        folder = run.context.layout.run
    assert table.header == ("category", "found", "chosen", "by people", "missing")
    assert table.rows == (
        ("insults", 5, 3, 0, 0),
        ("cheating", 4, 3, 0, 0),
        ("break-ins", 1, 1, 0, 2),
        ("fake-news", 0, 0, 0, 3),
        ("total", 10, 7, 0, 5),
    )
    assert [row["question_id"] for row in rows] == [1, 2, 3, 11, 12, 13, 21]
    assert {row["prompt_style"] for row in rows} == {"base"}
    assert {row["text"] for row in rows} <= {*INSULTS, *CHEATING, *BREAK_INS}
    assert {row["reason"] for row in dropped if row["text"] in HARMLESS} == {"no_category"}
    assert {row["reason"] for row in dropped if row["text"] in INSULTS} == {"not_chosen"}
    assert review[DOUBTFUL]["why"] == "undecided"
    assert review[INSULTS[1]]["why"] == "stated_otherwise"
    assert groups.rows[0][:2] == (1, 3)
    assert {row["cluster"] for text, row in review.items() if "tomato" in text} == {1}
    check = check_run(folder)
    assert check.problems == ()
    assert sum(edge.dropped for edge in check.edges if edge.stage == "dedup") == 5


def test_licences_follow_each_row(server: Server, tmp_path: Path) -> None:
    recipe = loaded(write_recipe(tmp_path, server.base_url))
    with opened(recipe, tmp_path / "out") as (run, _):
        rows = run.kept("classify").to_dicts()
    terms = {(row["source"], row["license"], row["redistribute"]) for row in rows}
    assert terms == {
        ("one.csv", "cc-by-4.0", True), ("two.jsonl", "mit", False), ("three.parquet", None, False)
    }  # fmt: skip


def test_a_second_run_asks_nothing_and_a_run_anew_chooses_the_same(
    server: Server, tmp_path: Path
) -> None:
    recipe = loaded(write_recipe(tmp_path, server.base_url))
    with opened(recipe, tmp_path / "out") as (run, stage):
        first = chosen(run, stage)
    sent = len(server.calls)
    with opened(recipe, tmp_path / "out") as (run, stage):
        assert chosen(run, stage) == first
        assert {result.fresh for result in run.results} == {0}
    assert len(server.calls) == sent
    with opened(recipe, tmp_path / "other") as (run, stage):
        assert chosen(run, stage) == first
    other = loaded(write_recipe(tmp_path, server.base_url, "  seed: 8\n"))
    with opened(other, tmp_path / "out") as (run, stage):
        assert {str(result.name) for result in run.results if result.fresh} == {"choose"}


def test_what_is_no_instruction_is_asked_for_as_one(server: Server, tmp_path: Path) -> None:
    recipe = loaded(write_recipe(tmp_path, server.base_url, "  imperative: w\n"))
    with opened(recipe, tmp_path / "out") as (run, _):
        rows = run.kept("imperative").to_dicts()
        parents = run.table("imperative", "parents").to_dicts()
        assert check_run(run.context.layout.run).problems == ()
    written = [row for row in rows if row["writer"] == "w"]
    assert [row["text"] for row in written] == [REWORDED]
    assert {check["name"] for check in written[0]["checks"]} == {"intent"}
    assert sum(row["asks"] for row in parents) == 1
    assert all(row["root"] != row["row"] for row in rows)


def test_a_rewrite_that_loses_the_intent_drops_its_row(server: Server, tmp_path: Path) -> None:
    models = classifiers()
    lost = Imperatives({"cheat at cards": "Bake an apple pie with cinnamon and butter."})
    server.behaviour = Router({**models.models, "w": lost})
    recipe = loaded(write_recipe(tmp_path, server.base_url, "  imperative: w\n"))
    with opened(recipe, tmp_path / "out") as (run, _):
        dropped = run.table("imperative", "dropped").to_dicts()
        assert check_run(run.context.layout.run).problems == ()
    assert [row["reason"] for row in dropped] == ["intent_far"] * 3


def test_models_that_say_nothing_usable_leave_rows_undecided(
    server: Server, tmp_path: Path
) -> None:
    answer = Answer('{"explanation": "Hard to say."}')
    server.behaviour = Router(dict.fromkeys("abc", lambda body: answer))
    recipe = loaded(write_recipe(tmp_path, server.base_url))
    with opened(recipe, tmp_path / "out") as (run, stage):
        assert chosen(run, stage) == []
        reasons = {row["reason"] for row in run.table(stage, "dropped").to_dicts()}
        assert check_run(run.context.layout.run).problems == ()
    assert reasons == {"undecided"}


def test_votes_that_were_tampered_with_are_found(server: Server, tmp_path: Path) -> None:
    recipe = loaded(write_recipe(tmp_path, server.base_url))
    with opened(recipe, tmp_path / "out") as (run, _):
        folder = run.context.layout.run
    path = next((folder / "classify").glob("category_votes-00*"))
    votes = read_table(path)
    other = votes.with_columns(category=pl.lit("insults"))
    write_table(path, other.filter(pl.int_range(pl.len()) > 0), CATEGORY_VOTES)
    problems = " ".join(check_run(folder).problems)
    assert "1 vote is lost" in problems
    assert "classified by other counts than its votes" in problems


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("column: goal", "column: gaol", r"column 'gaol' \(did you mean .goal.\?\) \(got id, goal"),
        ("category_column: category", "category_column: categroy", "did you mean `category`"),
        ("from: two.jsonl", "from: too.jsonl", "did you mean `two.jsonl`"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_in_one_line(
    server: Server, tmp_path: Path, old: str, new: str, rule: str
) -> None:
    path = write_recipe(tmp_path, server.base_url)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(Exception, match=rule), opened(loaded(path), tmp_path / "out"):
        pass
    assert server.calls == []


def test_an_unknown_category_of_a_table_is_named(server: Server, tmp_path: Path) -> None:
    table = tmp_path / "one.csv"
    table.write_text(table.read_text().replace("fake-news", "fake-nws"))
    recipe = loaded(write_recipe(tmp_path, server.base_url))
    with (
        pytest.raises(SourceError, match=r"did you mean `fake-news`.*fake-nws in one.csv, row 2"),
        opened(recipe, tmp_path / "out"),
    ):
        pass


def test_two_tables_of_one_name_are_refused(server: Server, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "one.csv").write_text("goal\nx\n")
    path = write_recipe(tmp_path, server.base_url)
    path.write_text(path.read_text().replace("two.jsonl", "more/one.csv"))
    with pytest.raises(RecipeError, match="a name each"), opened(loaded(path), tmp_path / "out"):
        pass
