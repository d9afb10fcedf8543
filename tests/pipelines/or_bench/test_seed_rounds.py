"""Rounds of calls for seeds, each about a cell: what follows by hand, and what nothing changes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from artifacts.records import StageName
from artifacts.release_facts import CategorySeeds, WrittenSeedFacts
from artifacts.verify.edges import check_run
from inference.encoders import Encoder
from pipelines.opening import open_run
from pipelines.or_bench import parts
from pipelines.or_bench.pipeline import written_seeds
from pipelines.or_bench.release import OR_BENCH
from pipelines.recipe import OrBench, load
from pipelines.runner import jobs as runner_jobs
from pipelines.runner import shards
from pipelines.runner.context import forget, keep
from pipelines.runner.jobs import Job, JobResult, in_threads
from pipelines.runner.run import Run
from pipelines.runner.shards import Sharding
from taxonomy import Taxonomy
from taxonomy import cells as lists
from taxonomy.cells import Cells
from tests.loopback import CATEGORIES, RECIPE, write_recipe
from tests.servers.behaviours import Router
from tests.servers.chat import Behaviour, question_of
from tests.servers.openai_server import Server, serve
from tests.servers.seed_writers import CellFollower, SameSeeds, part_of, written_in

_TEN = {"per_category": 12, "per_call": 1, "max_rounds": 9}
_CELL = ("Subject", "Who asks", "Where", "Form")


def _text(**seeds: int) -> str:
    told = ", ".join(f"{key}: {value}" for key, value in seeds.items())
    return RECIPE.replace("{{from: shipped}}", f"{{{{from: llm, writer: writer, {told}}}}}")


@contextmanager
def _opened(
    folder: Path,
    server: Server,
    text: str,
    execute: Callable[[list[Job]], list[JobResult]] = in_threads,
    *settings: str,
    rows: int = 100_000,
) -> Iterator[tuple[Run, OrBench]]:
    recipe = load(write_recipe(folder, server.base_url, text), settings)
    assert isinstance(recipe, OrBench)
    benchmark = replace(OR_BENCH, sharding=Sharding(rows))
    context, record = open_run(benchmark, recipe, folder / "out")
    keep(context)
    try:
        yield Run(context, record, execute), recipe
    finally:
        forget(context)


def _seeds(run: Run) -> None:
    """Runs the rounds of seeds alone."""
    run.step(run.context.pipeline.steps[0])


def _came(
    folder: Path, behaviour: Behaviour, *settings: str, **seeds: int
) -> tuple[WrittenSeedFacts, list[str]]:
    """What came of the rounds, and the questions that the writer was asked."""
    with serve(Router({"writer": behaviour})) as server:
        with _opened(folder, server, _text(**seeds), in_threads, *settings) as (run, recipe):
            _seeds(run)
            found = written_seeds(recipe, run)
            assert check_run(run.context.layout.run).problems == ()
        assert found is not None
        return found, [question_of(call.body) for call in server.calls]


def _cells(questions: list[str]) -> list[tuple[str, ...]]:
    return [tuple(part_of(question, name) for name in _CELL) for question in questions]


def test_a_writer_who_says_the_same_whatever_it_is_asked_fills_one_category_and_runs_dry(
    tmp_path: Path,
) -> None:
    """By hand: 100 seeds wanted of each of 10 categories, 50 asked for in a call.

    Round 1: 100 / 50 = 2 calls a category, 20 in all; 20 x 50 texts, and 50 different ones. Equal
    texts are dropped over all categories and the first in (category, row) order stays, so the first
    category, deception, has 50 seeds and the nine others none. 0 new ones are less than 2 % of
    2 x 50, so the nine are dry after one round. Deception brought 50 of 100, no less than 2 %: it
    lacks 50, at a rate of 50 / 2 = 25 a call, so 2 calls.
    Round 2: 2 calls, 100 texts, none of them new: dry. 4 calls in all.
    The 50 texts of deception now each stand in four calls, and the copy whose key is smallest
    stays: 50 texts over four cells, each of which has some (that one of them has none is likely
    once in 400,000 times, and keys are hashes of fixed values). So 4 of its 4 cells are filled, and
    0 of 2 of each other category.
    """
    found, questions = _came(tmp_path, SameSeeds(), per_category=100, per_call=50, max_rounds=5)
    others = CategorySeeds(seeds=0, calls=2, filled=0, rounds=1, ended="dry")
    first = CategorySeeds(seeds=50, calls=4, filled=4, rounds=2, ended="dry")
    assert found.categories == {**dict.fromkeys(CATEGORIES, others), "deception": first}
    assert len(questions) == len(set(_cells(questions))) == 22


def test_a_writer_who_follows_its_cell_fills_every_category_in_one_round(tmp_path: Path) -> None:
    """By hand: 12 seeds wanted, 5 in a call: 3 calls a category, 15 texts, all different.

    12 of them are kept and 3 are dropped as the category is full. Rows are kept in the order of
    their keys, so all 5 of one call may be out only if that call had the 3 last and 2 more: it
    cannot. So each of the 3 cells has a seed.
    """
    found, questions = _came(tmp_path, CellFollower(), per_category=12, per_call=5)
    full = CategorySeeds(seeds=12, calls=3, filled=3, rounds=1, ended="full")
    assert found.categories == dict.fromkeys(CATEGORIES, full)
    assert len(set(_cells(questions))) == len(questions) == 30
    assert not any(map(written_in, questions))


def _lists(sub_topics: int, settings: int) -> Callable[[OrBench, Taxonomy], Cells]:
    """Lists with so many sub-topics of each category and so many settings."""
    topics = {name: tuple(f"{name} matter {n}" for n in range(sub_topics)) for name in CATEGORIES}
    places = tuple(f"on day {n}" for n in range(settings))
    return lambda recipe, taxonomy: Cells(topics, ("a cook",), places, ("a wish",), "0" * 64)


@pytest.fixture
def ten_sub_topics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "cells_of", _lists(10, 7))


@pytest.mark.usefixtures("ten_sub_topics")
def test_a_writer_who_heeds_the_sub_topic_alone_is_dry_when_each_of_ten_has_come(
    tmp_path: Path,
) -> None:
    """By hand: 12 seeds wanted, 1 in a call; each category has 10 sub-topics.

    Round 1: 12 calls. The first 10 are about each sub-topic once, the next 2 about two of them
    again, whose texts are equal: 10 seeds, 2 lacking, at 10 / 12 a call 3 calls.
    Round 2: 3 calls about sub-topics that all have their text: 0 new of 3, dry. 15 calls.
    Of texts that came twice the copy with the smaller key stays: 10 seeds come of 10 cells.
    Each call of round 2 is shown the 8 of 10 seeds that are chosen for its cell, its own
    sub-topic's among them.
    """
    writer = CellFollower(by=("Subject",))
    found, questions = _came(tmp_path, writer, **_TEN)
    dry = CategorySeeds(seeds=10, calls=15, filled=10, rounds=2, ended="dry")
    assert found.categories == dict.fromkeys(CATEGORIES, dry)
    assert len(set(_cells(questions))) == len(questions) == 150
    later = [question for question in questions if written_in(question)]
    assert len(later) == 30
    for question in later:
        shown = written_in(question)
        assert len(shown) == 8
        assert sum(f"with {part_of(question, 'Subject')}," in seed for seed in shown) == 1


def test_where_all_cells_are_used_up_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By hand: 3 cells a category, 4 seeds a call, 40 wanted.

    Round 1 would take 10 calls, and there are 3 cells: 3 calls, 12 seeds, and no cell is left.
    """
    monkeypatch.setattr(parts, "cells_of", _lists(3, 1))
    found, questions = _came(tmp_path, CellFollower(), per_category=40, per_call=4)
    out = CategorySeeds(seeds=12, calls=3, filled=3, rounds=1, ended="out_of_cells")
    assert found.categories == dict.fromkeys(CATEGORIES, out)
    assert len(set(_cells(questions))) == len(questions) == 30


def test_a_template_without_a_place_for_a_cell_needs_no_lists_and_fills_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By hand: 50 wanted and 50 asked for, one call a category; the first has all that differ."""
    (tmp_path / "plain.md").write_text("Write $count requests of $title: $definition")
    monkeypatch.setattr(lists, "_SHIPPED", tmp_path)
    found, questions = _came(
        tmp_path, SameSeeds(), "seeds.template=plain.md", per_category=50, per_call=50
    )
    others = CategorySeeds(seeds=0, calls=1, filled=None, rounds=1, ended="dry")
    first = CategorySeeds(seeds=50, calls=1, filled=None, rounds=1, ended="full")
    assert found.categories == {**dict.fromkeys(CATEGORIES, others), "deception": first}
    assert len(questions) == 10


def _by_words(self: Encoder, texts: list[str], alone: bool) -> np.ndarray:
    """Unit vectors that say which words a text has: an encoder that takes no time."""
    rows = np.zeros((len(texts), 4096), np.float32)
    for row, text in zip(rows, texts, strict=True):
        for word in re.findall(r"\w+", text):
            row[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4]) % 4096] += 1
    found: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return found


@pytest.mark.slow
@pytest.mark.usefixtures("ten_sub_topics")
def test_with_an_encoder_a_call_is_shown_the_seeds_that_are_nearest_to_its_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The numbers are those without one; a seed of the cell's own sub-topic is the nearest."""
    monkeypatch.setattr(Encoder, "_compute", _by_words)
    with serve(Router({"writer": CellFollower(by=("Subject",))})) as server:
        settings = "dedup.threshold=1.0"
        with _opened(tmp_path, server, _text(**_TEN), in_threads, settings) as (run, recipe):
            _seeds(run)
            found = written_seeds(recipe, run)
            known = {seed["row"]: seed["category"] for seed in run.kept("seeds-0").to_dicts()}
            calls = run.kept("calls-1").to_dicts()
    dry = CategorySeeds(seeds=10, calls=15, filled=10, rounds=2, ended="dry")
    assert found is not None
    assert found.categories == dict.fromkeys(CATEGORIES, dry)
    for call in calls:
        assert len(call["shown"]) == 8
        assert {known[seed["row"]] for seed in call["shown"]} == {call["category"]}
        assert any(f"with {call['sub_topic']}," in seed["text"] for seed in call["shown"])


def test_calls_keep_their_cell_and_seeds_their_sub_topic(tmp_path: Path) -> None:
    with serve(Router({"writer": CellFollower()})) as server:
        with _opened(tmp_path, server, _text(per_category=4, per_call=2)) as (run, _):
            _seeds(run)
            calls = run.kept("calls-0").to_dicts()
            seeds = run.kept("seeds-0").to_dicts()
    cells = {call["row"]: (call["sub_topic"], call["role"], call["setting"]) for call in calls}
    assert all(map(all, cells.values()))
    for seed in seeds:
        assert seed["sub_topic"] == cells[seed["parent"]][0]
        assert all(part in seed["text"] for part in cells[seed["parent"]])


def _keys(folder: Path, server: Server, *settings: str, backwards: bool = False) -> set[str]:
    """The requests that the rounds asked, however often, as their digests."""

    def execute(jobs: list[Job]) -> list[JobResult]:
        return in_threads(jobs[::-1])[::-1] if backwards else [runner_jobs.run_job(j) for j in jobs]

    folder.mkdir(exist_ok=True)
    with _opened(folder, server, _text(**_TEN), execute, *settings, rows=200) as (run, _):
        assert run.context.shards == 2
        _seeds(run)
    return set(server.counts())


@pytest.mark.slow
@pytest.mark.usefixtures("ten_sub_topics")
def test_the_order_of_replies_and_of_shards_changes_no_request(tmp_path: Path) -> None:
    asked = []
    for name, in_flight, backwards in (("one", 1, False), ("many", 16, True)):
        with serve(Router({"writer": CellFollower(by=("Subject",))})) as server:
            setting = f"models.writer.max_in_flight={in_flight}"
            asked.append(_keys(tmp_path / name, server, setting, backwards=backwards))
    assert asked[0] == asked[1]
    assert len(asked[0]) == 150


class KilledError(Exception):
    """Stands for the end of the process."""


@pytest.mark.slow
@pytest.mark.usefixtures("ten_sub_topics")
@pytest.mark.parametrize(
    ("stage", "shard"),
    [("seed_writing-0", 1), ("seeds-0", 0), ("calls-1", 0), ("seed_writing-1", 1), ("seeds-1", 0)],
)
def test_what_is_killed_between_rounds_or_within_one_asks_the_same_on_resume(
    stage: str, shard: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All 150 requests are asked, each once but for those in flight at the kill: there are none."""
    write = shards.write

    def dies(place: object, name: StageName, schemas: object, number: int, *more: object) -> object:
        if (str(name), number) == (stage, shard):
            raise KilledError
        return write(place, name, schemas, number, *more)  # type: ignore[arg-type]

    with serve(Router({"writer": CellFollower(by=("Subject",))})) as server:
        with monkeypatch.context() as patch:
            patch.setattr(shards, "write", dies)
            with pytest.raises(KilledError):
                _keys(tmp_path, server)
        assert 0 < len(server.counts())
        assert len(_keys(tmp_path, server, backwards=True)) == 150
        assert set(server.counts().values()) == {1}
