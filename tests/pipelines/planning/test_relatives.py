from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.planning import shared_models as relatives
from pipelines.recipe import load
from tests.small_recipe import small_recipe

TEXT = """\
benchmark: or-bench
models:
  writer: {provider: openai, model: w, family: gpt}
  haiku: {provider: anthropic, model: claude-haiku-4-5, family: claude}
  opus: {provider: anthropic, model: claude-opus-4-5, family: claude}
  here: {provider: openai, base_url: "http://127.0.0.1:1/v1", model: org/Tiny-7B}
  there: {provider: openai, base_url: "https://api.example.org/v1", model: other/tiny-7b}
  qwen: {provider: openai, model: qwen, family: qwen}
seeds: {from: shipped}
rewrite: {writer: writer}
moderate: {moderators: [haiku, here, {kind: words}]}
panel: {targets: [qwen]}
release: {version: 2026.11.0}
"""


def warned(folder: Path, *overrides: str) -> tuple[str, ...]:
    return relatives(load(small_recipe(folder, TEXT), overrides))


def test_models_of_other_families_are_no_relatives(tmp_path: Path) -> None:
    assert warned(tmp_path) == ()
    assert warned(tmp_path, "panel=null") == ()


def test_one_model_in_two_roles_is_warned_of(tmp_path: Path) -> None:
    assert warned(tmp_path, "panel.targets=[haiku]") == ("haiku moderates and is a panel target",)
    assert warned(tmp_path, "panel.judge=haiku") == ("haiku moderates and judges",)


def test_two_models_of_one_family_in_two_roles_are_warned_of(tmp_path: Path) -> None:
    says = "haiku (moderator) and opus (panel target) are both of family claude"
    assert warned(tmp_path, "panel.targets=[opus, qwen]") == (says,)


def test_two_of_one_role_may_be_of_one_family(tmp_path: Path) -> None:
    assert warned(tmp_path, "moderate.moderators=[haiku, opus]") == ()


def test_one_model_on_two_servers_is_one_model(tmp_path: Path) -> None:
    says = "here (moderator) and there (panel target) are both tiny-7b"
    assert warned(tmp_path, "panel.targets=[there]") == (says,)


def test_every_judge_of_an_ensemble_is_looked_at(tmp_path: Path) -> None:
    judge = "panel.judge={kind: ensemble, judges: [keyword, qwen, opus]}"
    assert warned(tmp_path, judge) == (
        "haiku (moderator) and opus (judge) are both of family claude",
        "qwen is a panel target and judges",
    )


def test_a_target_that_answers_in_several_roles_is_told_once(tmp_path: Path) -> None:
    targets = "panel.targets=[{name: a, model: opus}, {name: b, model: opus, system: Be kind.}]"
    assert len(warned(tmp_path, targets)) == 1


def test_the_writer_is_free_to_be_anybodys_relative(tmp_path: Path) -> None:
    assert warned(tmp_path, "panel.targets=[qwen]", "models.writer.family=qwen") == ()


SORRY = """\
benchmark: sorry-bench
models:
  writer: {provider: openai, model: w, family: gpt}
  same: {provider: openai, base_url: "http://127.0.0.1:1/v1", model: org/W}
  kin: {provider: openai, model: w-mini, family: gpt}
  other: {provider: anthropic, model: claude-haiku-4-5, family: claude}
base: {from: shipped}
mutate: {writer: writer, back_translator: other}
release: {version: 2026.11.0}
"""


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("writer: writer, back_translator: other", ()),
        ("writer: writer, back_translator: other, judge: kin", ()),
        (
            "writer: writer",
            (
                "writer writes mutations and judges their style",
                "writer translates and translates back",
            ),
        ),
        ("writer: writer, judge: null", ("writer translates and translates back",)),
        ("writer: writer, intent: null, judge: other", ()),
        ("writer: writer, styles: [slang], judge: other", ()),
        (
            "writer: writer, translator: other, back_translator: writer, judge: other",
            ("other writes mutations and judges their style",),
        ),
        (
            "writer: writer, translator: other, back_translator: writer, styles: [slang], "
            "judge: other",
            (),
        ),
        (
            "writer: writer, back_translator: same, judge: same",
            (
                "writer (writer) and same (style judge) are both w",
                "writer (translator) and same (back-translator) are both w",
            ),
        ),
        ("styles: [morse]", ()),
    ],
)
def test_a_writer_that_judges_or_translates_back_its_own_texts_is_warned_of_in_a_line(
    tmp_path: Path, part: str, says: tuple[str, ...]
) -> None:
    recipe = load(small_recipe(tmp_path, SORRY), [f"mutate={{{part}}}"])
    assert relatives(recipe) == says
