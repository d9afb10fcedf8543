from __future__ import annotations

import socket
from pathlib import Path

import pytest

from flows.benchmarks import plan
from pipelines.errors import SourceError
from pipelines.planning import Plan, StagePlan
from pipelines.recipe import load
from tests.own_taxonomy import write_household
from tests.small_recipe import small_recipe

RECIPES = Path(__file__).parents[3] / "recipes"


def planned(folder: Path, *overrides: str) -> Plan:
    return plan(load(small_recipe(folder), overrides))


def stage(plan: Plan, name: str) -> StagePlan:
    return next(each for each in plan.stages if each.name == name)


@pytest.fixture
def no_key_and_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a plan opens no connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    for variable in ("OPENAI_API_KEY", "MISTRAL_API_KEY", "TOGETHER_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.delenv(variable, raising=False)


@pytest.mark.usefixtures("no_key_and_no_network")
def test_the_papers_recipe_has_the_papers_number_of_calls() -> None:
    found = plan(load(RECIPES / "or_bench.paper.yaml"))
    calls = {each.name: each.calls for each in found.stages if each.calls}
    assert calls == {
        "seed_writing": 1_000,
        "rewrite": 20_000,
        "moderate_seeds": 60_000,
        "moderate": 300_000,
        "rescue": 80_000,
        "panel": 480_000,
    }


@pytest.mark.usefixtures("no_key_and_no_network")
def test_the_papers_recipe_shows_servers_retired_models_and_unknown_prices() -> None:
    found = plan(load(RECIPES / "or_bench.paper.yaml"))
    assert "api.mistral.ai" in found.servers
    assert "api.openai.com" in found.servers
    assert all(each.retired for each in found.asks)
    assert found.unknown_prices
    assert found.usd is None
    assert found.known_usd > 100


@pytest.mark.usefixtures("no_key_and_no_network")
def test_the_embedded_recipe_costs_nothing_and_asks_this_machine_alone() -> None:
    found = plan(load(RECIPES / "or_bench.embedded.yaml"))
    assert (found.usd, found.servers) == (0.0, ("this machine",))


@pytest.mark.usefixtures("no_key_and_no_network")
def test_a_plan_fetches_no_model_and_no_table(tmp_path: Path) -> None:
    model = "models.small.path=hf://me/tiny/tiny.gguf"
    against = "dedup.against=['hf://me/sets/hard.csv']"
    assert stage(planned(tmp_path, model, against), "moderate").calls == 4000


def test_a_public_model_has_the_price_of_the_kept_list(tmp_path: Path) -> None:
    (asked, offline) = stage(planned(tmp_path), "moderate").asks
    assert asked.calls == 400 * 5
    assert asked.input_tokens is not None
    assert asked.output_tokens is not None
    dollars = (asked.input_tokens * 2.5 + asked.output_tokens * 10) / 1e6
    assert asked.usd == pytest.approx(dollars)
    assert (offline.model, offline.server, offline.usd) == ("small", "this machine", 0.0)


def test_the_recipes_price_comes_first(tmp_path: Path) -> None:
    priced = planned(tmp_path, "models.writer.price={input: 1, output: 0}")
    (asked,) = stage(priced, "rewrite").asks
    assert asked.usd == pytest.approx((asked.input_tokens or 0) / 1e6)


def test_an_unknown_price_is_unknown_and_never_nothing(tmp_path: Path) -> None:
    found = planned(tmp_path, "models.writer.price=null")
    assert stage(found, "rewrite").usd is None
    assert found.unknown_prices == ("writer",)
    assert found.usd is None
    votes = [stage(found, name).usd for name in ("moderate_seeds", "moderate")]
    assert found.known_usd == sum(usd or 0.0 for usd in votes)


def test_a_hosted_model_that_writes_seeds_is_warned_of_and_ones_own_is_not(
    tmp_path: Path,
) -> None:
    warning = "a hosted model is asked to write toxic seeds"
    own = stage(planned(tmp_path), "seed_writing").notes
    hosted = stage(planned(tmp_path, "seeds.writer=gpt4o"), "seed_writing").notes
    assert not [note for note in own if note.startswith(warning)]
    assert [note for note in hosted if note.startswith(warning)]


def test_half_a_call_of_seeds_is_a_call(tmp_path: Path) -> None:
    seeds = stage(planned(tmp_path, "seeds.per_category=41"), "seed_writing")
    assert (seeds.rows, seeds.calls) == (410, 30)


def test_a_sensitive_category_is_not_asked_for(tmp_path: Path) -> None:
    recipe, own = write_household(tmp_path), tmp_path / "household.yaml"
    more = "  - {name: minors, title: Minors, definition: Import only., sensitive: true}\n"
    text = own.read_text(encoding="utf-8").replace("  - name: none\n", f"{more}  - name: none\n")
    own.write_text(text, encoding="utf-8")
    seeds = stage(plan(load(recipe, ["seeds.per_category=20"])), "seed_writing")
    assert (seeds.rows, seeds.calls) == (60, 21)


def test_rows_of_ones_own_table_are_counted(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("text\nA\nB\nC\n", encoding="utf-8")
    found = planned(tmp_path, "seeds={from: mine.csv, column: text, category: hate}")
    assert (stage(found, "seeds").rows, stage(found, "rewrite").calls) == (3, 3)


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="source must exist"):
        planned(tmp_path, "seeds={from: gone.csv}")


def test_a_table_with_an_unknown_category_is_refused_before_anything_is_paid_for(
    tmp_path: Path,
) -> None:
    (tmp_path / "mine.csv").write_text("prompt,category\nA,privcy\n", encoding="utf-8")
    with pytest.raises(SourceError, match="did you mean `privacy`"):
        planned(tmp_path, "seeds={from: mine.csv}")


def test_what_follows_from_rows_on_the_hub_is_unknown(tmp_path: Path) -> None:
    found = planned(tmp_path, "seeds={from: 'hf://somebody/seeds'}")
    assert stage(found, "rewrite").calls is None
    assert stage(found, "moderate").input_tokens is None
    assert found.usd is None
    assert found.unknown_prices == ()


def test_an_answer_is_never_longer_than_the_recipe_allows(tmp_path: Path) -> None:
    limited = planned(tmp_path, "rewrite.max_tokens=7", "models.gpt4o.max_tokens=9")
    assert stage(limited, "rewrite").output_tokens == 400 * 7
    assert stage(limited, "moderate").asks[0].output_tokens == 2000 * 9


def test_a_name_on_the_hub_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="must be written hf://owner/name/file"):
        planned(tmp_path, "seeds={from: 'hf://seeds.csv'}")


def test_a_stage_without_a_limit_of_its_own_has_the_models(tmp_path: Path) -> None:
    voters = "moderate.moderators=[gpt4o]"
    limited = planned(tmp_path, voters, "models.gpt4o.max_tokens=9", "rescue={answerer: gpt4o}")
    answers, votes, *_ = stage(limited, "rescue").asks
    assert answers.output_tokens == 400 * 9
    assert votes.output_tokens == 400 * 9


def test_a_guard_is_asked_as_often_as_its_dialect_has_questions(tmp_path: Path) -> None:
    def calls(dialect: str) -> dict[str, tuple[int | None, int | None]]:
        guard = f"models.gpt4o.dialect={dialect}"
        found = planned(tmp_path, guard, "moderate.moderators=[gpt4o]", "rescue={answerer: writer}")
        stages = (stage(found, "moderate"), stage(found, "rescue"))
        asks = {part.name: part.asks[-1] for part in stages}
        return {name: (each.calls, each.output_tokens) for name, each in asks.items()}

    assert calls("shieldgemma") == {"moderate": (8000, 32_000), "rescue": (1600, 6_400)}
    assert {name: number for name, (number, _) in calls("qwen3guard").items()} == {
        "moderate": 2000,
        "rescue": 400,
    }


def test_moderators_that_are_no_models_ask_nobody_about_prompts_or_answers(
    tmp_path: Path,
) -> None:
    voters = "moderate.moderators=[{kind: nearest}, {kind: words}]"
    found = planned(tmp_path, voters, "rescue={answerer: writer}")
    assert stage(found, "moderate").asks == ()
    assert [each.model for each in stage(found, "rescue").asks] == ["writer"]


def test_a_plan_names_relatives_and_a_budget_that_is_too_small(tmp_path: Path) -> None:
    found = planned(tmp_path, "panel={targets: [gpt4o]}", "budget={max_usd: 0.5}")
    assert found.notes == (
        "gpt4o moderates and is a panel target",
        "the run would reach its budget of 0.50 US dollars before its end",
    )
    assert planned(tmp_path, "budget={max_usd: 500}").notes == ()


def test_a_judge_that_is_a_model_judges_every_answer(tmp_path: Path) -> None:
    found = planned(tmp_path, "panel={targets: [gpt4o, small], judge: writer}")
    calls = {each.model: each.calls for each in stage(found, "panel").asks}
    assert calls == {"gpt4o": 1600, "small": 1600, "writer": 3200}


def test_each_judge_of_an_ensemble_is_planned_for_as_it_is_asked(tmp_path: Path) -> None:
    score = "{kind: llm, model: writer, labels: sorry-bench, design: score}"
    judges = f"[keyword, gpt4o, {score}, {{kind: trained, path: x}}]"
    panel = f"panel={{targets: [small], judge: {{kind: ensemble, judges: {judges}}}}}"
    dialect = ("moderate.moderators=[{kind: words}]", "models.gpt4o.dialect=sorry-judge")
    _, tuned, scorer = stage(planned(tmp_path, panel, *dialect), "panel").asks
    assert (tuned.model, scorer.model) == ("gpt4o", "writer")
    assert tuned.calls is not None
    assert tuned.output_tokens == scorer.output_tokens == 8 * tuned.calls
    assert tuned.calls == scorer.calls


def test_an_evaluation_is_planned_by_data_sets_answers_and_judges(tmp_path: Path) -> None:
    (tmp_path / "ours.csv").write_text("prompt\nWhat is that?\nAnd this?\n")
    text = (
        "benchmark: evaluation\nmodels: {small: {provider: embedded}, gpt4o: {provider: openai, "
        "model: gpt-4o-2024-11-20}}\n"
        "evaluate: {data: {ours: {from: ours.csv}}, targets: [small, gpt4o], "
        "settings: {cold: {max_tokens: 64}, warm: {max_tokens: 64, temperature: 0.7}}, "
        "judges: [keyword, gpt4o]}\n"
    )
    found = plan(load(small_recipe(tmp_path, text)))
    calls = {each.label: each.calls for each in found.stages}
    assert calls == {
        "prompts: ours": 0, "answers": 8, "judged by keyword": 0, "judged by gpt4o": 8
    }  # fmt: skip
    assert found.usd is not None
    assert found.usd > 0
