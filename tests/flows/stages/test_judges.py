from __future__ import annotations

from pathlib import Path

import pytest

from flows.errors import RecipeError
from flows.recipe import Recipe, load
from flows.recipe.panel import ChatJudge, EnsembleJudge, TrainedJudge
from flows.stages.judges import judge_model, refusal_judge
from moderators.errors import JudgeNotBuilt
from moderators.guards.judge import GuardJudge
from moderators.refusal.llm import LlmJudge
from tests.flows.small_recipe import TEXT, small_recipe


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    guard = "  guard: {provider: openai, model: g, dialect: wildguard}\n"
    short = "  short: {provider: openai, model: gpt-4o, max_tokens: 77}\n"
    return load(small_recipe(tmp_path, TEXT.replace("models:\n", f"models:\n{guard}{short}")))


def test_keyword_needs_no_model(recipe: Recipe) -> None:
    assert refusal_judge(recipe, "keyword").name == "keyword"
    assert judge_model("keyword") is None


def test_a_models_name_is_a_judge_that_is_asked(recipe: Recipe) -> None:
    found = refusal_judge(recipe, "gpt4o")
    assert isinstance(found, LlmJudge)
    assert (found.name, found.max_tokens) == ("gpt4o", 1000)
    assert judge_model("gpt4o") == "gpt4o"


def test_a_models_own_limit_of_tokens_holds(recipe: Recipe) -> None:
    found = refusal_judge(recipe, ChatJudge(kind="llm", model="short"))
    assert isinstance(found, LlmJudge)
    assert found.max_tokens == 77


def test_a_name_that_nobody_has_is_refused_with_the_nearest(recipe: Recipe) -> None:
    with pytest.raises(RecipeError, match="did you mean `gpt4o`"):
        refusal_judge(recipe, "gpt4")


def test_a_guard_that_speaks_of_refusal_is_asked_in_its_dialect(recipe: Recipe) -> None:
    found = refusal_judge(recipe, "guard")
    assert isinstance(found, GuardJudge)
    assert (found.name, found.guard.name) == ("guard", "wildguard")


@pytest.mark.parametrize(
    ("judge", "says"),
    [
        (ChatJudge(kind="llm", model="gpt4o", labels="sorry-bench"), "sorry-bench"),
        (ChatJudge(kind="llm", model="gpt4o", design="few-shot"), "few-shot"),
        (TrainedJudge(kind="trained", path="judge"), "trained"),
        (EnsembleJudge(kind="ensemble", judges=("keyword",)), "ensemble"),
    ],
)
def test_what_is_not_built_says_so(
    recipe: Recipe, judge: ChatJudge | TrainedJudge | EnsembleJudge, says: str
) -> None:
    with pytest.raises(JudgeNotBuilt, match=f"so far.*{says}"):
        refusal_judge(recipe, judge)
