"""Rounds until the hard set is full: on a panel whose refusals are known for every prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from artifacts.manifest import Manifest
from artifacts.records import StageName, read_run
from artifacts.release_facts import RoundsFacts
from artifacts.release_tables import of_manifest
from artifacts.summary import rounds_lines
from artifacts.verify.edges import check_run
from artifacts.verify.release import verify
from checks.identity import content_id
from flows.benchmarks import benchmark_of
from generators.examples.rewrites import FORMS
from inference.errors import BudgetReachedError
from pipelines.audits.finalize import finalize_release
from pipelines.opening import open_run
from pipelines.or_bench.pipeline import Built, built
from pipelines.or_bench.release import content
from pipelines.recipe import OrBench, load
from pipelines.runner.context import forget, keep
from pipelines.runner.jobs import JobResult
from pipelines.runner.run import Run
from tests.loopback import RECIPE, SEEDS_TEMPLATE, write_recipe
from tests.servers.behaviours import Router, Scripted
from tests.servers.chat import question_of
from tests.servers.openai_server import Server, serve
from tests.servers.refusers import Refusers
from tests.servers.voters import Moderator
from tests.servers.writers import SeedWriter, Writer

_PANEL = Refusers({"target-t": {"": 0.6}, "target-u": {"": 0.7}})
"""Each target refuses its share of prompts, by a hash of its name and the prompt."""

_TARGETS = "".join(
    f'  {name}: {{{{provider: openai, base_url: "{{url}}", model: target-{name}, '
    "price: {{input: 1, output: 4}}}}\n"
    for name in "tu"
)
_TEXT = (
    RECIPE.replace("seeds:", _TARGETS + "seeds:")
    .replace("price: free", "price: {{input: 1, output: 4}}")
    .replace("from: shipped", "from: shipped, per_category: 1")
    + "panel: {{targets: [t, u]}}\ntoxic: {{from: [rewrites]}}\n"
)


@contextmanager
def _served() -> Iterator[Server]:
    """A writer, moderators to whom all prompts are safe, and the panel."""
    safe = Moderator(toxic=0.0, risky=1.0)
    names = [f"moderator-{letter}" for letter in "abc"]
    targets = dict.fromkeys(_PANEL.shares, _PANEL)
    writer = Scripted({SEEDS_TEMPLATE: SeedWriter()}, otherwise=Writer())
    with serve(Router({"writer": writer, **dict.fromkeys(names, safe), **targets})) as server:
        yield server


@dataclass(frozen=True)
class _Made:
    """A finished run, and what a release of it says."""

    run: Run
    built: Built
    released: Manifest | None
    cost: dict[str, float]

    @property
    def ended(self) -> RoundsFacts:
        (facts,) = self.built.endings
        return facts

    @property
    def hard(self) -> RoundsFacts:
        return self.built.endings[0]

    @property
    def manifest(self) -> Manifest:
        assert self.released is not None
        return self.released

    def shards(self) -> dict[str, bytes]:
        folder = self.run.context.layout.release
        return {str(path): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}

    def verified(self) -> tuple[str, ...]:
        layout = self.run.context.layout
        return verify(layout.release, layout.out / "runs").problems


def _build(
    server: Server, folder: Path, *settings: str, run: type[Run] = Run, release: bool = True
) -> _Made:
    loaded = load(write_recipe(folder, server.base_url, _TEXT), settings)
    assert isinstance(loaded, OrBench)
    context, record = open_run(benchmark_of(loaded), loaded, folder / "out")
    keep(context)
    try:
        made = run(context, record)
        made.build()
        manifest = finalize_release(made, loaded, content(made, loaded)) if release else None
        spent = context.engine().spent(context.layout.run_name)
        cost: dict[str, float] = {}
        for (stage, _), spend in spent.items():
            cost[stage] = cost.get(stage, 0.0) + spend.price_usd
        return _Made(made, built(made, loaded), manifest, cost)
    finally:
        forget(context)


def _hard(run: Run, number: int | None) -> set[str]:
    """The prompts that both targets refuse, of those that there are after a round."""
    texts = run.kept(StageName("panel", number), ["text"])["text"]
    names = [*_PANEL.shares]
    return {text for text in texts if all(_PANEL.refuses(name, text) for name in names)}


def test_a_hard_set_fills_in_as_many_rounds_as_the_refusal_rates_say(tmp_path: Path) -> None:
    with _served() as server:
        made = _build(server, tmp_path, "hard={at: 2, size: 18, rounds: 6}", release=False)
        assert set(server.counts().values()) == {1}
    counts = [len(_hard(made.run, number)) for number in range(made.built.rounds)]
    assert len(counts) > 1
    assert [count < 18 for count in counts] == [*[True] * (len(counts) - 1), False]
    assert (made.ended.ended, made.ended.wanted, made.ended.found) == ("full", 18, counts[-1])
    assert (made.ended.rounds, made.ended.most) == (len(counts), 6)
    drawn = made.run.kept("subsets", ["text", "in_hard"]).filter("in_hard")
    assert drawn.height == 18
    assert set(drawn["text"]) <= _hard(made.run, len(counts) - 1)
    assert check_run(made.run.context.layout.run).problems == ()


def test_a_hard_set_that_cannot_fill_stops_by_yield(tmp_path: Path) -> None:
    hard = "hard={at: 2, size: 900, rounds: 6, min_yield: 0.9}"
    with _served() as server:
        low = _build(server, tmp_path, hard, release=False)
    written = low.run.kept("rewrite-0", ["row"]).height
    found = len(_hard(low.run, 0))
    assert found < 0.9 * written
    assert low.ended == RoundsFacts("hard", 900, found, 1, 6, "yield", 0.9, found / written)
    assert "rewrite-1" not in {str(result.name) for result in low.run.results}


@pytest.mark.slow
def test_summary_and_card_say_how_rounds_ended(tmp_path: Path) -> None:
    with _served() as server:
        made = _build(server, tmp_path, "hard={at: 2, size: 18, rounds: 6}", "rewrite.target=1")
    assert made.verified() == ()
    hard, target = made.manifest.rounds
    assert made.manifest.rounds == made.built.endings
    line, other = rounds_lines(made.manifest)
    assert line.startswith(
        f"Of 18 hard rows {hard.found} were found in {hard.rounds} rounds of at most 6; full (new"
    )
    assert other.startswith(
        f"Of 10 rows of rewrite.target {target.found} were found in 1 round of at most 1; full (new"
    )
    card = (made.run.context.layout.release / "README.md").read_text(encoding="utf-8")
    assert line[:40] in card
    assert "Rounds of rewriting" in {table.title for table in of_manifest(made.manifest)}


_SHOWN = re.compile(r"Request: ([^\n]+)\nPrompt: ([^\n]+)")
_ASKED = re.compile(r"Request: ([^\n]+)\Z")


@pytest.mark.slow
def test_later_rounds_are_shown_hard_rows_of_finished_ones_and_rows_have_labels(
    tmp_path: Path,
) -> None:
    hard = "hard={at: 2, size: 900, rounds: 2}"
    with _served() as server:
        made = _build(server, tmp_path, "seeds.per_category=3", hard)
        texts = [question_of(call.body) for call in server.calls if call.body["model"] == "writer"]
    asked = [text for text in texts if _ASKED.search(text)]
    rounds = {len(_SHOWN.findall(text)) > 0 for text in asked}
    assert rounds == {True, False}
    of_first, ids = _hard(made.run, 0), set[str]()
    seeds = dict(made.run.kept("clean_seeds", ["text", "category"]).iter_rows())
    families = dict(made.run.kept("panel-0", ["text", "root"]).iter_rows())
    roots = dict(made.run.kept("clean_seeds", ["row", "text"]).iter_rows())
    for text in asked:
        own = _ASKED.findall(text)[0]
        shown = _SHOWN.findall(text)
        assert len(shown) <= 2
        for seed, prompt in shown:
            assert prompt in of_first
            assert roots[families[prompt]] == seed != own
            assert seeds[seed] == seeds[own]
            ids.add(content_id(prompt))
    assert made.hard.shown == made.manifest.rounds[0].shown == tuple(sorted(ids))
    layout = made.run.context.layout
    card = (layout.release / "README.md").read_text(encoding="utf-8")
    assert all(each in card for each in ids)
    assert made.verified() == ()
    released = pl.read_parquet(next((layout.release / "or-bench-main").glob("*.parquet")))
    assert {*released["level"]} == {1, 2, 3, 4, 5}
    assert {*released["form"]} == {*FORMS}


@pytest.mark.slow
def test_categories_with_a_share_of_their_own_end_by_themselves(tmp_path: Path) -> None:
    quota = "{hate: 2, privacy: 400, sexual: 400}"
    hard = f"hard={{at: 2, balance: quota, quota: {quota}, rounds: 4, min_yield: 0.2}}"
    with _served() as server:
        made = _build(server, tmp_path, hard)
    for number in range(1, made.built.rounds):
        asked = set(made.run.kept(f"topup-{number}", ["category"])["category"])
        assert asked <= {"hate", "privacy", "sexual"}
    assert made.built.rounds > 1
    assert set(made.ended.categories) == {"hate", "privacy", "sexual"}
    assert "full" not in (made.ended.categories["privacy"], made.ended.categories["sexual"])
    assert made.ended.ended in ("yield", "rounds")


@pytest.mark.slow
def test_a_round_that_the_budget_does_not_reach_is_given_up(tmp_path: Path) -> None:
    hard = "hard={at: 2, size: 900, rounds: 2}"
    folders = [tmp_path / name for name in ("free", "capped")]
    for folder in folders:
        folder.mkdir()
    with _served() as server:
        free = _build(server, folders[0], hard)
        assert free.ended.ended == "rounds"
        first = sum(usd for stage, usd in free.cost.items() if not stage.endswith("-1"))
        cap = f"budget.max_usd={(first + sum(free.cost.values())) / 2:.6f}"
        capped = _build(server, folders[1], hard, cap)
        asked = len(server.calls)
        again = _build(server, folders[1], hard, cap)  # released: nobody is asked
        assert len(server.calls) == asked
        raised = _build(server, folders[1], hard, "budget.max_usd=9")
        assert len(server.calls) == asked
    assert (capped.ended.ended, capped.ended.rounds) == ("budget", 1)
    assert "the budget is spent" in next(rounds_lines(capped.manifest))
    record = read_run(capped.run.context.layout.run)
    assert record is not None
    assert {each.called.round for each in record.stages if each.called} == {None, 0}
    assert capped.verified() == ()
    assert {len(each) for each in (_hard(free.run, 0), _hard(capped.run, 0))} == {
        capped.ended.found
    }
    assert again.shards() == capped.shards() == raised.shards()
    assert raised.manifest.rounds == capped.manifest.rounds


@pytest.mark.slow
def test_a_first_round_that_the_budget_does_not_reach_ends_the_run_as_ever(tmp_path: Path) -> None:
    with _served() as server, pytest.raises(BudgetReachedError, match="max_usd must have room"):
        _build(server, tmp_path, "hard={at: 2, size: 900, rounds: 2}", "budget.max_usd=0.01")


@pytest.mark.slow
def test_a_run_with_a_panel_after_its_rounds_waits_for_the_money_of_all_of_them(
    tmp_path: Path,
) -> None:
    settings = ("rewrite.target=5", "rewrite.rounds=2")
    folders = [tmp_path / name for name in ("free", "capped")]
    for folder in folders:
        folder.mkdir()
    with _served() as server:
        free = _build(server, folders[0], *settings, release=False)
        first = sum(usd for stage, usd in free.cost.items() if stage.endswith("-0"))
        second = sum(usd for stage, usd in free.cost.items() if stage.endswith("-1"))
        cap = f"budget.max_usd={first + second / 2:.6f}"
        with pytest.raises(BudgetReachedError):
            _build(server, folders[1], *settings, cap, release=False)
        record = read_run(folders[1] / "out" / "runs" / "loop" / "2026.11.0")
        raised = _build(server, folders[1], *settings, "budget.max_usd=9", release=False)
    assert record is not None
    assert any(each.called and each.called.round == 1 for each in record.stages)
    assert raised.built.rounds == free.built.rounds == 2
    assert raised.ended == free.ended


_SEEDS = ("shipped, per_category: 1", "llm, writer: writer, per_category: 2, per_call: 2")


@pytest.mark.slow
@pytest.mark.parametrize("seeds", _SEEDS)
def test_a_set_that_extends_another_gets_the_hard_rows_that_are_missing(
    tmp_path: Path, seeds: str
) -> None:
    given = f"seeds={{from: {seeds}}}"
    extend = ("mode=extend", "rewrite.target=1", "release.version=2026.12.0")
    with _served() as server:
        first = _build(server, tmp_path, given, "hard={at: 2, size: 4}")
        assert first.built.short == {}
        more = _build(server, tmp_path, given, *extend, "hard={at: 2, size: 60, rounds: 1}")
        asked = len(server.calls)
        same = _build(
            server,
            tmp_path,
            given,
            *(*extend[:2], "release.version=2027.1.0"),
            f"hard={{at: 2, size: {more.hard.found}, rounds: 1}}",
        )
        assert len(server.calls) == asked
    carried = len(_hard(first.run, None))
    assert carried < 60
    assert (more.hard.rounds, more.hard.most) == (1, 1)
    assert more.hard.found > carried
    assert more.run.kept("rewrite-0").height
    assert more.verified() == same.verified() == ()
    # What is carried is enough now: nothing is written, and no seed.
    assert (same.hard.ended, same.hard.rounds, same.hard.found) == ("full", 0, more.hard.found)
    if "llm" in seeds:
        assert more.run.kept("seeds-0").height
        assert set(more.built.seed_endings.values()) == {"full"}
        assert same.built.seed_endings == {}


class _KilledError(Exception):
    """What ends a run in the middle of its second round."""


class _KilledRun(Run):
    def _ended(
        self, name: StageName, inputs: tuple[StageName, ...], done: Sequence[JobResult]
    ) -> None:
        if name == StageName("moderate", 1):
            raise _KilledError
        super()._ended(name, inputs, done)


@pytest.mark.slow
def test_a_run_that_is_killed_in_a_further_round_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    hard = "hard={at: 2, size: 30, rounds: 6}"
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for folder in (whole, killed):
        folder.mkdir()
    with _served() as server:
        one = _build(server, whole, hard)
    with _served() as server:
        with pytest.raises(_KilledError):
            _build(server, killed, hard, run=_KilledRun)
        two = _build(server, killed, hard)
        assert set(server.counts().values()) == {1}
    shards = [[data for _, data in sorted(made.shards().items())] for made in (one, two)]
    assert shards[0] == shards[1]
    assert one.manifest.rounds == two.manifest.rounds
