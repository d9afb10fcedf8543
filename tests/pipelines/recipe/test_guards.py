"""A guard may be used only for what it can judge."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import TypeAdapter

from moderators.guards.moderator import GuardModerator
from moderators.guards.registry import guards
from pipelines.errors import RecipeError
from pipelines.recipe import OrBench, load, taxonomy_of
from pipelines.recipe.guards import dialects_of
from pipelines.recipe.models import Dialect
from pipelines.stages.makers import moderator_plans
from taxonomy import load_taxonomy
from tests.small_recipe import TEXT, small_recipe

MODEL = 'models.{0}={{provider: openai, base_url: "http://127.0.0.1:1/v1", model: m, dialect: {0}}}'
MODERATING = sorted(guards(load_taxonomy("or_bench")))
OTHERS = ["harmbench", "sorry-judge"]
PANEL = "panel={{targets: [gpt4o, writer], judge: {0}}}"


def loaded(folder: Path, *overrides: str, text: str = TEXT) -> OrBench:
    models = [MODEL.format(dialect) for dialect in (*MODERATING, *OTHERS)]
    recipe = load(small_recipe(folder, text), [*models, *overrides])
    assert isinstance(recipe, OrBench)
    return recipe


def refused(folder: Path, *overrides: str) -> str:
    with pytest.raises(RecipeError) as caught:
        loaded(folder, *overrides)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_every_dialect_of_a_recipe_moderates_or_is_refused_by_name() -> None:
    assert sorted([*MODERATING, *OTHERS]) == sorted(TypeAdapter(Dialect).json_schema()["enum"])


@pytest.mark.parametrize("dialect", MODERATING)
def test_a_guard_moderates_prompts_and_with_a_rescue_exchanges(
    dialect: str, tmp_path: Path
) -> None:
    moderate = f"moderate.moderators=[gpt4o, {dialect}, {{kind: words}}]"
    recipe = loaded(tmp_path, moderate, "moderate.tries=2", "rescue={answerer: writer}")
    _, plan, _ = moderator_plans(recipe, taxonomy_of(recipe))
    assert isinstance(plan, GuardModerator)
    assert (plan.guard.name, plan.tries, plan.max_tokens) == (dialect, 2, None)


def test_the_recipes_longest_answer_reaches_moderators_of_either_sort(tmp_path: Path) -> None:
    recipe = loaded(
        tmp_path, "moderate.moderators=[gpt4o, wildguard]",
        "models.wildguard.max_tokens=40", "models.gpt4o.max_tokens=400",
    )  # fmt: skip
    plans = moderator_plans(recipe, taxonomy_of(recipe))
    assert [plan.max_tokens for plan in plans] == [400, 40]  # type: ignore[attr-defined]  # of models


def test_a_moderator_may_have_a_longest_vote_of_its_own(tmp_path: Path) -> None:
    recipe = loaded(
        tmp_path,
        "moderate.moderators=[{model: gpt4o, max_tokens: 64}, {model: wildguard, max_tokens: 8}]",
        "models.gpt4o.max_tokens=400",
    )
    plans = moderator_plans(recipe, taxonomy_of(recipe))
    assert [getattr(plan, "max_tokens", None) for plan in plans] == [64, 8]
    assert recipe.moderate.voters == ("gpt4o", "wildguard")


def test_a_model_with_nothing_of_its_own_votes_as_its_name_alone_would(tmp_path: Path) -> None:
    plain = loaded(tmp_path, "moderate.moderators=[gpt4o]")
    told = loaded(tmp_path, "moderate.moderators=[{model: gpt4o}]")
    digests = [
        [plan.digest for plan in moderator_plans(each, taxonomy_of(each))] for each in (plain, told)
    ]
    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    ("moderators", "line"),
    [
        ("[{model: gpt4}]", "moderate.moderators.0 must be a model of the recipe (did you"),
        ("[{model: gpt4o, max_tokens: 0}]", "moderate.moderators.0.max_tokens must be greater"),
        ("[{model: gpt4o, max_token: 9}]", "unknown key `max_token` in moderate.moderators.0 (did"),
        ("[gpt4o, {model: gpt4o}]", "moderate: moderators must be listed once each (got gpt4o)"),
        ("[{model: llama-guard}, {model: sorry-judge}]", "moderate.moderators.1 must be able to"),
    ],
)
def test_a_moderator_with_settings_is_held_to_the_rules_of_one_without(
    moderators: str, line: str, tmp_path: Path
) -> None:
    assert refused(tmp_path, f"moderate.moderators={moderators}").startswith(line)


def test_models_without_a_dialect_have_none(tmp_path: Path) -> None:
    assert dialects_of(load(small_recipe(tmp_path))) == {}


@pytest.mark.parametrize(
    ("override", "line"),
    [
        (
            "moderate.moderators=[gpt4o, {kind: words}, sorry-judge]",
            "moderate.moderators.2 must be able to judge prompts:"
            " dialect sorry-judge judges refusals (got sorry-judge)",
        ),
        (
            "moderate.moderators=[harmbench]",
            "moderate.moderators.0 must be able to judge prompts:"
            " dialect harmbench judges whether answers fulfil requests (got harmbench)",
        ),
        (
            "moderate.moderators=[{kind: logprob, model: llama-guard}]",
            "moderate.moderators.0.model must be a chat model:"
            " dialect llama-guard is a guard's (got llama-guard)",
        ),
        (
            "rewrite.writer=shieldgemma",
            "rewrite.writer must be a chat model: dialect shieldgemma is a guard's"
            " (got shieldgemma)",
        ),
        (
            "seeds={from: llm, writer: granite-guardian}",
            "seeds.writer must be a chat model: dialect granite-guardian is a guard's"
            " (got granite-guardian)",
        ),
        (
            "panel={targets: [gpt4o, wildguard]}",
            "panel.targets.1 must be a chat model: dialect wildguard is a guard's (got wildguard)",
        ),
        (
            "panel={targets: [{name: a, model: qwen3guard}]}",
            "panel.targets.0.model must be a chat model: dialect qwen3guard is a guard's"
            " (got qwen3guard)",
        ),
        (
            PANEL.format("llama-guard"),
            "panel.judge must be able to tell refusals:"
            " dialect llama-guard does not tell refusals (got llama-guard)",
        ),
        (
            PANEL.format("{kind: llm, model: wildguard}"),
            "panel.judge.model must be a chat model: dialect wildguard is a guard's"
            " (got wildguard)",
        ),
        (
            PANEL.format("{kind: ensemble, judges: [harmbench, shieldgemma]}"),
            "panel.judge.judges.1 must be able to tell refusals:"
            " dialect shieldgemma does not tell refusals (got shieldgemma)",
        ),
    ],
)
def test_a_guard_used_for_what_it_cannot_judge_is_one_clear_line(
    override: str, line: str, tmp_path: Path
) -> None:
    assert refused(tmp_path, override) == line


def test_a_rescues_answerer_is_no_guard(tmp_path: Path) -> None:
    line = refused(tmp_path, "moderate.moderators=[gpt4o]", "rescue={answerer: llama-guard}")
    assert line.startswith("rescue.answerer must be a chat model: dialect llama-guard")


def test_with_a_rescue_every_moderator_must_judge_exchanges(tmp_path: Path) -> None:
    line = refused(tmp_path, "rescue={answerer: writer}")
    rule = "moderate.moderators.2 must be able to judge exchanges where rescue is set"
    assert line == f"{rule} (got logprob:small)"


@pytest.mark.parametrize("judge", ["wildguard", "qwen3guard", "{kind: llm, model: gpt4o}"])
def test_who_tells_refusals_may_judge(judge: str, tmp_path: Path) -> None:
    recipe = loaded(tmp_path, PANEL.format(judge))
    assert recipe.panel is not None


def test_the_embedded_provider_has_no_dialects(tmp_path: Path) -> None:
    line = refused(tmp_path, "models.small.dialect=wildguard")
    assert line == "unknown key `dialect` in models.small"
