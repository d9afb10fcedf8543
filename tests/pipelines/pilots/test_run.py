"""What a pilot asks is asked by the whole too, which finds the replies and pays for none again."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifacts.records import read_run
from flows.benchmarks import plan
from inference.errors import BudgetReachedError
from pipelines.errors import RecipeError
from pipelines.pilots.finding import find_pilot
from pipelines.pilots.record import read_record
from pipelines.runner.lock import RunLockedError, pilot_lock, run_lock
from pipelines.versions.next_version import preview_version
from tests.evaluation.evaluations import write_prompts
from tests.evaluation.evaluations import write_recipe as write_evaluation
from tests.loopback import models, write_recipe
from tests.mutation_set import bases, small_taxonomy, write_base
from tests.mutation_set import write_recipe as write_mutations
from tests.pipelines.pilots.piloting import SMALL, loaded, piloted, run_whole
from tests.pipelines.versions.making import version
from tests.servers.behaviours import Mutator, Router
from tests.servers.hub.server import serve_hub
from tests.servers.openai_server import serve
from tests.servers.refusers import Kinds

LLM = "seeds={from: llm, writer: writer, per_category: 2, per_call: 2, max_rounds: 1}"


@pytest.mark.parametrize("seeds", ["seeds.per_category=1", LLM])
@pytest.mark.slow
def test_the_whole_finds_every_reply_that_a_pilot_bought(tmp_path: Path, seeds: str) -> None:
    with serve(models(unparseable=0.0)) as server:
        path = write_recipe(tmp_path, server.base_url, SMALL)
        pilot = piloted(path, 3, [seeds])
        assert 0 < pilot.sent == pilot.replies == len(server.calls)
        whole = run_whole(path, [seeds])
        assert whole.sent == whole.used - pilot.sent
        assert max(server.counts().values()) == 1


@pytest.mark.slow
def test_a_second_pilot_pays_nothing_and_measures_the_same(tmp_path: Path) -> None:
    with serve(models()) as server:
        path = write_recipe(tmp_path, server.base_url, SMALL)
        first, again = piloted(path, 3), piloted(path, 3)
    assert (again.sent, again.replies) == (0, first.replies)
    assert again.record.populations == first.record.populations
    assert again.record.stages == first.record.stages
    (drawn,) = first.record.populations
    assert (drawn.drawn, drawn.whole) == (3, 10)
    assert drawn.calls.mean * 3 == pytest.approx(first.replies)
    assert drawn.usd is not None
    assert drawn.usd.mean * 3 == pytest.approx(first.usd)
    votes = {each.stage: sum(use.calls for use in each.asks) for each in first.record.stages}
    assert drawn.parts["seeds"].calls.mean * 3 == pytest.approx(votes["moderate_seeds"])
    assert votes["moderate_seeds"] >= 3
    once = {each.stage for each in first.record.stages if each.scales == "seeds" and each.asks}
    assert once == {"moderate_seeds"}


@pytest.mark.slow
def test_a_pilot_after_the_whole_counts_what_calls_cost_though_it_pays_nothing(
    tmp_path: Path,
) -> None:
    with serve(models()) as server:
        path = write_recipe(tmp_path, server.base_url, SMALL)
        whole = run_whole(path)
        pilot = piloted(path, 10)
    assert pilot.sent == 0
    (drawn,) = pilot.record.populations
    assert drawn.calls.mean * 10 == pytest.approx(whole.used)
    assert drawn.usd is not None
    assert drawn.usd.mean > 0
    seconds = [use.latency_s for stage in pilot.record.stages for use in stage.asks]
    assert all(each.n and each.mean > 0 for each in seconds)


def test_a_pilot_lies_beside_the_version_and_is_in_nobodys_way(tmp_path: Path) -> None:
    with serve(models()) as server:
        path = write_recipe(tmp_path, server.base_url, SMALL)
        out = tmp_path / "out"
        with run_lock(out, "loop"):  # the version itself is being built
            pilot = piloted(path, 3)
    assert pilot.file == out / "runs" / "loop" / "2026.11.0-pilot3" / "pilot.json"
    assert read_record(pilot.file.parent) == pilot.record
    assert not (out / "releases").exists()
    assert not (out / "runs" / "loop" / "2026.11.0").exists()
    record = read_run(pilot.file.parent)
    assert record is not None
    assert record.version == "2026.11.0-pilot3"


def test_two_pilots_of_a_recipe_take_turns(tmp_path: Path) -> None:
    path = write_recipe(tmp_path, "http://127.0.0.1:9/v1", SMALL)
    with pilot_lock(tmp_path / "out", "loop"), pytest.raises(RunLockedError, match="one pilot of"):
        piloted(path, 3)


def test_a_pilot_keeps_to_the_budget(tmp_path: Path) -> None:
    with serve(models()) as server:
        path = write_recipe(tmp_path, server.base_url, SMALL)
        with pytest.raises(BudgetReachedError):
            piloted(path, 3, ["budget={max_usd: 0.000001}"])
        assert server.calls == []


def test_one_seed_is_no_pilot(tmp_path: Path) -> None:
    path = write_recipe(tmp_path, "http://127.0.0.1:9/v1", SMALL)
    with pytest.raises(RecipeError, match="2 seeds or more"):
        piloted(path, 1)


def test_a_pilot_of_seeds_on_the_hub_is_found_for_the_recipe_that_names_no_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"How is lock number {place} opened?,hate\n" for place in range(4))
    with serve(models()) as server, serve_hub() as hub:
        hub.dataset("me/seeds", {"seeds.csv": f"prompt,category\n{rows}".encode()})
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
        path = write_recipe(tmp_path, server.base_url, SMALL)
        seeds = ["seeds={from: hf://me/seeds/seeds.csv}"]
        pilot = piloted(path, 2, seeds)
    found = find_pilot(loaded(path, seeds), tmp_path / "out")
    assert found.record == pilot.record


@pytest.mark.slow
def test_a_pilot_of_the_next_version_is_of_the_version_that_is_built_then(tmp_path: Path) -> None:
    follows = ["release.version=next", "mode=refresh"]
    with serve(models()) as server:
        path = write_recipe(tmp_path, server.base_url, SMALL)
        pilot = piloted(path, 3, follows)
        upcoming = preview_version(loaded(path, follows), tmp_path / "out")  # type: ignore[arg-type]
        assert upcoming is not None
        assert (upcoming.version, upcoming.resolved) == (pilot.record.version, True)
        whole = run_whole(path, follows)
    assert whole.sent == whole.used - pilot.sent


@pytest.mark.slow
def test_a_pilot_of_a_set_that_extends_another_leaves_what_is_carried_aside(
    tmp_path: Path,
) -> None:
    panel = "panel={targets: [a]}"
    extends = [panel, "mode=extend", "rewrite.target=4", "release.version=2026.12.0"]
    with serve(models()) as server:
        path = write_recipe(tmp_path, server.base_url, SMALL)
        with version(path, tmp_path / "out", "2026.11.0", panel):
            pass
        pilot = piloted(path, 3, extends)
        whole = run_whole(path, extends)
        assert pilot.sent > 0
        assert max(server.counts().values()) == 1
    assert whole.sent < whole.used
    (asked,) = [each for each in pilot.record.stages if each.stage == "panel"]
    assert asked.entered <= 3 * 2  # rewrites of three seeds, and none of the first version's rows


@pytest.mark.slow
def test_a_pilot_of_a_fine_grained_set_puts_requests_through_all_styles(tmp_path: Path) -> None:
    write_base(tmp_path, bases(4))
    with serve(Router({"writer": Mutator()})) as server:
        more = "  styles: [question, caesar, slang]\n"
        taxonomy = small_taxonomy(tmp_path, 4)
        path = write_mutations(tmp_path, server.base_url, more, taxonomy, tries=2)
        pilot = piloted(path, 4)
        whole = run_whole(path)
    assert whole.sent == whole.used - pilot.sent
    styles = {each.of: each.rows for each in pilot.record.rates}
    assert styles == {"question": 4, "caesar": 4, "slang": 4}
    (drawn,) = pilot.record.populations
    assert (drawn.drawn_in, drawn.drawn, drawn.whole) == ("base", 4, 40)
    (asked,) = [each for each in pilot.record.stages if each.asks]
    assert asked.stage == "mutate"
    assert {*drawn.parts} == {"seeds"}


@pytest.mark.slow
def test_a_style_that_is_stopped_costs_a_larger_set_no_more(tmp_path: Path) -> None:
    write_base(tmp_path, bases(4))
    with serve(Router({"writer": Mutator(refused=1.0)})) as server:
        more = "  styles: [question, caesar, slang]\n"
        path = write_mutations(
            tmp_path, server.base_url, more, small_taxonomy(tmp_path, 4), tries=2
        )
        pilot = piloted(path, 10)
        told = plan(loaded(path), tmp_path / "out").pilot
        whole = run_whole(path)
    assert told is not None
    assert told.calls.value == pytest.approx(pilot.replies)
    assert 2 * 8 <= pilot.replies <= 2 * 2 * 8  # eight rows of two styles
    assert 2 * 8 <= whole.used <= 2 * 2 * 8  # other rows


@pytest.mark.slow
def test_a_plan_by_a_pilot_foretells_rounds_and_votes_on_seeds(tmp_path: Path) -> None:
    with serve(models(unparseable=0.0)) as server:
        path = write_recipe(tmp_path, server.base_url, SMALL)
        more = ["seeds.per_category=3", "rewrite.target=500", "rewrite.rounds=2"]
        piloted(path, 10, more)
        planned = plan(loaded(path, more), tmp_path / "out")
        whole = run_whole(path, more)
    assert planned.pilot is not None
    asked = {each.name: each.calls for each in planned.stages if each.asks}
    assert asked["moderate_seeds"] == 30
    assert asked["rewrite"] is not None
    assert 2 * 30 <= asked["rewrite"] < 3 * 30  # some are asked for again
    assert planned.pilot.calls.low <= whole.used <= planned.pilot.calls.high


@pytest.mark.slow
def test_a_pilot_of_an_evaluation_asks_prompts_of_each_data_set(tmp_path: Path) -> None:
    with serve(Router({"t1": Kinds(), "t2": Kinds()})) as server:
        data = {name: {"from": f"{name}.csv"} for name in ("safe", "toxic")}
        for name in data:
            write_prompts(tmp_path / f"{name}.csv", 12, word=name)
        path = write_evaluation(tmp_path, server.base_url, ["t1", "t2"], data)
        pilot = piloted(path, 4)
        assert pilot.sent == len(server.calls) == 2 * 2 * 4
        whole = run_whole(path)
        assert whole.sent == whole.used - pilot.sent == 2 * 2 * 12 - 16
    assert [each.whole for each in pilot.record.populations] == [12, 12]
    planned = plan(loaded(path), tmp_path / "out")
    assert planned.pilot is not None
    assert planned.pilot.calls.low <= 48 <= planned.pilot.calls.high
