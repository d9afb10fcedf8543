"""A plan by a pilot: its figures scaled to the whole, with intervals, and never a wish as rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from artifacts.records import StageName
from flows.benchmarks import benchmark_of, plan
from measures.totals import Moments, moments
from pipelines.opening import layout_of
from pipelines.pilots.measure import scales_of
from pipelines.pilots.record import (
    PilotRecord,
    Population,
    Scaling,
    StageUse,
    Took,
    Yield,
    write_record,
)
from pipelines.planning import Plan
from pipelines.planning.plan import plan_of
from pipelines.planning.projection import Projection
from pipelines.recipe.schema import Runnable
from pipelines.runner.expected import Assumption, Expected
from pipelines.runner.pipeline import Pipeline, Rounds, Step
from tests.loopback import write_recipe
from tests.mutation_set import bases, small_taxonomy, write_base
from tests.mutation_set import write_recipe as write_mutations
from tests.pipelines.pilots.piloting import SMALL, loaded
from tests.pipelines.pilots.records import record_of

WHOLE = "seeds.per_category=24"
HARD = "hard={at: 1, size: 1000}"
PANEL = "panel={targets: [writer]}"
REWRITES = "toxic={from: [rewrites]}"  # no votes on seeds: the record has none


def planned(folder: Path, *changes: str, **fields: object) -> Plan:
    """A plan by the pilot of `records`, some fields of it changed."""
    recipe = loaded(
        write_recipe(folder, "http://127.0.0.1:9/v1", SMALL), [WHOLE, REWRITES, *changes]
    )
    pipeline = benchmark_of(recipe).pipeline(recipe, layout_of(recipe, folder / "out"), None)
    return plan_of(recipe, pipeline, record_of(recipe, **fields))


def calls_of(found: Plan) -> dict[str, int | None]:
    return {each.name: each.calls for each in found.stages if each.asks}


def test_calls_tokens_and_money_are_those_of_the_pilot_for_each_seed(tmp_path: Path) -> None:
    found = planned(tmp_path)
    assert calls_of(found) == {"rewrite": 40 * 12, "moderate": 80 * 12}
    (rewrite,) = [each for each in found.stages if each.name == "rewrite"]
    assert (rewrite.input_tokens, rewrite.output_tokens) == (480 * 500, 480 * 100)
    assert found.usd == pytest.approx(0.12 * 12)
    (moderate,) = [each for each in found.stages if each.name == "moderate"]
    assert moderate.rows == 60 * 12


def test_calls_and_money_have_intervals_around_them(tmp_path: Path) -> None:
    told = planned(tmp_path).pilot
    assert told is not None
    assert told.usd is not None
    assert (told.seeds, told.made, told.version) == (20, "2026-11-30", "2026.11.0")
    assert told.calls.low < told.calls.value == 240 * 6 < told.calls.high
    assert told.usd.low < told.usd.value < told.usd.high


def test_a_larger_set_takes_more_of_the_same(tmp_path: Path) -> None:
    half = planned(tmp_path, "seeds.per_category=12").pilot
    whole = planned(tmp_path).pilot
    assert half is not None
    assert whole is not None
    assert half.calls.value * 2 == whole.calls.value
    assert half.calls.high * 2 < whole.calls.high + 1e-9 + whole.calls.value


def test_a_budget_inside_the_interval_may_be_reached(tmp_path: Path) -> None:
    told = planned(tmp_path).pilot
    assert told is not None
    assert told.usd is not None
    near = (told.usd.value + told.usd.high) / 2
    for cap, says in ((near, "may reach its budget"), (0.01, "would reach its budget")):
        notes = planned(tmp_path, f"budget={{max_usd: {cap}}}").notes
        assert any(says in note for note in notes)
    notes = planned(tmp_path, "budget={max_usd: 100}").notes
    assert not any("its budget" in note for note in notes)


def test_a_price_that_is_unknown_stays_unknown(tmp_path: Path) -> None:
    recipe = loaded(write_recipe(tmp_path, "http://127.0.0.1:9/v1", SMALL))
    (drawn,) = record_of(recipe).populations
    told = planned(tmp_path, populations=(replace(drawn, usd=None),)).pilot
    assert told is not None
    assert told.usd is None


def test_a_size_is_a_wish_and_no_rows(tmp_path: Path) -> None:
    wished = {each.name: each for each in planned(tmp_path, HARD, PANEL).configs}
    assert wished["hard"].wanted == 1000
    assert wished["hard"].expected is None  # the pilot had no panel
    assert wished["accepted"].wanted is None
    expected = wished["accepted"].expected
    assert expected is not None
    assert expected.low < expected.value == 480 < expected.high


def test_without_a_pilot_nobody_knows_what_a_set_will_have(tmp_path: Path) -> None:
    recipe = loaded(write_recipe(tmp_path, "http://127.0.0.1:9/v1", SMALL), [HARD, PANEL])
    found = plan(recipe, tmp_path / "out")
    assert found.pilot is None
    wished = [(each.name, each.wanted, each.expected) for each in found.configs]
    assert wished == [("accepted", None, None), ("hard", 1000, None), ("toxic", None, None)]


def test_a_target_takes_as_many_rounds_as_the_pilots_yield_needs(tmp_path: Path) -> None:
    # 24 seeds a category bring 60 rows a round: 100 rows take a second one.
    (drawn,) = record_of(loaded(write_recipe(tmp_path, "http://127.0.0.1:9/v1", SMALL))).populations
    even = replace(drawn, categories={f"c{place}": 24 for place in range(10)})
    once = planned(tmp_path, populations=(even,)).pilot
    twice = planned(tmp_path, "rewrite.target=100", "rewrite.rounds=5", populations=(even,)).pilot
    assert once is not None
    assert twice is not None
    assert twice.calls.value == 2 * once.calls.value
    assert twice.calls.high >= 2 * once.calls.high


def test_a_target_of_which_a_round_brings_nothing_takes_one(tmp_path: Path) -> None:
    none = (Yield("accepted in a round", "seeds", Moments(20, 0.0)),)
    once = planned(tmp_path).pilot
    ends = planned(tmp_path, "rewrite.target=100", "rewrite.rounds=5", yields=none).pilot
    without = ["rewrite.target=100", "rewrite.rounds=5", "rewrite.min_yield=0"]
    goes_on = planned(tmp_path, *without, yields=none).pilot
    assert once is not None
    assert ends is not None
    assert goes_on is not None
    assert (ends.calls.value, goes_on.calls.value) == (once.calls.value, 5 * once.calls.value)


def test_a_stage_that_the_pilot_did_not_have_is_charged_as_is_assumed(tmp_path: Path) -> None:
    found = planned(tmp_path, "rescue={answerer: a}")
    rescue = next(each for each in found.stages if each.name == "rescue")
    assert rescue.calls is not None
    assert rescue.calls > 0


def test_a_stage_that_asked_nobody_in_the_pilot_is_not_charged(tmp_path: Path) -> None:
    record = record_of(loaded(write_recipe(tmp_path, "http://127.0.0.1:9/v1", SMALL)))
    stages = (*record.stages, StageUse("rescue", "rescue", "seeds", 60, 60, ()))
    found = planned(tmp_path, "rescue={answerer: a}", stages=stages)
    rescue = next(each for each in found.stages if each.name == "rescue")
    assert (rescue.calls, rescue.usd) == (0, 0.0)
    assert all("as if" not in note for note in rescue.notes)


def test_what_was_assumed_is_no_longer_said_and_all_else_is(tmp_path: Path) -> None:
    recipe = loaded(write_recipe(tmp_path, "http://127.0.0.1:9/v1", SMALL), [REWRITES])
    whole = benchmark_of(recipe).pipeline(recipe, layout_of(recipe, tmp_path / "out"), None)
    notes = (Assumption("nobody is asked twice"), "as if: three times as many calls", "mind")

    def noted(step: Step) -> Step:
        if not isinstance(step, Rounds):
            return step
        stages = (
            replace(each, expects=lambda rows: Expected(rows, (), notes)) for each in step.stages
        )
        return replace(step, stages=tuple(stages))

    pipeline = Pipeline([noted(step) for step in whole.steps])
    for record, said in ((None, notes), (record_of(recipe), notes[1:])):
        stages = {each.name: each for each in plan_of(recipe, pipeline, record).stages}
        assert stages["moderate"].notes == said


@pytest.mark.parametrize("changes", [(), ("rewrite.tries=5", "rewrite.checks=[]")])
def test_how_often_a_writer_may_be_asked_is_a_pilots_to_say(
    changes: tuple[str, ...], tmp_path: Path
) -> None:
    tries = "times as many calls where rewrites are unusable"
    recipe = loaded(write_recipe(tmp_path, "http://127.0.0.1:9/v1", SMALL), [*changes])
    assert any(tries in each for each in plan(recipe, tmp_path / "out").remarks)
    assert not any(tries in each for each in planned(tmp_path, *changes).remarks)


FURTHER = ("rewrite.target=600", "rewrite.rounds=2")
SEEDS_TOO = "toxic={from: [seeds, rewrites]}"


def test_votes_on_seeds_are_paid_once_whatever_rounds_there_are(tmp_path: Path) -> None:
    record = record_of(loaded(write_recipe(tmp_path, "http://127.0.0.1:9/v1", SMALL)))
    (drawn,) = record.populations
    parts: dict[Scaling, Took] = {
        "rounds": Took(Moments(20, 5.0, 1.0), Moments(20, 0.005, 0.001)),
        "seeds": Took(Moments(20, 1.0), Moments(20, 0.001)),
    }
    votes = replace(record.stages[2].asks[0], calls=20, rows=20, usd=0.02)
    on_seeds = StageUse("moderate_seeds", "moderate_seeds", "seeds", 20, 20, (votes,), "seeds")
    changed = {
        "populations": (replace(drawn, parts=parts),),
        "stages": (*record.stages, on_seeds),
    }
    once = planned(tmp_path, SEEDS_TOO, **changed)
    twice = planned(tmp_path, SEEDS_TOO, *FURTHER, **changed)
    assert once.pilot is not None
    assert twice.pilot is not None
    assert (once.pilot.calls.value, twice.pilot.calls.value) == (240 * 6, 240 * (2 * 5 + 1))
    assert once.pilot.usd is not None
    assert twice.pilot.usd is not None
    assert once.pilot.usd.value == pytest.approx(240 * 0.006)
    assert twice.pilot.usd.value == pytest.approx(240 * 0.011)
    assert calls_of(twice) == {"rewrite": 960, "moderate": 1920, "moderate_seeds": 240}
    (line,) = [each for each in twice.stages if each.name == "moderate_seeds"]
    assert line.rows == 240


def test_toxic_rows_that_are_seeds_are_counted_once(tmp_path: Path) -> None:
    yields = (
        Yield("accepted in a round", "seeds", Moments(20, 2.5, 0.5)),
        Yield("toxic", "seeds", Moments(20, 0.5, 0.1)),
        Yield("toxic", "seeds", Moments(20, 0.25, 0.1), "seeds"),
    )
    found = {each.name: each for each in planned(tmp_path, *FURTHER, yields=yields).configs}
    expected = found["toxic"].expected
    assert expected is not None
    assert expected.value == 240 * (2 * 0.5 + 0.25)


def test_what_takes_so_many_rows_takes_no_more_of_a_larger_set(tmp_path: Path) -> None:
    recipe = loaded(write_recipe(tmp_path, "http://127.0.0.1:9/v1", SMALL))
    record = record_of(recipe)
    (drawn,), votes = record.populations, record.stages[2].asks[0]
    parts: dict[Scaling, Took] = {
        "seeds": Took(Moments(20, 5.0, 1.0), Moments(20, 0.005, 0.001)),
        "fixed": Took(Moments(20, 1.0, 0.5), Moments(20, 0.001, 0.0005)),
    }
    stopped = (
        StageUse("pilot_rows", "pilot_rows", "seeds", 20, 4, (), "fixed"),
        StageUse("pilot", "pilot", "seeds", 4, 0, (replace(votes, calls=20, rows=4),), "fixed"),
    )
    record = replace(record, populations=(replace(drawn, parts=parts),), stages=stopped)
    for rows, times in ((4, 1), (8, 2), (None, 1)):  # a pilot may have fewer rows than it takes
        planned_rows = {StageName("seeds"): 240, StageName("pilot_rows"): rows}
        found = Projection(recipe, record, planned_rows)
        assert found.calls.value == 240 * 5 + times * 20
        asked = found.models("pilot")
        assert asked is not None
        assert (asked["a"].calls, found.rows_at_work("pilot")) == (times * 20, times * 4)


def test_stages_grow_with_seeds_or_with_rounds_or_not_at_all(tmp_path: Path) -> None:
    more = [PANEL, "rescue={answerer: a}", *FURTHER, SEEDS_TOO]
    recipe = loaded(write_recipe(tmp_path, "http://127.0.0.1:9/v1", SMALL), more)
    once = {"seeds", "clean_seeds", "seed_pool", "moderate_seeds"}
    assert _growing(recipe, tmp_path, "seeds") == once
    assert _growing(recipe, tmp_path, "fixed") == set()
    assert {"rewrite", "moderate", "rescue", "panel"} <= _growing(recipe, tmp_path, "rounds")
    llm = "seeds={from: llm, writer: writer, per_category: 10, per_call: 10, max_rounds: 4}"
    recipe = loaded(write_recipe(tmp_path, "http://127.0.0.1:9/v1", SMALL), [llm, SEEDS_TOO])
    assert _growing(recipe, tmp_path, "seeds") == {"calls", *once}
    write_base(tmp_path, bases(4))
    taxonomy = small_taxonomy(tmp_path, 4)
    recipe = loaded(write_mutations(tmp_path, "http://127.0.0.1:9/v1", "", taxonomy))
    assert _growing(recipe, tmp_path, "fixed") == {"pilot_rows", "pilot"}
    assert _growing(recipe, tmp_path, "rounds") == set()


def _growing(recipe: Runnable, folder: Path, with_: Scaling) -> set[str]:
    benchmark = benchmark_of(recipe)
    pipeline = benchmark.pipeline(recipe, layout_of(recipe, folder / "out"), None)
    found = scales_of(pipeline, benchmark.drawn(recipe))
    return {name.stage for name, scales in found.items() if scales == with_}


def test_a_quota_is_what_it_adds_up_to(tmp_path: Path) -> None:
    quota = "{at: 1, balance: quota, quota: {hate: 30, privacy: 20}}"
    toxic = "toxic={balance: quota, quota: {hate: 3, harmful: 4}, from: [rewrites]}"
    found = planned(tmp_path, PANEL, f"hard={quota}", toxic).configs
    wished = {each.name: each.wanted for each in found}
    assert wished == {"accepted": None, "hard": 50, "toxic": 7}


@pytest.mark.parametrize(
    ("hard", "rounds"),
    [
        ("{at: 1, size: 60, rounds: 5}", 1.0),
        ("{at: 1, balance: quota, quota: {hate: 60, privacy: 30}, rounds: 5}", 1.5),
        ("{at: 1, balance: quota, quota: {hate: 60}, rounds: 5}", 1.5),
        ("{at: 1, balance: cap, size: 100, rounds: 5}", 2.0),
    ],
)
def test_rounds_go_on_for_the_categories_that_are_short(
    hard: str, rounds: float, tmp_path: Path
) -> None:
    # 240 seeds of two categories: 30 hard rows of each in a round.
    yields = (Yield("hard", "seeds", moments([1.0] * 5 + [0.0] * 15)),)
    once = planned(tmp_path, PANEL).pilot
    found = planned(tmp_path, PANEL, f"hard={hard}", yields=yields).pilot
    assert once is not None
    assert found is not None
    assert found.calls.value == rounds * once.calls.value


def _llm(record: PilotRecord) -> PilotRecord:
    (seeds,) = record.populations
    calls = Population("calls", 5, 10, 10, False, {"hate": 10}, Moments(5, 1.0), Moments(5, 0.001))
    made = replace(seeds, whole=40, entering=40, is_made=True, categories={"hate": 40})
    return replace(record, populations=(calls, made))


def test_seeds_that_a_model_writes_are_as_many_as_are_wanted(tmp_path: Path) -> None:
    recipe = loaded(
        write_recipe(tmp_path, "http://127.0.0.1:9/v1", SMALL),
        ["seeds={from: llm, writer: writer, per_category: 10, per_call: 10, max_rounds: 4}"],
    )
    rows = {StageName("calls"): 10, StageName("seeds"): 100}
    found = Projection(recipe, _llm(record_of(recipe)), rows)
    assert found.wholes == {"calls": 10, "seeds": 100}
    # Five calls brought 40 seeds, less than was asked for: 100 take 12.5 calls, not 10.
    assert found.times["calls"].expected == pytest.approx(1.25)
    assert found.calls.value == pytest.approx(12.5 + 600)


def test_repeats_that_the_pilots_table_had_are_left_out_of_the_whole(tmp_path: Path) -> None:
    recipe = loaded(write_recipe(tmp_path, "http://127.0.0.1:9/v1", SMALL))
    (drawn,) = record_of(recipe).populations
    record = record_of(recipe, populations=(replace(drawn, entering=300),))
    assert Projection(recipe, record, {StageName("seeds"): 600}).wholes == {"seeds": 480}
    assert Projection(recipe, record, {StageName("seeds"): None}).wholes == {"seeds": 240}


def test_a_yield_that_is_not_counted_is_unknown(tmp_path: Path) -> None:
    recipe = loaded(write_recipe(tmp_path, "http://127.0.0.1:9/v1", SMALL))
    hard = (Yield("hard", "seeds", Moments(20, 0.0)),)
    found = Projection(recipe, record_of(recipe, yields=hard), {StageName("seeds"): 240})
    assert found.rows_of("toxic") is None
    none = found.rows_of("hard")
    assert none is not None
    assert (none.low, none.value) == (0.0, 0.0)
    assert none.high == pytest.approx(220 * 3 / 20)  # none of twenty may yet be some


def test_a_pilot_in_the_output_folder_is_found(tmp_path: Path) -> None:
    path = write_recipe(tmp_path, "http://127.0.0.1:9/v1", SMALL)
    record = record_of(loaded(path))
    write_record(tmp_path / "out" / "runs" / "loop" / "2026.11.0-pilot20", record)
    found = plan(loaded(path, [WHOLE]), tmp_path / "out")
    assert found.pilot is not None
    other = plan(loaded(path, [WHOLE, "moderate.tries=1"]), tmp_path / "out")
    assert other.pilot is None
    assert "its `moderate` differs from this recipe's" in other.notes[-1]


@pytest.mark.parametrize(
    ("hard_in_20", "rounds"),
    [
        (20, 1),  # 240 in a round: 200 are there at once
        (5, 4),  # 60 in a round
        (2, 5),  # 24 in a round: nine would fill it, five are allowed
        (0, 1),  # less than its yield: the first round is the last
    ],
)
def test_a_hard_set_takes_as_many_rounds_as_the_pilots_yield_needs(
    hard_in_20: int, rounds: int, tmp_path: Path
) -> None:
    counts = [1.0] * hard_in_20 + [0.0] * (20 - hard_in_20)
    yields = (Yield("hard", "seeds", moments(counts)),)
    filled = "hard={at: 1, size: 200, rounds: 5}"
    once = planned(tmp_path, PANEL).pilot
    found = planned(tmp_path, PANEL, filled, yields=yields).pilot
    assert once is not None
    assert found is not None
    assert found.calls.value == rounds * once.calls.value
    assert found.calls.low <= found.calls.value <= found.calls.high


def test_with_a_cap_rounds_go_on_until_each_category_has_its_even_share(tmp_path: Path) -> None:
    # 50 and 10 hard rows in a round: 30 of the second are there after three.
    (drawn,) = record_of(loaded(write_recipe(tmp_path, "http://127.0.0.1:9/v1", SMALL))).populations
    uneven = (replace(drawn, categories={"hate": 200, "privacy": 40}),)
    yields = (Yield("hard", "seeds", moments([1.0] * 5 + [0.0] * 15)),)
    hard = "hard={at: 1, balance: cap, size: 60, rounds: 5}"
    found = planned(tmp_path, PANEL, hard, populations=uneven, yields=yields).pilot
    assert found is not None
    assert found.calls.value == pytest.approx((200 * 1 + 40 * 3) * 6)


def test_a_rounds_yield_is_counted_by_the_rewrites_that_were_written(tmp_path: Path) -> None:
    # Sixty of twenty seeds, where 40 were asked for: of 0.12 a seed that is less than 5 %.
    yields = (Yield("hard", "seeds", Moments(20, 0.12)),)
    hard = "hard={at: 1, size: 200, rounds: 5, min_yield: 0.05}"
    found = planned(tmp_path, PANEL, hard, yields=yields).pilot
    assert found is not None
    assert found.calls.value == 240 * 6
