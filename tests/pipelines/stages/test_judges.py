from __future__ import annotations

from pathlib import Path

import pytest

from inference.templates import TemplateInvalidError
from moderators.errors import JudgeInvalidError
from moderators.guards.moderator import GuardJudge
from moderators.refusal import classifier, ensemble
from moderators.refusal.llm import LlmJudge
from pipelines.errors import RecipeError
from pipelines.recipe import Recipe, load
from pipelines.recipe.judges import ChatJudge, ClassifierJudge, EnsembleJudge, TrainedJudge
from pipelines.recipe.loading import published
from pipelines.stages.judges import judge_models, refusal_judge
from tests.small_recipe import TEXT, small_recipe

_MODELS = """models:
  guard: {provider: openai, model: g, dialect: wildguard}
  llama: {provider: openai, model: l, dialect: llama-guard}
  short: {provider: openai, model: gpt-4o, max_tokens: 77}
  tuned: {provider: openai, base_url: "http://127.0.0.1:1/v1", model: ft, dialect: sorry-judge, api: completions}
  plain: {provider: openai, base_url: "http://127.0.0.1:1/v1", model: ft}
  cls: {provider: openai, model: c, dialect: harmbench}
"""  # noqa: E501  # one model a line, as recipes write them
_PANEL = "panel={{targets: [small], judge: {judge}}}"


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    return load(small_recipe(tmp_path, TEXT.replace("models:\n", _MODELS)))


def with_judge(tmp_path: Path, judge: str) -> Recipe:
    text = TEXT.replace("models:\n", _MODELS)
    return load(small_recipe(tmp_path, text), [_PANEL.format(judge=judge)])


def test_keyword_needs_no_model(recipe: Recipe) -> None:
    assert refusal_judge(recipe, "keyword").name == "keyword"
    assert judge_models("keyword") == ()


def test_a_models_name_is_a_judge_that_is_asked(recipe: Recipe) -> None:
    found = refusal_judge(recipe, "gpt4o")
    assert isinstance(found, LlmJudge)
    assert (found.name, found.max_tokens, found.design.name) == ("gpt4o", 1000, "cot")
    assert judge_models("gpt4o") == ("gpt4o",)


def test_a_models_own_limit_of_tokens_holds(recipe: Recipe) -> None:
    found = refusal_judge(recipe, ChatJudge(kind="llm", model="short"))
    assert isinstance(found, LlmJudge)
    assert found.max_tokens == 77


def test_a_judges_own_limit_goes_before_its_models(recipe: Recipe) -> None:
    given = ChatJudge(kind="llm", model="short", max_tokens=300)
    found = refusal_judge(recipe, given)
    assert isinstance(found, LlmJudge)
    assert found.max_tokens == 300


@pytest.mark.parametrize("labels", ["or-bench", "sorry-bench"])
@pytest.mark.parametrize("design", ["score", "cot", "few-shot"])
def test_every_label_set_goes_with_every_design(tmp_path: Path, labels: str, design: str) -> None:
    given = f"{{kind: llm, model: gpt4o, labels: {labels}, design: {design}}}"
    recipe = with_judge(tmp_path, given)
    assert recipe.panel is not None  # type: ignore[attr-defined]  # an or-bench recipe
    found = refusal_judge(recipe, recipe.panel.judge)  # type: ignore[attr-defined]  # the same
    assert isinstance(found, LlmJudge)
    assert (found.design.labels, found.design.name) == (labels, design)
    plain = (labels, design) == ("or-bench", "cot")
    assert found.name == ("gpt4o" if plain else f"gpt4o-{labels}-{design}")


def test_a_name_that_nobody_has_is_refused_with_the_nearest(recipe: Recipe) -> None:
    with pytest.raises(RecipeError, match="did you mean `gpt4o`"):
        refusal_judge(recipe, "gpt4")


def test_a_guard_that_speaks_of_refusal_is_asked_in_its_dialect(recipe: Recipe) -> None:
    found = refusal_judge(recipe, "guard")
    assert isinstance(found, GuardJudge)
    assert (found.name, found.guard.name) == ("guard", "wildguard")


def test_a_guard_that_judges_harm_alone_is_no_judge(recipe: Recipe, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="able to tell refusals"):
        refusal_judge(recipe, "llama")
    with pytest.raises(RecipeError, match=r"panel\.judge must be able to tell refusals"):
        with_judge(tmp_path, "llama")


@pytest.mark.parametrize(
    ("given", "kind", "completion"),
    [
        ("tuned", "sorry-bench-ft", True),
        ("cls", "harmbench", False),
        ("{kind: sorry-bench-ft, model: tuned}", "sorry-bench-ft", True),
        ("{kind: sorry-bench-ft, model: plain}", "sorry-bench-ft", False),
        ("{kind: harmbench, model: cls}", "harmbench", False),
    ],
)
def test_a_trained_judge_is_told_by_its_dialect_or_by_the_kind(
    tmp_path: Path, given: str, kind: str, completion: bool
) -> None:
    recipe = with_judge(tmp_path, given)
    found = refusal_judge(recipe, recipe.panel.judge)  # type: ignore[attr-defined]  # or-bench
    assert isinstance(found, classifier.ClassifierJudge)
    assert (found.kind, found.completion) == (kind, completion)
    assert found.name in ("tuned", "cls", "plain")


def test_a_kind_that_does_not_fit_the_dialect_is_refused(recipe: Recipe) -> None:
    with pytest.raises(RecipeError, match="kind harmbench must not have another dialect"):
        refusal_judge(recipe, ClassifierJudge(kind="harmbench", model="tuned"))
    with pytest.raises(RecipeError, match="kind llm must be a chat model"):
        refusal_judge(recipe, ChatJudge(kind="llm", model="tuned"))


def test_a_template_of_ones_own_is_read_from_beside_the_recipe(recipe: Recipe) -> None:
    (recipe.folder / "own.md").write_text("Q: $prompt A: $answer Score:")
    own = ClassifierJudge(kind="sorry-bench-ft", model="tuned", template="own.md")
    found = refusal_judge(recipe, own)
    assert isinstance(found, classifier.ClassifierJudge)
    assert "Q: $prompt" in found.template.text
    before = found.digest
    (recipe.folder / "own.md").write_text("Q: $prompt A: $answer Score now:")
    assert refusal_judge(recipe, own).digest != before


def test_a_template_that_is_not_there_or_shows_no_answer_is_refused(recipe: Recipe) -> None:
    with pytest.raises(RecipeError, match=r"template of judge gpt4o must be there \(got none.md\)"):
        refusal_judge(recipe, ChatJudge(kind="llm", model="gpt4o", template="none.md"))
    (recipe.folder / "half.md").write_text("Q: $prompt")
    with pytest.raises(TemplateInvalidError, match="place \\$answer"):
        refusal_judge(recipe, ChatJudge(kind="llm", model="gpt4o", template="half.md"))


def test_an_ensemble_holds_names_and_parts(tmp_path: Path) -> None:
    parts = "{kind: llm, model: gpt4o, design: score}, {kind: harmbench, model: cls, name: yes-no}"
    given = f"{{kind: ensemble, judges: [keyword, guard, tuned, {parts}], rule: unanimous}}"
    recipe = with_judge(tmp_path, given)
    part = recipe.panel.judge  # type: ignore[attr-defined]  # or-bench
    assert judge_models(part) == ("guard", "tuned", "gpt4o", "cls")
    found = refusal_judge(recipe, part)
    assert isinstance(found, ensemble.EnsembleJudge)
    assert [each.name for each in found.members] == [
        "keyword", "guard", "tuned", "gpt4o-or-bench-score", "yes-no",
    ]  # fmt: skip
    assert (found.name, found.rule) == ("ensemble", "unanimous")


def test_a_weighted_ensemble_weighs_its_judges_by_name(tmp_path: Path) -> None:
    given = (
        "{kind: ensemble, name: both, judges: [keyword, gpt4o], rule: weighted, "
        "weights: {keyword: 1, gpt4o: 2}}"
    )
    recipe = with_judge(tmp_path, given)
    found = refusal_judge(recipe, recipe.panel.judge)  # type: ignore[attr-defined]  # or-bench
    assert isinstance(found, ensemble.EnsembleJudge)
    assert (found.name, found.weights) == ("both", {"keyword": 1.0, "gpt4o": 2.0})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("{kind: ensemble, judges: []}", r"panel\.judge\.judges must not be empty"),
        ("{kind: ensemble, judges: [keyword, keyword]}", "`name` each.*keyword"),
        ("{kind: ensemble, judges: [keyword], rule: most}", "rule must be 'majority'|rule must be"),
        ("{kind: ensemble, judges: [keyword], rule: weighted}", "weights must be given"),
        (
            "{kind: ensemble, judges: [keyword, gpt4o], rule: weighted, weights: {keyword: 1}}",
            "weights must name every judge once.*gpt4o",
        ),
        ("{kind: ensemble, judges: [nobody]}", r"panel\.judge\.judges\.0 must be a model"),
        ("{kind: ensemble, judges: [llama]}", r"judges\.0 must be able to tell refusals"),
        (
            "{kind: ensemble, judges: [{kind: ensemble, judges: [keyword]}]}",
            "kind must be one of llm, sorry-bench-ft, harmbench, trained",
        ),
        ("{kind: llm, model: guard}", "must be a chat model"),
        ("{kind: robot, model: gpt4o}", "kind must be one of llm, sorry-bench-ft"),
        ("{kind: llm, model: gpt4o, desing: score}", "did you mean `design`"),
        ("{kind: llm, model: gpt4o, design: long}", "design must be"),
    ],
)
def test_a_judge_that_makes_no_sense_is_one_line(tmp_path: Path, given: str, says: str) -> None:
    with pytest.raises(RecipeError, match=says) as caught:
        with_judge(tmp_path, given)
    assert "\n" not in str(caught.value)


def test_a_trained_judges_dialect_is_for_judges_alone(tmp_path: Path) -> None:
    text = TEXT.replace("models:\n", _MODELS)
    with pytest.raises(RecipeError, match="must be a chat model: dialect sorry-judge"):
        load(small_recipe(tmp_path, text), ["panel={targets: [tuned], judge: keyword}"])


def test_a_published_recipe_holds_no_folder_of_this_machine(tmp_path: Path) -> None:
    judges = "[keyword, {kind: llm, model: gpt4o, template: /home/me/own.md}]"
    recipe = with_judge(tmp_path, f"{{kind: ensemble, judges: {judges}}}")
    assert "own.md" in published(recipe)
    assert "/home/me" not in published(recipe)


def test_a_written_part_reads_as_the_schema_has_it() -> None:
    part = EnsembleJudge(kind="ensemble", judges=("keyword",))
    assert (part.called, part.rule) == ("ensemble", "majority")


def test_a_trained_judge_that_is_not_whole_is_refused(recipe: Recipe) -> None:
    (recipe.folder / "mine").mkdir()
    with pytest.raises(RecipeError, match=r"path of judge none must be there \(got none\)"):
        refusal_judge(recipe, TrainedJudge(kind="trained", path="none"))
    with pytest.raises(JudgeInvalidError) as caught:
        refusal_judge(recipe, TrainedJudge(kind="trained", path="mine"))
    assert (caught.value.exit_code, "\n" in str(caught.value)) == (2, False)
