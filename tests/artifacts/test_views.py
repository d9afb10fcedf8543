from __future__ import annotations

import polars as pl
import pytest

from artifacts.schemas import ANSWERS, OR_BENCH, OR_BENCH_WITH_SEEDS, VOTES
from artifacts.views import Value, View, draw_or_bench, meets
from checks.identity import content_id
from tests.artifacts.small_run import SmallRun


def test_a_view_holds_the_rows_that_meet_its_condition_with_their_lineage(run: SmallRun) -> None:
    view, hard, toxic = run.views()
    assert view.rows.schema == OR_BENCH
    assert view.rows["row"].to_list() == ["a1", "b1"]
    assert toxic.rows["row"].to_list() == ["a3"]
    assert hard.rows["row"].to_list() == ["a1"]
    assert run.views(run.without_hard())[1].rows.schema == OR_BENCH
    first = view.rows.to_dicts()[0]
    assert first["id"] == content_id("What makes a1 so easy to take?")
    assert first["seed_id"] == content_id("What makes a0 so easy to take?")
    assert (first["root"], first["writer"], first["label"]) == ("a0", "writer", "safe")
    assert (first["source"], first["license"]) == ("seeds.csv", "cc-by-4.0")


def test_votes_are_sorted_by_model_and_scores_have_two_decimals(run: SmallRun) -> None:
    first = run.views()[0].rows.to_dicts()[0]
    assert first["votes"] == [
        {"model": model, "label": "safe", "category": None, "sounds_risky": True, "score": 0.12}
        for model in ("guard", "judge")
    ]
    assert first["checks"] == [{"name": "drift", "value": 0.61}]


def test_a_row_has_what_the_panel_said_of_it_without_texts(run: SmallRun) -> None:
    hard, safe = (view.rows.to_dicts() for view in run.views()[1::-1])
    assert hard[0]["panel"] == [
        {"model": name, "outcome": "answered", "label": "direct_refusal", "refused": True}
        for name in ("p", "q")
    ]
    assert (hard[0]["rescued"], hard[0]["refusals"], hard[0]["answered"]) == (False, 2, 2)
    missing = {"model": "q", "outcome": "missing", "label": None, "refused": None}
    assert (safe[1]["refusals"], safe[1]["answered"], safe[1]["panel"][1]) == (1, 1, missing)


def test_a_row_that_no_panel_was_asked_about_has_nulls(run: SmallRun) -> None:
    toxic = run.views()[2].rows.to_dicts()[0]
    assert (toxic["refusals"], toxic["answered"], toxic["panel"]) == (None, None, None)


def test_the_order_of_the_tables_does_not_show(run: SmallRun) -> None:
    kept = run.kept("subsets")
    assert run.views(kept.reverse())[0].rows.equals(run.views(kept)[0].rows)


def test_rows_are_sorted_by_category_and_id(run: SmallRun) -> None:
    kept = run.kept("subsets").with_columns(label=pl.lit("safe"))
    rows = run.views(kept)[0].rows
    assert rows.height == 4
    assert rows.select("category", "id").equals(rows.select("category", "id").sort(pl.all()))


def test_one_row_that_may_not_be_given_on_holds_for_the_whole_view(run: SmallRun) -> None:
    kept = run.kept("subsets")
    assert run.views(kept)[0].redistribute
    held = kept.with_columns(redistribute=pl.col("row") != "b1")
    assert [view.redistribute for view in run.views(held)] == [False, True, True]


def test_a_root_without_a_known_text_has_no_seed(run: SmallRun) -> None:
    kept = run.kept("subsets").with_columns(root=pl.lit("zz"))
    assert run.views(kept)[0].rows["seed_id"].to_list() == [None, None]


def _drawn(run: SmallRun, config: str, own: pl.DataFrame | None = None) -> View:
    kept = run.kept("subsets").filter(pl.col("row").is_in(["a1", "b1"]))
    seeds = pl.DataFrame({"row": ["a0", "b0"], "text": ["An unsafe one?", "Another?"]})
    return draw_or_bench(
        config,
        "subsets",
        {},
        kept=kept,
        votes=VOTES.to_frame(),
        answers=ANSWERS.to_frame(),
        seeds=seeds,
        own_seeds=own,
        seed_texts=True,
    )


@pytest.mark.parametrize("config", ["or-bench-80k", "or-bench-hard-1k"])
def test_a_safe_config_has_no_seeds_text_though_it_is_asked_for(run: SmallRun, config: str) -> None:
    drawn = _drawn(run, config)
    assert drawn.schema == drawn.rows.schema == OR_BENCH
    assert "seed" not in drawn.rows.columns


def test_an_unsafe_config_has_the_seeds_texts_where_they_are_asked_for(run: SmallRun) -> None:
    drawn = _drawn(run, "or-bench-toxic")
    assert drawn.schema == drawn.rows.schema == OR_BENCH_WITH_SEEDS
    assert drawn.rows["seed"].to_list() == ["An unsafe one?", "Another?"]
    assert drawn.rows["seed_id"].to_list() == [content_id(text) for text in drawn.rows["seed"]]


def test_a_carried_row_keeps_its_own_seed_whose_text_is_found_by_its_id(run: SmallRun) -> None:
    own = pl.DataFrame(
        {
            "row": ["a1", "b1"],
            "seed_id": ["0123456789abcdef", content_id("An unsafe one?")],
            "text": [None, None],
        },
        schema_overrides={"text": pl.String},
    )
    rows = _drawn(run, "or-bench-toxic", own).rows.sort("row")
    assert rows["seed_id"].to_list() == own["seed_id"].to_list()
    assert rows["seed"].to_list() == [None, "An unsafe one?"]


@pytest.mark.parametrize(
    ("where", "count"),
    [({}, 3), ({"risky": True}, 1), ({"risky": False}, 1), ({"risky": True, "safe": 2}, 0)],
)
def test_a_condition_is_met_by_equal_values_and_never_by_a_null(
    where: dict[str, Value], count: int
) -> None:
    frame = pl.DataFrame({"risky": [True, False, None], "safe": [1, 2, 2]})
    assert frame.filter(meets(where)).height == count
