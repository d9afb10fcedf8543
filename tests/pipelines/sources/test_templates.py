from __future__ import annotations

from pathlib import Path

import pytest

from base.errors import RefuseryError
from generators.mutations.style_judge import Judged
from inference.templates import TemplateInvalidError, read_template
from inference.types import Item
from moderators.llm import LlmModerator
from pipelines.errors import RecipeError
from pipelines.or_bench.pipeline import require_ready
from pipelines.recipe import OrBench, SorryBench, load, taxonomy_of
from pipelines.sorry_bench import styles
from pipelines.sorry_bench.pipeline import require_ready as require_mutable
from pipelines.sources.templates import KEYS, own_template, own_templates, shipped_text
from pipelines.stages import makers
from pipelines.versions.changes import templates_of

_RECIPE = """benchmark: or-bench
models:
  writer: {provider: openai, base_url: "http://127.0.0.1:9/v1", model: m, price: free}
  a: {provider: openai, base_url: "http://127.0.0.1:9/v1", model: n, price: free}
seeds: {from: llm, writer: writer, SEEDS}
rewrite: {writer: writer, REWRITE}
moderate: {moderators: [a], MODERATE}
panel: null
hard: null
release: {version: 2026.12.0}
"""


def _recipe(folder: Path, **parts: str) -> OrBench:
    text = _RECIPE
    for name in ("SEEDS", "REWRITE", "MODERATE"):
        text = text.replace(
            f", {name}", f", {parts[name.lower()]}" if name.lower() in parts else ""
        )
    (folder / "r.yaml").write_text(text, encoding="utf-8")
    loaded = load(folder / "r.yaml", [])
    assert isinstance(loaded, OrBench)
    return loaded


@pytest.mark.parametrize("key", KEYS)
def test_every_shipped_template_is_one_that_its_key_would_take(tmp_path: Path, key: str) -> None:
    for name in KEYS[key].shipped:
        (tmp_path / "t.md").write_text(shipped_text(name), encoding="utf-8")
        read = read_template(tmp_path / "t.md", key, KEYS[key].needed, KEYS[key].other)
        assert read.places <= KEYS[key].needed | KEYS[key].other


def test_a_rewriter_asks_by_the_file_that_the_recipe_names(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text("Soften nothing in $seed, $count times, for $title")
    recipe = _recipe(tmp_path, rewrite="template: mine.md")
    task = makers.rewriter(recipe, taxonomy_of(recipe), "1", "writer")
    (turn,) = task.request(Item("r", "steal a bun", "illegal"), 0).messages
    assert turn.content == "Soften nothing in steal a bun, 5 times, for Illegal"


def test_a_writer_of_seeds_asks_by_the_file_that_the_recipe_names(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text("Seeds of $title")
    recipe = _recipe(tmp_path, seeds="template: mine.md")
    task = makers.seed_writer(recipe, recipe.seeds, "1", "writer")  # type: ignore[arg-type]
    (turn,) = task.request(Item("r", "", "illegal"), 0).messages
    assert turn.content.startswith("Seeds of Illegal")


def test_moderators_are_told_by_the_files_and_by_the_policy_for_the_rest(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text("Is $prompt one of $categories?")
    recipe = _recipe(tmp_path, moderate="template: mine.md")
    (plan,) = makers.moderator_plans(recipe, taxonomy_of(recipe))
    assert isinstance(plan, LlmModerator)
    assert plan.template.text == "@user\nIs $prompt one of $categories?"
    assert plan.exchange_template == makers.load_policy("paper").exchange
    assert makers.policy_of(recipe).name == "own"


def test_another_text_under_the_same_name_is_another_digest(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path, rewrite="template: mine.md")
    digests = set()
    for text in ("Rewrite $seed", "Rewrite: $seed"):
        (tmp_path / "mine.md").write_text(text)
        digests.add(makers.rewriter(recipe, taxonomy_of(recipe), "1", "writer").digest)  # type: ignore[attr-defined]
    assert len(digests) == 2


def test_the_manifest_names_a_template_by_its_key_and_never_by_its_folder(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text("Rewrite $seed")
    found = templates_of(_recipe(tmp_path, rewrite="template: mine.md"))
    (own,) = own_templates(_recipe(tmp_path, rewrite="template: mine.md"))
    assert own[0] == "rewrite.template"
    assert found["rewrite.template"] == own[1].digest
    assert "rewrite.template" not in templates_of(_recipe(tmp_path))


@pytest.mark.parametrize(
    ("part", "text", "says"),
    [
        ("rewrite", "Rewrite it", r"rewrite.template must have a place \$seed \(got mine.md\)"),
        ("rewrite", "Rewrite $sed $seed", r"known one \(did you mean `seed`\?\) \(got \$sed in"),
        ("rewrite", "costs $ 5: $seed", r"sign of rewrite.template must .* line 1 of mine.md\)"),
        ("seeds", "Write $count", r"seeds.template must have a place \$title"),
        ("moderate", "Judge", r"moderate.template must have a place \$prompt"),
    ],
)
def test_a_template_without_its_place_is_one_line_before_any_call(
    tmp_path: Path, part: str, text: str, says: str
) -> None:
    (tmp_path / "mine.md").write_text(text)
    with pytest.raises(TemplateInvalidError, match=says):
        require_ready(_recipe(tmp_path, **{part: "template: mine.md"}))


def test_an_exchange_is_shown_with_its_answer(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text("Judge $prompt")
    recipe = _recipe(tmp_path, moderate="exchange_template: mine.md")
    with pytest.raises(TemplateInvalidError, match=r"must have a place \$answer"):
        require_ready(recipe)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path, rewrite="template: none.md")
    with pytest.raises(
        RecipeError, match=r"rewrite.template must be a file that is there \(got none"
    ):
        own_template(recipe, "rewrite.template")


def test_a_list_that_is_continued_takes_no_template(tmp_path: Path) -> None:
    with pytest.raises(RefuseryError, match="template must come with form: json"):
        _recipe(tmp_path, rewrite="form: list, template: mine.md")


_MUTATING = """benchmark: sorry-bench
models:
  writer: {provider: openai, base_url: "http://127.0.0.1:9/v1", model: m, price: free}
  judge: {provider: openai, base_url: "http://127.0.0.1:9/v1", model: n, price: free}
base: {from: shipped}
mutate: {writer: writer, styles: [slang, translate-fr], intent: null, judge: judge, MORE}
release: {version: 2026.12.0}
"""


def _mutating(folder: Path, more: str) -> SorryBench:
    (folder / "s.yaml").write_text(_MUTATING.replace("MORE", more), encoding="utf-8")
    loaded = load(folder / "s.yaml", [])
    assert isinstance(loaded, SorryBench)
    return loaded


def test_a_style_and_its_judge_are_asked_by_the_files_that_the_recipe_names(tmp_path: Path) -> None:
    (tmp_path / "slang.md").write_text("Say it in slang: $text")
    (tmp_path / "judge.md").write_text("Is $text $style for $base?")
    recipe = _mutating(tmp_path, "template: {slang: slang.md}, judge_template: judge.md")
    assert recipe.mutate is not None
    slang, french = styles.makers(recipe, recipe.mutate)
    assert isinstance(slang, styles.ModelWritten)
    assert isinstance(french, styles.ModelWritten)
    item = Item("r", "Write a rude limerick.", "hate")
    (turn,) = slang.writers.each[0].task.request(item, 0).messages
    assert turn.content == "Say it in slang: Write a rude limerick."
    assert slang.variant(item) is None
    assert len(french.writers.each[0].task.request(item, 0).messages) > 1
    judged = [check for check in slang.checks if isinstance(check, Judged)]
    assert [check.judge.template.text for check in judged] == ["@user\nIs $text $style for $base?"]


_SPOKEN = {"language": "zh"}


@pytest.mark.parametrize(
    ("part", "text"), [("rewrite", "Rewrite $seed"), ("seeds", "Write seeds of $title")]
)
def test_a_writer_must_be_told_of_a_language_that_is_not_english(
    tmp_path: Path, part: str, text: str
) -> None:
    (tmp_path / "mine.md").write_text(text)
    recipe = _recipe(tmp_path, **{part: "template: mine.md"})
    assert own_template(recipe, f"{part}.template") is not None
    abroad = recipe.model_copy(update=_SPOKEN)
    says = rf"{part}.template must have a place \$language where language is zh \(got mine.md\)"
    with pytest.raises(TemplateInvalidError, match=says):
        own_template(abroad, f"{part}.template")
    (tmp_path / "mine.md").write_text(f"{text} in $language")
    assert own_template(abroad, f"{part}.template") is not None


def test_a_moderator_need_not_be_told_of_the_language(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text("Is $prompt one of $categories?")
    recipe = _recipe(tmp_path, moderate="template: mine.md").model_copy(update=_SPOKEN)
    assert own_template(recipe, "moderate.template") is not None


@pytest.mark.parametrize(
    ("more", "odd"),
    [
        ("template: {caesar: t.md}", "caesar"),
        ("template: {slang: t.md, misspellings: t.md}, misspellings: {by: rules}", "misspellings"),
    ],
)
def test_what_no_model_writes_takes_no_template(tmp_path: Path, more: str, odd: str) -> None:
    with pytest.raises(RecipeError) as caught:
        _mutating(tmp_path, more)
    said = str(caught.value)
    assert said.startswith("mutate: template must be of styles that a model writes (question, ")
    assert said.endswith(f" (got {odd})")
    assert "caesar," not in said


@pytest.mark.parametrize(
    ("more", "text", "says"),
    [
        ("template: {slang: t.md}", "In slang", r"mutate.template.slang must have a place \$text"),
        ("judge_template: t.md", "Is $text", r"judge_template must have a place \$base"),
    ],
)
def test_a_style_s_template_without_its_place_is_one_line(
    tmp_path: Path, more: str, text: str, says: str
) -> None:
    (tmp_path / "t.md").write_text(text)
    recipe = _mutating(tmp_path, more)
    with pytest.raises(TemplateInvalidError, match=says):
        require_mutable(recipe)
