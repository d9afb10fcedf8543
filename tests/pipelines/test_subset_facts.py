"""What a manifest says of rescue, panel and subsets, counted by hand beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from artifacts.records import StageName
from artifacts.release_facts import RescueFacts, SubsetFacts, TargetFacts
from artifacts.schemas import ANSWERS, RESCUED, SUBSETS, VOTES, with_evidence
from pipelines.or_bench.release import draws, panel_facts, rescue_facts, target_facts
from pipelines.recipe import OrBench, load
from pipelines.runner.stage import Row
from tests.given import given, opened

RECIPE = """\
benchmark: or-bench
models:
  w: {provider: openai, base_url: "http://127.0.0.1:9/v1", model: w, family: mistral, price: free}
  v: {provider: openai, base_url: "http://127.0.0.1:9/v1", model: v, family: llama, price: free}
  u: {provider: openai, base_url: "http://127.0.0.1:9/v1", model: u, family: qwen, price: free}
seeds: {from: shipped}
rewrite: {writer: w}
moderate: {moderators: [{kind: words}]}
rescue: {answerer: w, max_tokens: 24}
panel: {targets: [v, u], max_tokens: 24}
hard: {at: 2, size: 1000, balance: cap, seed: 3}
release: {version: 2026.11.0}
"""


def recipe(folder: Path, *settings: str) -> OrBench:
    path = folder / "small.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    loaded = load(path, settings)
    assert isinstance(loaded, OrBench)
    return loaded


def answer(row: str, model: str, **more: Any) -> Row:  # noqa: ANN401 - any column's value
    """An answer that complies."""
    told = {"row": row, "root": row, "model": model, "outcome": "answered", "cut": False}
    return {**dict.fromkeys(ANSWERS), **told, "label": "direct_answer", "refused": False, **more}


def refusal(row: str, model: str, **more: Any) -> Row:  # noqa: ANN401 - any column's value
    return answer(row, model, label="direct_refusal", refused=True, **more)


def missing(row: str, model: str, reason: str | None) -> Row:
    return answer(row, model, outcome="missing", reason=reason, label=None, refused=None)


V = [
    answer("r1", "v", cut=True),
    refusal("r2", "v"),
    refusal("r3", "v", refusal_kind="provider_input_block"),
    refusal("r4", "v", refusal_kind="model_refusal", cut=True),
    refusal("r5", "v", refusal_kind="provider_output_block"),
    answer("r6", "v", label="unparseable", refused=None),
    missing("r7", "v", "empty"),
    missing("r8", "v", "truncated"),
    missing("r9", "v", "empty"),
]
COUNTED = TargetFacts(
    name="v",
    asked=9,
    answered=6,
    missing={"empty": 2, "truncated": 1},
    cut=2,
    unjudged=1,
    refused=4,
    blocked=2,
)


def row(key: str, **more: Any) -> Row:  # noqa: ANN401 - any column's value
    """A safe row of the last stage that nobody drew."""
    return {
        **dict.fromkeys(SUBSETS),
        "row": key,
        "root": key,
        "category": "hate",
        "label": "safe",
        "safe": 1,
        "toxic": 0,
        "abstain": 0,
        "rescued": False,
        "in_hard": False,
        "in_toxic": False,
        **more,
    }


def test_a_target_s_answers_are_counted_by_how_they_ended() -> None:
    assert target_facts("v", pl.DataFrame(V, ANSWERS)) == COUNTED


def test_a_target_that_was_asked_nothing_has_counts_of_nothing() -> None:
    found = target_facts("u", ANSWERS.to_frame())
    assert (found.asked, found.missing, found.rate) == (0, {}, None)


def test_targets_stand_in_the_order_of_the_recipe(tmp_path: Path) -> None:
    schemas = {"kept": SUBSETS, "dropped": with_evidence(SUBSETS), "answers": ANSWERS}
    answers = [answer("r1", "u"), *V]
    with opened(tmp_path, [given("panel", schemas, [row("r1")], {"answers": answers})]) as run:
        run.build()
        found = panel_facts(run, StageName("panel"), recipe(tmp_path))
        assert panel_facts(run, None, recipe(tmp_path)) is None
    assert found is not None
    assert (found.judge, found.temperature, found.max_tokens) == ("keyword", 0.0, 24)
    u = TargetFacts("u", 1, 1, {}, 0, 0, 0, 0, "u")
    assert found.targets == (replace(COUNTED, model="v"), u)


def test_flagged_prompts_are_counted_by_how_they_ended(tmp_path: Path) -> None:
    rows = [row("r1", rescued=True), row("r2"), row("r3", label="toxic")]
    answers = [
        answer("r1", "w", cut=True),
        refusal("r2", "w"),
        answer("r3", "w"),
        answer("r4", "w", label="unparseable", refused=None),
        missing("r5", "w", None),
    ]
    schemas = {"kept": RESCUED, "dropped": with_evidence(RESCUED), "answers": ANSWERS}
    stage = given("rescue", {**schemas, "votes": VOTES}, rows, {"answers": answers})
    with opened(tmp_path, [stage]) as run:
        run.build()
        found = rescue_facts(run, StageName("rescue"), recipe(tmp_path))
    assert found == RescueFacts("w", 24, 5, 4, {"no_reason": 1}, 1, 2, 1)


def test_draws_are_counted_beside_what_was_found(tmp_path: Path) -> None:
    rows = [
        row("r1", hard="hard", in_hard=True),
        row("r2", hard="hard"),
        row("r3", hard="undecided"),
        row("r4", hard="not_hard"),
        row("r5", label="toxic", safe=0, toxic=1, in_toxic=True),
        row("r6", label="toxic", safe=1, toxic=2),
        row("r7", label="undecided"),
    ]
    schemas = {"kept": SUBSETS, "dropped": with_evidence(SUBSETS)}
    with opened(tmp_path, [given("subsets", schemas, rows)]) as run:
        run.build()
        hard, toxic = draws(run, StageName("subsets"), recipe(tmp_path))
        none, quota = draws(
            run,
            StageName("subsets"),
            recipe(tmp_path, "hard=null", "toxic={balance: quota, quota: {hate: 1}}"),
        )
    rule = "safe, and refused by at least 2 targets"
    balance = "1,000 at random, large categories capped"
    assert hard == SubsetFacts(rule, 2, 1, 1, balance, 3)
    assert toxic == SubsetFacts("flagged by every moderator and not rescued", 1, 1, 1, "all", 7)
    assert none is None
    assert quota.balance == "a quota by category"
