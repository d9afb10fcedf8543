"""Plans of recipes for a fine-grained set and its mutations."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifacts.errors import ColumnUnusableError
from flows.benchmarks import plan
from generators.mutations.encodings.registry import ENCODINGS
from generators.mutations.styles import NAMES, WRITTEN
from inference.templates import TemplateInvalidError
from pipelines.errors import RecipeError, SourceError
from pipelines.planning import Plan, StagePlan
from pipelines.recipe import SorryBench, load
from taxonomy.loader import load_taxonomy, shipped_seeds
from tests.base_set import TAXONOMY, write_tables
from tests.small_recipe import small_recipe

SORRY = """\
benchmark: sorry-bench
models:
  own: {provider: openai, base_url: "http://127.0.0.1:8000/v1", model: writer-7b, price: free}
  gpt4o: {provider: openai, model: gpt-4o-2024-11-20}
  small: {provider: embedded}
base: {from: shipped}
mutate: {writer: own, intent: null, judge: null}
release: {version: 2026.11.0}
"""
BUILT = (
    "base={sources: [{from: one.csv}, {from: two.jsonl, column: goal}], "
    "classifiers: [own, gpt4o], per_category: 3}"
)


def planned(folder: Path, *overrides: str) -> Plan:
    return plan(load(small_recipe(folder, SORRY), overrides))


def stage(plan: Plan, name: str) -> StagePlan:
    return next(each for each in plan.stages if each.label == name)


def asked(plan: Plan, name: str) -> list[tuple[str, int | None]]:
    return [(each.model, each.calls) for each in stage(plan, name).asks]


@pytest.mark.parametrize(
    "key", ["mutate.template={slang: mine.md}", "mutate.judge_template=mine.md"]
)
def test_a_template_that_is_not_there_or_lacks_its_place_is_told_before_a_build(
    tmp_path: Path, key: str
) -> None:
    with pytest.raises(RecipeError, match=r"must be a file that is there \(got mine.md\)"):
        planned(tmp_path, key)
    (tmp_path / "mine.md").write_text("Say it.")
    with pytest.raises(TemplateInvalidError, match=r"must have a place \$\w+ \(got mine.md\)"):
        planned(tmp_path, key)


def test_each_style_is_shown_and_only_written_ones_ask_anybody(tmp_path: Path) -> None:
    found = planned(tmp_path)
    rows = len(shipped_seeds("sorry_bench_202503"))
    names = [f"mutate: {style}" for style in NAMES]
    assert [each.label for each in found.stages] == [
        "base", "pilot_rows", "pilot", *names, "collect"
    ]  # fmt: skip
    assert found.names == ("base", "pilot_rows", "pilot", "mutate", "collect")
    assert [stage(found, name).rows for name in names] == [rows] * 20
    for style in NAMES:
        calls = rows if style in WRITTEN else 0
        assert stage(found, f"mutate: {style}").calls == calls
    assert stage(found, "collect").rows == 21 * rows
    assert stage(found, "pilot").rows == 8 * 20
    assert found.usd == 0.0


def test_the_published_size_is_known_before_the_gated_file_is_fetched(tmp_path: Path) -> None:
    gated = "base={from: 'hf://sorry-bench/sorry-bench-202406/question.jsonl', per_category: 10}"
    found = planned(tmp_path, "taxonomy=sorry_bench_202406", gated)
    styles = [each for each in found.stages if each.name == "mutate"]
    assert sum(each.rows or 0 for each in styles) == 9_000
    assert sum(each.calls or 0 for each in styles) == 16 * 450
    assert stage(found, "collect").rows == 9_450


def test_a_set_on_the_hub_of_unknown_size_has_no_price(tmp_path: Path) -> None:
    found = planned(tmp_path, "base={from: 'hf://me/set/base.jsonl'}", "mutate.writer=gpt4o")
    assert stage(found, "base").rows is None
    assert stage(found, "mutate: slang").usd is None
    assert found.usd is None
    assert any("base.per_category" in note for note in stage(found, "base").notes)


def test_translators_back_translators_and_checkers_are_counted_where_they_are_asked(
    tmp_path: Path,
) -> None:
    rows = len(shipped_seeds("sorry_bench_202503"))
    part = "mutate={writer: own, translator: gpt4o, back_translator: small, checker: gpt4o}"
    found = planned(tmp_path, part)
    assert asked(found, "mutate: slang") == [("own", rows), ("gpt4o", rows)]
    assert asked(found, "mutate: translate-ta") == [
        ("gpt4o", rows), ("small", rows), ("gpt4o", rows),
    ]  # fmt: skip
    unmeasured = planned(tmp_path, part.replace("}", ", intent: null}"))
    assert asked(unmeasured, "mutate: translate-ta") == [("gpt4o", rows), ("gpt4o", rows)]


def test_a_judgment_a_row_is_counted_with_its_tokens(tmp_path: Path) -> None:
    rows = len(shipped_seeds("sorry_bench_202503"))
    found = planned(tmp_path, "mutate.judge=gpt4o")
    for style in WRITTEN:
        written, judged = stage(found, f"mutate: {style}").asks
        assert (written.model, written.calls) == ("own", rows)
        assert (judged.model, judged.calls) == ("gpt4o", rows)
        # The instructions, the definition and both requests; a few sentences come back.
        assert 600 * rows < (judged.input_tokens or 0) < 1_500 * rows
        assert 50 * rows < (judged.output_tokens or 0) < 300 * rows
    assert asked(found, "mutate: morse") == []
    yes_or_no = planned(tmp_path, "mutate.judge=gpt4o", "mutate.checker=small")
    assert asked(yes_or_no, "mutate: slang") == [("own", rows), ("small", rows), ("gpt4o", rows)]


@pytest.mark.parametrize(
    ("part", "judge"),
    [
        ("writer: own", "own"),
        ("writer: own, back_translator: gpt4o", "gpt4o"),
        ("writer: own, back_translator: gpt4o, checker: own", "own"),
        ("writer: own, back_translator: small", "own"),
        ("writer: own, checker: gpt4o, judge: null", None),
        ("writer: own, checker: gpt4o, judge: own", "own"),
        ("writer: small, checker: gpt4o", None),
        ("writer: small, judge: gpt4o", "gpt4o"),
    ],
)
def test_a_judge_is_on_by_default_where_a_server_answers_for_the_writer(
    tmp_path: Path, part: str, judge: str | None
) -> None:
    recipe = load(small_recipe(tmp_path, SORRY), [f"mutate={{{part}}}"])
    assert isinstance(recipe, SorryBench)
    assert recipe.mutate is not None
    assert recipe.mutate.judge_among(recipe.models) == judge


def test_a_style_has_the_price_of_its_own_tokens(tmp_path: Path) -> None:
    found = planned(tmp_path, "mutate.writer=gpt4o")
    costs = {style: stage(found, f"mutate: {style}").usd for style in WRITTEN}
    for style, usd in costs.items():
        (ask,) = stage(found, f"mutate: {style}").asks
        assert ask.input_tokens is not None
        assert ask.output_tokens is not None
        assert usd == pytest.approx((ask.input_tokens * 2.5 + ask.output_tokens * 10) / 1e6)
    longer = stage(found, "mutate: role_play").output_tokens or 0
    assert longer > 1.5 * (stage(found, "mutate: misspellings").output_tokens or 0)
    assert found.usd == pytest.approx(sum(usd or 0 for usd in costs.values()))


def test_misspellings_by_rules_and_encodings_cost_nothing(tmp_path: Path) -> None:
    offline = "mutate={styles: [misspellings, ascii], misspellings: {by: rules}}"
    found = planned(tmp_path, offline)
    assert found.asks == ()
    assert stage(found, "pilot").notes == ()


def test_the_longest_answer_bounds_a_text(tmp_path: Path) -> None:
    found = planned(tmp_path, "mutate={writer: own, intent: null, judge: null, max_tokens: 5}")
    rows = len(shipped_seeds("sorry_bench_202503"))
    assert stage(found, "mutate: role_play").output_tokens == 5 * rows


def test_the_pilot_and_a_hosted_writer_are_told_of(tmp_path: Path) -> None:
    part = "mutate={writer: gpt4o, styles: [slang], pilot: 3, tries: 2}"
    notes = " ".join(stage(planned(tmp_path, part), "pilot").notes)
    assert "the first 3 rows" in notes
    assert "up to 2 times" in notes
    assert "hosted model is asked to reword unsafe requests (gpt4o)" in notes
    own = " ".join(stage(planned(tmp_path, "mutate.styles=[slang]"), "pilot").notes)
    assert "hosted" not in own


def test_a_base_set_that_is_picked_asks_every_classifier_about_every_row(tmp_path: Path) -> None:
    write_tables(tmp_path)
    found = planned(tmp_path, BUILT, "mutate.styles=[ascii]")
    sources = stage(found, "sources").rows
    assert sources == 5 + 8
    assert asked(found, "classify") == [("own", 13), ("gpt4o", 13)]
    assert stage(found, "choose").rows == 13  # fewer than 3 in each of 44 categories
    assert stage(found, "mutate: ascii").rows == 13
    (tmp_path / "four.yaml").write_text(TAXONOMY)
    few = planned(tmp_path, BUILT, "taxonomy=four.yaml", "mutate.styles=[ascii]")
    assert stage(few, "choose").rows == 3 * 4
    names = [each.name for each in found.stages]
    assert names[:5] == ["sources", "clean", "dedup", "classify", "choose"]


def test_a_model_that_rewords_is_asked_at_most_about_every_row(tmp_path: Path) -> None:
    write_tables(tmp_path)
    found = planned(tmp_path, BUILT.replace("per_category: 3", "per_category: 3, imperative: own"))
    assert asked(found, "imperative") == [("own", 13)]


def test_tables_on_the_hub_are_not_fetched_for_a_plan(tmp_path: Path) -> None:
    far = "base={sources: [{from: 'hf://me/prior/a.csv'}], classifiers: [gpt4o], per_category: 3}"
    found = planned(tmp_path, far)
    assert asked(found, "classify") == [("gpt4o", None)]
    assert stage(found, "choose").rows == 3 * len(load_taxonomy("sorry_bench_202503").names)


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ("base={from: gone.csv}", SourceError, "source must exist"),
        ("base={from: bad.csv}", SourceError, "category"),
        (BUILT.replace("goal", "gaol"), ColumnUnusableError, "goal"),
    ],
)
def test_a_base_that_cannot_be_read_is_refused(
    tmp_path: Path, given: str, error: type[Exception], says: str
) -> None:
    write_tables(tmp_path)
    (tmp_path / "bad.csv").write_text("prompt,category\nSing.,nonsense\n")
    with pytest.raises(error, match=says):
        planned(tmp_path, given)


def test_a_budget_that_is_too_small_is_told_of(tmp_path: Path) -> None:
    found = planned(tmp_path, "mutate.writer=gpt4o", "budget={max_usd: 0.01}")
    assert found.notes == ("the run would reach its budget of 0.01 US dollars before its end",)


def test_encodings_are_four(tmp_path: Path) -> None:
    found = planned(tmp_path, "mutate={styles: [ascii, caesar, morse, atbash]}")
    assert [each.part for each in found.stages[3:-1]] == list(ENCODINGS)
