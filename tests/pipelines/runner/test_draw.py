"""What a pilot draws: the same rows each time, each as likely as another, over all categories."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest

from artifacts.records import StageName
from artifacts.schemas import ROWS, kept_and_dropped
from pipelines.runner.draw import NOT_DRAWN, Drawn, cut, draw, drawn_before
from pipelines.runner.pipeline import Pipeline, Rounds
from pipelines.runner.stage import Frames, Round, Stage, latest


def rows(**counts: int) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"row": f"{name}{place}", "root": f"{name}{place}", "category": name}
            for name, count in counts.items()
            for place in range(count)
        ]
    )


def source(name: str = "seeds", count: int = 30) -> Stage:
    def work(_: Round) -> object:
        def read(_: pl.DataFrame) -> Frames:
            texts = rows(hate=count // 3, privacy=count - count // 3)
            schema = {each: kind for each, kind in ROWS.items() if each not in texts.columns}
            empty = [pl.lit(None, kind).alias(each) for each, kind in schema.items()]
            return {"kept": texts.with_columns(empty).select(ROWS.names())}

        return read

    return Stage(
        name=StageName(name),
        kind="select",
        whole=True,
        tables=kept_and_dropped(ROWS),
        version=1,
        covers=lambda round_: (),
        work=work,  # type: ignore[arg-type]  # the test's own function
    )


def after(name: str, *before: str) -> Stage:
    return Stage(
        name=StageName(name),
        kind="annotate",
        tables=kept_and_dropped(ROWS),
        version=1,
        covers=lambda round_: (),
        work=lambda round_: lambda frame: {"kept": frame},
        inputs=tuple(latest(each) for each in before),
    )


def test_each_category_has_its_share_and_the_order_of_the_table_decides_nothing() -> None:
    table = rows(hate=100, privacy=50, violence=50)
    mixed = table.sample(fraction=1.0, shuffle=True, seed=3)
    chosen = table.filter(draw(table, 20))
    assert Counter(chosen["category"]) == {"hate": 10, "privacy": 5, "violence": 5}
    assert set(mixed.filter(draw(mixed, 20))["row"]) == set(chosen["row"])


def test_fewer_rows_than_categories_are_spread_too() -> None:
    table = rows(**{f"c{place}": 10 for place in range(44)})
    assert max(Counter(table.filter(draw(table, 20))["category"]).values()) == 1


def test_a_small_table_is_drawn_whole() -> None:
    assert draw(rows(hate=3), 20).to_list() == [True] * 3


def test_a_cut_stage_keeps_what_is_drawn_and_drops_the_rest_by_name() -> None:
    whole = Pipeline([source(), after("votes", "seeds")])
    small = cut(whole, [Drawn(StageName("seeds"))], 6, StageName("carried"))
    made = small.stage(StageName("seeds"))
    frames = made.work(Round())(pl.DataFrame())  # type: ignore[operator]  # a plain function
    assert frames["kept"].height == 6
    assert frames["dropped"].height == 24
    assert set(frames["dropped"]["reason"]) == {NOT_DRAWN}
    assert made.digest(Round()) != whole.stage(StageName("seeds")).digest(Round())
    votes = StageName("votes")
    assert small.stage(votes).digest(Round()) == whole.stage(votes).digest(Round())


def test_rounds_run_once_and_what_is_carried_is_left_aside() -> None:
    again = Rounds((after("votes", "seeds"),), 5, lambda tables: True)
    steps = [source("carried"), source(), again, after("panel", "votes", "carried")]
    small = cut(Pipeline(steps), [Drawn(StageName("seeds"))], 6, StageName("carried"))
    (rounds,) = [each for each in small.steps if isinstance(each, Rounds)]
    assert rounds.most == 1
    assert small.stage(StageName("panel")).inputs == (latest("votes"),)


def test_each_stage_rests_on_the_nearest_draw_before_it() -> None:
    stages = [source("calls"), after("writing", "calls"), after("seeds", "writing")]
    whole = Pipeline([*stages, after("votes", "seeds"), source("aside")])
    calls, seeds = Drawn(StageName("calls")), Drawn(StageName("seeds"), is_made=True)
    found = {str(name): each for name, each in drawn_before(whole, [calls, seeds]).items()}
    assert found == {"calls": calls, "writing": calls, "seeds": seeds, "votes": seeds}


@pytest.mark.parametrize("most", [7, 20, 39])
def test_as_many_are_drawn_as_are_wanted(most: int) -> None:
    table = rows(hate=23, privacy=17)
    assert draw(table, most).sum() == most
