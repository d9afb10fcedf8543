from __future__ import annotations

from pathlib import Path

import pytest

from checks.length import Length
from checks.ngrams import ExampleOverlap, Ngrams, SeedOverlap
from checks.refusal_phrases import RefusedAbroad, WriterRefused
from inference.types import Item
from pipelines.errors import RecipeError
from pipelines.recipe import OrBench, load, recipe_digest, taxonomy_of
from pipelines.recipe.languages import language_lines, nearness, unfit
from pipelines.stages.makers import cleaning_checks, rewriting_checks
from tests.small_recipe import small_recipe

TEXT = """\
benchmark: or-bench
models:
  writer: {provider: openai, base_url: "http://127.0.0.1:8000/v1", model: writer-7b, price: free}
  voter: {provider: openai, base_url: "http://127.0.0.1:8000/v1", model: voter-7b, price: free}
seeds: {from: llm, writer: writer, per_category: 40, per_call: 20}
rewrite: {writer: writer, per_seed: 5, drift: {}, examples: {}}
moderate: {moderators: [voter]}
release: {version: 2026.11.0}
"""


def recipe(folder: Path, *settings: str) -> OrBench:
    loaded = load(small_recipe(folder, TEXT), settings)
    assert isinstance(loaded, OrBench)
    return loaded


def names(checks: tuple[object, ...]) -> list[str]:
    return [each.name for each in checks]  # type: ignore[attr-defined]


def test_english_is_as_it_was(tmp_path: Path) -> None:
    plain, said = recipe(tmp_path), recipe(tmp_path, "language=en")
    assert nearness(plain).measure == "all-MiniLM-L6-v2"
    assert language_lines(plain) == ()
    assert cleaning_checks(plain)[0] == Length(8, 600, 3)
    assert "fiction_frame" in names(rewriting_checks(plain, taxonomy_of(plain), "")["hate"])
    assert [recipe_digest(each, "dedup", "rewrite") for each in (plain, said)] == [
        recipe_digest(plain, "dedup", "rewrite")
    ] * 2


def test_rules_that_know_english_alone_are_off(tmp_path: Path) -> None:
    chinese = recipe(tmp_path, "language=zh")
    off = ("safety_words", "harm_words", "disclaimer_tail", "reversal", "fiction_frame")
    assert unfit(chinese) == ("repetition", *off)
    found = rewriting_checks(chinese, taxonomy_of(chinese), "")["hate"]
    assert not set(names(found)) & {"repetition", *off}
    assert WriterRefused() in found
    assert RefusedAbroad("zh") in found
    assert unfit(recipe(tmp_path, "language=de")) == off


def test_one_line_names_all_that_is_off(tmp_path: Path) -> None:
    first, *others = language_lines(recipe(tmp_path, "language=zh", "openers={}"))
    assert first.startswith("Off, as they do not know Simplified Chinese: the checks repetition,")
    assert "2-grams of characters, from a Jaccard index of 0.5" in others[0]
    assert any("four characters" in line for line in others)
    assert "Not measured" in others[-1]


@pytest.mark.parametrize(
    ("settings", "length"),
    [
        (("language=zh",), Length(4, 600, 0)),
        (("language=hi",), Length(8, 600, 3)),
        (("language=zh", "clean.min_words=2"), Length(4, 600, 2)),
        (("language=zh", "clean.min_chars=0"), Length(0, 600, 0)),
        (("clean.min_words=1",), Length(8, 600, 1)),
        (("clean.language=ja",), Length(8, 600, 0)),
        (("clean.language=null",), Length(8, 600, 3)),
        (("clean.max_chars=5",), Length(5, 5, 3)),
    ],
)
def test_lengths_are_those_of_the_language_unless_they_are_given(
    settings: tuple[str, ...], length: Length, tmp_path: Path
) -> None:
    assert cleaning_checks(recipe(tmp_path, *settings))[0] == length


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (("language=zh",), "zh"),
        (("language=zh", "clean.language=zh-Hant"), "zh-Hant"),
        (("clean.language=fr",), "fr"),
        (("language=zh", "clean.language=null"), None),
    ],
)
def test_a_language_of_cleaning_rules_where_it_is_given(
    settings: tuple[str, ...], code: str | None, tmp_path: Path
) -> None:
    found = [
        each for each in cleaning_checks(recipe(tmp_path, *settings)) if each.name == "language"
    ]
    assert [each.code for each in found] == ([] if code is None else [code])  # type: ignore[attr-defined]


def test_a_chinese_seed_without_spaces_is_clean(tmp_path: Path) -> None:
    checks = cleaning_checks(recipe(tmp_path, "language=zh"))
    text = "如何撬开一把旧锁"
    assert [each(Item("r", text, "c"), text) for each in checks] == [None] * len(checks)


def test_characters_tell_what_is_near_where_no_encoder_knows_the_language(tmp_path: Path) -> None:
    chinese, tamil = (recipe(tmp_path, f"language={code}") for code in ("zh", "ta"))
    assert nearness(chinese).measure == Ngrams(2, spaces=False)
    assert nearness(tamil).measure == Ngrams(5, spaces=True)
    assert nearness(recipe(tmp_path, "language=zh", "dedup.jaccard=0.7")).threshold == 0.7
    assert nearness(recipe(tmp_path, "language=zh", "dedup.threshold=null")).threshold is None
    drift, _, example = rewriting_checks(chinese, taxonomy_of(chinese), "")["hate"][-3:]
    assert isinstance(drift, SeedOverlap)
    assert isinstance(example, ExampleOverlap)


@pytest.mark.parametrize(
    "settings",
    [
        ("dedup.encoder=intfloat/multilingual-e5-small@main",),
        ("dedup.encoder=BAAI/bge-small-zh-v1.5",),
        ("encoders={all-MiniLM-L6-v2: {languages: [zh]}}",),
        ("encoders={me/mine: {languages: [zh, en]}}", "dedup.encoder=me/mine"),
    ],
)
def test_an_encoder_that_knows_the_language_is_asked(
    settings: tuple[str, ...], tmp_path: Path
) -> None:
    found = nearness(recipe(tmp_path, "language=zh", *settings))
    assert (found.ngrams, found.threshold) == (None, 0.92)


def test_an_encoder_of_ones_own_is_taken_to_know_english_alone(tmp_path: Path) -> None:
    assert nearness(recipe(tmp_path, "dedup.encoder=me/mine")).ngrams is None
    assert nearness(recipe(tmp_path, "dedup.encoder=me/mine", "language=de")).ngrams is not None


@pytest.mark.parametrize(
    ("given", "near"),
    [("chinese", "zh"), ("zh-Hans", "zh"), ("German", "de"), ("germn", "de"), ("zhh", "zh")],
)
def test_a_language_that_nobody_knows_is_one_line_with_the_near_one(
    given: str, near: str, tmp_path: Path
) -> None:
    rule = rf"language must be one of en, de, .*, ta \(did you mean `{near}`\?\) \(got '{given}'\)"
    with pytest.raises(RecipeError, match=rule):
        recipe(tmp_path, f"language={given}")


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        (("moderate.moderators=[{kind: nearest}]",), "nearest must have an encoder that knows"),
        (("moderate.moderators=[{kind: words}]",), "words must go with language en"),
        (("moderate.moderators=[{kind: profanity}]",), "profanity must go with language en"),
        (("rewrite.form=list",), "rewrite.form must be json where language is zh"),
        (("encoders={all-MiniLM-L6: {languages: [zh]}}",), "did you mean `all-MiniLM-L6-v2`"),
        (("encoders={all-MiniLM-L6-v2: {languages: []}}",), "languages"),
        (("clean.min_words=-1",), "clean.min_words"),
        (("dedup.jaccard=0.02",), r"dedup\.jaccard must be greater than or equal to 0\.06"),
    ],
)
def test_what_cannot_work_is_refused_before_any_call(
    settings: tuple[str, ...], rule: str, tmp_path: Path
) -> None:
    with pytest.raises(RecipeError, match=rule):
        recipe(tmp_path, "language=zh", *settings)


def test_an_offline_moderator_may_have_a_fitting_encoder(tmp_path: Path) -> None:
    kernel = "moderate.moderators=[{kind: kernel, encoder: BAAI/bge-m3}]"
    assert recipe(tmp_path, "language=zh", kernel).language == "zh"


def test_a_bound_on_style_rules_is_refused_where_none_are_counted(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="max_rule_breaks must be of rewrites in English"):
        recipe(tmp_path, "language=zh", "gates.max_rule_breaks=0.1")
    assert recipe(tmp_path, "gates.max_rule_breaks=0.1").gates is not None


@pytest.mark.parametrize(
    ("code", "hint"),
    [("qqq", ""), ("xx", ""), ("he", " (did you mean `iw`?)"), ("nb", " (did you mean `no`?)")],
)
def test_a_language_to_clean_by_that_nobody_knows_is_refused_on_load(
    tmp_path: Path, code: str, hint: str
) -> None:
    with pytest.raises(RecipeError) as caught:
        recipe(tmp_path, f"clean.language={code}")
    said = f"clean.language must be a code that CLD2 knows{hint} (got '{code}')"
    assert str(caught.value) == said


@pytest.mark.parametrize("code", ["iw", "ja", "zh-Hant", "haw", "ml", "null"])
def test_a_language_that_cld2_knows_is_one_to_clean_by(tmp_path: Path, code: str) -> None:
    found = recipe(tmp_path, f"clean.language={code}").clean.language
    assert found == (None if code == "null" else code)
