"""A run that goes on under another moderation policy says what that costs and how to keep votes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from artifacts.schemas import VOTES
from artifacts.tables import table_name, write_table
from flows.benchmarks import benchmark_of
from inference.canonical import Identity, canonical, key_of
from inference.ledger import Entry, Ledger, requests_of
from inference.types import Item
from moderators.llm import VerdictTask
from moderators.policies import load_policy
from pipelines.opening import Checked, layout_of, run_opened
from pipelines.or_bench.earlier_votes import notes
from pipelines.recipe import OrBench, load, taxonomy_of
from pipelines.runner.context import Silent
from pipelines.runner.shards import Layout
from pipelines.sources import Pins
from tests.small_recipe import small_recipe

_IDENTITY = Identity("openai", "api.openai.com", "gpt-4o-2024-11-20")


def _recipe(folder: Path, *settings: str) -> OrBench:
    found = load(small_recipe(folder), settings)
    assert isinstance(found, OrBench)
    return found


def _asked(recipe: OrBench, policy: str, text: str, answer: str | None = None) -> tuple[str, bytes]:
    """Key and canonical request of a vote."""
    words = load_policy(policy)
    template = words.prompt if answer is None else words.exchange
    task = VerdictTask("gpt4o", taxonomy_of(recipe).categories, template)
    said = canonical(task.request(Item("", text, "", answer=answer), 0), _IDENTITY)
    return key_of(said), said


def _vote(layout: Layout, requests: Sequence[tuple[str, bytes]]) -> None:
    """Puts the requests into the run's ledger."""

    async def put() -> None:
        for key, said in requests:
            await ledger.put(Entry(key, said, b"{}", "gpt4o", "", 1, 1, 0.0, 1.0))

    ledger = Ledger(layout.ledger)
    try:
        asyncio.run(put())
    finally:
        ledger.close()


def _write(layout: Layout, stage: str, shard: int, keys: Sequence[str], model: str) -> None:
    """A shard's votes; a vote of an offline moderator, which has no key, is among them."""
    blank = dict.fromkeys(VOTES, None)
    rows = [{**blank, "row": key, "root": key, "model": model, "key": key} for key in keys]
    rows.append({**blank, "row": "o", "root": "o", "model": "nearest"})
    path = layout.run / stage / table_name("votes", shard, 2)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_table(path, pl.DataFrame(rows, schema=VOTES), VOTES)


def _run(folder: Path, recipe: OrBench, policy: str) -> Layout:
    """A run with three prompts' votes in two rounds, and one answer's, asked under a policy."""
    layout = layout_of(recipe, folder / "out")
    prompts = [_asked(recipe, policy, f"prompt {number}") for number in range(3)]
    exchange = _asked(recipe, policy, "prompt 0", "an answer")
    _vote(layout, [*prompts, exchange])
    keys = [key for key, _ in prompts]
    _write(layout, "moderate-0", 0, keys[:1], "gpt4o")
    _write(layout, "moderate-0", 1, keys[1:2], "gpt4o")
    _write(layout, "moderate-1", 0, keys, "gpt4o")
    _write(layout, "rescue", 1, [exchange[0]], "gpt4o")
    return layout


@pytest.mark.parametrize(("before", "now"), [("lenient", "paper"), ("paper", "lenient")])
def test_another_policy_is_told_with_the_calls_and_the_key_that_keeps_the_votes(
    tmp_path: Path, before: str, now: str
) -> None:
    recipe = _recipe(tmp_path, f"moderate.policy={now}")
    (line,) = notes(recipe, _run(tmp_path, recipe, before))
    assert line == (
        f"4 votes of this run were cast under the moderation policy `{before}`: under `{now}` they "
        "are bought anew (up to 4 calls); to keep them, give the recipe "
        f"`moderate.policy: {before}`, or --set moderate.policy={before}"
    )
    assert "prompt 0" not in line


def test_the_same_policy_is_not_spoken_of(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path)
    assert list(notes(recipe, _run(tmp_path, recipe, "paper"))) == []
    assert list(notes(_recipe(tmp_path), layout_of(recipe, tmp_path / "elsewhere"))) == []


def test_votes_on_other_definitions_are_told_with_what_keeps_them(tmp_path: Path) -> None:
    then = _recipe(tmp_path, "taxonomy=sorry_bench_202503")
    layout = _run(tmp_path, then, "paper")
    (line,) = notes(_recipe(tmp_path), layout)
    assert line == (
        "4 votes of this run were cast on other definitions of the categories, or in other words, "
        "than the recipe has now: they are bought anew (up to 4 calls); to keep them, give the "
        "recipe the `taxonomy` of then as a file"
    )


def test_moderators_without_a_policy_buy_nothing_anew(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path)
    layout = _run(tmp_path, recipe, "lenient")
    offline = _recipe(tmp_path, "moderate.moderators=[{kind: nearest}]")
    assert list(notes(offline, layout)) == []


def test_a_run_whose_ledger_or_tables_are_gone_begins_without_a_word(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path)
    layout = _run(tmp_path, recipe, "lenient")
    for path in (layout.run / "moderate-0").glob("votes-00*"):
        path.write_bytes(b"PAR1")
    (line,) = notes(recipe, layout)
    assert line.startswith("4 votes")  # the next round has them too
    layout.ledger.unlink()
    assert list(notes(recipe, layout)) == []
    assert not layout.ledger.exists()


def test_it_is_said_before_the_run_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    recipe = _recipe(tmp_path)
    layout = _run(tmp_path, recipe, "lenient")
    said: list[str] = []

    class Said(Silent):
        def note(self, line: str) -> None:
            said.append(line)

    checked = Checked(recipe, Pins(layout.run))
    with run_opened(benchmark_of(recipe), checked, tmp_path / "out", None, Said()):
        assert len(said) == 1


def test_requests_are_found_by_their_keys(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path)
    layout = layout_of(recipe, tmp_path)
    asked = [_asked(recipe, "paper", text) for text in ("one", "two")]
    _vote(layout, asked)
    (key, said), _ = asked
    assert requests_of(layout.ledger, [key, "0" * 64]) == {key: said}
    assert requests_of(layout.ledger, []) == {}
