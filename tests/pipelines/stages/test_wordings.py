"""The command says where a guard or a trained judge is asked otherwise than it was trained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from base.digests import bytes_digest
from moderators.guards.moderator import GuardJudge, GuardModerator
from moderators.guards.wildguard import WildGuard
from moderators.refusal.classifier import FORMS
from pipelines.recipe import Recipe, load, taxonomy_of
from pipelines.recipe.digest import model_digest
from pipelines.stages.judges import refusal_judge
from pipelines.stages.makers import moderator_plans
from pipelines.stages.wordings import judge_wordings, moderator_wordings, wordings
from tests.small_recipe import TEXT, small_recipe

_SERVER = 'provider: openai, base_url: "http://127.0.0.1:1/v1"'
_MODELS = f"""models:
  guard: {{{_SERVER}, model: allenai/wildguard, dialect: wildguard}}
  llama: {{{_SERVER}, model: l, dialect: llama-guard}}
  tuned: {{{_SERVER}, model: ft, dialect: sorry-judge, api: completions}}
  cls: {{{_SERVER}, model: c}}
"""
_PUBLISHED = "Helped with $prompt by $answer?"


def with_models(folder: Path, *overrides: str, judge: str = "keyword") -> Recipe:
    panel = f"panel={{targets: [small], judge: {judge}}}"
    text = TEXT.replace("models:\n", _MODELS)
    return load(small_recipe(folder, text), [panel, *overrides])


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> None:
    """The texts of published judges are theirs: here another one stands for each."""
    for kind, form in FORMS.items():
        own = replace(form, published=frozenset({bytes_digest(_PUBLISHED.encode())}))
        monkeypatch.setitem(FORMS, kind, own)  # type: ignore[arg-type]  # a table of its module


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ((), "through its server's chat template, not in the layout that it was trained on"),
        (("models.guard.api=completions",), None),
        (
            ("models.guard.api=completions", "models.guard.layout=bare"),
            "without the marks round its text, not in the layout that it was trained on",
        ),
    ],
)
def test_wildguard_is_asked_in_its_own_layout_by_bare_text_alone(
    tmp_path: Path, overrides: tuple[str, ...], says: str | None
) -> None:
    recipe = with_models(tmp_path, "moderate.moderators=[gpt4o, guard]", *overrides, judge="guard")
    lines = wordings(recipe)
    assert len(lines) == (0 if says is None else 1)  # it moderates and judges: said once
    assert all(f"guard (wildguard) is asked {says}; its verdicts may differ" in x for x in lines)
    assert moderator_wordings(recipe) == judge_wordings(recipe, "guard") == lines
    _, plan = moderator_plans(recipe, taxonomy_of(recipe))  # type: ignore[arg-type]  # of or-bench
    judge = refusal_judge(recipe, "guard")
    assert isinstance(plan, GuardModerator)
    assert isinstance(judge, GuardJudge)
    assert plan.guard == judge.guard == WildGuard(marked=says is None)


def test_a_guard_of_turns_is_not_asked_by_bare_text_without_a_word(tmp_path: Path) -> None:
    moderate = "moderate.moderators=[gpt4o, llama]"
    assert wordings(with_models(tmp_path, moderate)) == ()
    (line,) = wordings(with_models(tmp_path, moderate, "models.llama.api=completions"))
    assert line.startswith("llama (llama-guard) is asked without its chat template")
    assert line.endswith("(`api: chat` has its server set it)")


@pytest.mark.parametrize(
    ("judge", "called", "model"),
    [
        ("tuned", "tuned", "sorry-bench/ft-mistral-7b-instruct-v0.2-sorry-bench-202406"),
        ("{kind: harmbench, model: cls, name: odd}", "odd", "cais/HarmBench-Llama-2-13b-cls"),
        ("{kind: ensemble, judges: [keyword, tuned]}", "tuned", "judge-train"),
    ],
)
def test_the_shipped_text_is_said_to_be_the_projects_and_where_the_other_is(
    tmp_path: Path, judge: str, called: str, model: str
) -> None:
    (line,) = wordings(with_models(tmp_path, judge=judge))
    start = f"{called} is asked in this project's wording, not in that of the published judge; "
    assert line.startswith(f"{start}its verdicts may differ (`{{kind: ")
    assert model in line
    assert "\n" not in line


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("text", "api", "says"),
    [
        (_PUBLISHED, "completions", None),
        (_PUBLISHED, "chat", None),
        (f"[INST] {_PUBLISHED} [/INST]", "completions", None),
        (f"[INST] {_PUBLISHED} [/INST]", "chat", "which sets the marks of its text once more"),
        (f"{_PUBLISHED} Really?", "completions", "which is not that of the published judge"),
    ],
)
def test_a_text_that_is_brought_is_held_against_the_published_one(
    tmp_path: Path, text: str, api: str, says: str | None
) -> None:
    (tmp_path / "text.md").write_text(text)
    judge = "{kind: harmbench, model: cls, template: text.md}"
    lines = wordings(with_models(tmp_path, f"models.cls.api={api}", judge=judge))
    assert len(lines) == (0 if says is None else 1)
    assert all(says in line for line in lines if says is not None)
    assert not any(str(tmp_path) in line or "Really" in line for line in lines)


def test_chat_judges_and_rules_have_no_wording_but_their_own(tmp_path: Path) -> None:
    for judge in ("keyword", "gpt4o", "{kind: llm, model: gpt4o, labels: sorry-bench}"):
        assert wordings(with_models(tmp_path, judge=judge)) == ()


def test_a_file_that_is_not_there_is_left_to_whoever_makes_the_judge(tmp_path: Path) -> None:
    judge = "{kind: harmbench, model: cls, template: none.md}"
    assert wordings(with_models(tmp_path, judge=judge)) == ()


def test_a_models_fingerprint_changes_only_where_its_marks_are_left_out(tmp_path: Path) -> None:
    given = with_models(tmp_path, "models.guard.api=completions")
    bare = with_models(tmp_path, "models.guard.api=completions", "models.guard.layout=bare")
    own = with_models(tmp_path, "models.guard.api=completions", "models.guard.layout=own")
    assert model_digest(given, "guard") == model_digest(own, "guard")
    assert model_digest(given, "guard") != model_digest(bare, "guard")
