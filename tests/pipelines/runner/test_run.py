"""What is run again after a change, and what a failed row does to a run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from artifacts.records import StageName, read_run
from pipelines.errors import StageFailedError, StageInputMissingError
from pipelines.runner.context import EachStage, forget, keep
from pipelines.runner.jobs import Job, run_job
from pipelines.runner.shards import Sharding, shard_of
from tests.pipelines.runner.pipeline import Lines, Settings, context_for, run_pipeline
from tests.pipelines.runner.test_resume import _words
from tests.servers.faults import closed_before_headers, server_error
from tests.servers.openai_server import serve
from tests.servers.schedules import always, containing


def _fresh(out: Path, base_url: str, settings: Settings) -> dict[str, tuple[int, int]]:
    run = run_pipeline(context_for(out, base_url, settings))
    return {str(result.name): (result.fresh, result.jobs) for result in run.results}


def test_a_second_run_runs_nothing_and_asks_nothing(tmp_path: Path) -> None:
    with serve(_words) as server:
        first = _fresh(tmp_path, server.base_url, Settings())
        sent = len(server.calls)
        second = _fresh(tmp_path, server.base_url, Settings())
        assert len(server.calls) == sent
    assert first == {
        "seeds": (1, 1), "clean": (4, 4), "rewrite": (4, 4), "dedup": (1, 1), "again": (4, 4)
    }  # fmt: skip
    assert {fresh for fresh, _ in second.values()} == {0}


def test_one_changed_seed_reruns_one_shard_a_stage_and_calls_for_its_family_alone(
    tmp_path: Path,
) -> None:
    settings = Settings()
    seeds = list(settings.seeds)
    seeds[17] = "another text on line 17"
    with serve(_words) as server:
        _fresh(tmp_path, server.base_url, settings)
        sent = len(server.calls)
        fresh = _fresh(tmp_path, server.base_url, replace(settings, seeds=tuple(seeds)))
        assert len(server.calls) - sent == 1 + 3
    assert fresh == {
        "seeds": (1, 1), "clean": (1, 4), "rewrite": (1, 4), "dedup": (1, 1), "again": (1, 4)
    }  # fmt: skip


@pytest.mark.parametrize(
    "writer",
    [
        Lines(temperature=0.8),
        pytest.param(Lines(template="Write: {seed}"), marks=pytest.mark.slow),
    ],
)
def test_a_changed_temperature_or_template_calls_again(tmp_path: Path, writer: Lines) -> None:
    with serve(_words) as server:
        _fresh(tmp_path, server.base_url, Settings())
        sent = len(server.calls)
        fresh = _fresh(tmp_path, server.base_url, Settings(writer=writer))
        assert len(server.calls) == 2 * sent
    assert fresh["clean"] == (0, 4)
    assert fresh["rewrite"] == (4, 4)


@pytest.mark.slow
def test_a_changed_limit_calls_nothing(tmp_path: Path) -> None:
    with serve(_words) as server:
        _fresh(tmp_path, server.base_url, Settings())
        sent = len(server.calls)
        _fresh(tmp_path, server.base_url, Settings(max_in_flight=2))
        assert len(server.calls) == sent


class _Noting(EachStage):
    """Keeps the lines that whoever looks on is told."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def note(self, line: str) -> None:
        self.lines.append(line)


def _noted(out: Path, base_url: str) -> tuple[dict[str, tuple[int, int]], list[str]]:
    context = context_for(out, base_url)
    noting = context.progress = _Noting()
    run = run_pipeline(context)
    return {str(result.name): (result.fresh, result.jobs) for result in run.results}, noting.lines


def test_a_run_of_the_first_version_is_made_anew_without_a_call_and_says_so_once(
    tmp_path: Path,
) -> None:
    with serve(_words) as server:
        assert _noted(tmp_path, server.base_url)[1] == []
        sent = len(server.calls)
        folder = tmp_path / "runs/toy/2026.11.0"
        tables = {each: each.read_bytes() for each in folder.rglob("*.parquet")}
        for record in folder.glob("*/shard-*.json"):
            written = json.loads(record.read_text())
            assert written.pop("form") == 2
            record.write_text(json.dumps({**written, "fingerprint": "0" * 64}))
        fresh, lines = _noted(tmp_path, server.base_url)
        assert lines == [
            "this run was made by an earlier version: its stages are made anew, and replies come "
            "from the ledger"
        ]
        assert {made == jobs for made, jobs in fresh.values()} == {True}
        fresh, lines = _noted(tmp_path, server.base_url)
        assert ({made for made, _ in fresh.values()}, lines) == ({0}, [])
        assert len(server.calls) == sent
        assert {each: each.read_bytes() for each in folder.rglob("*.parquet")} == tables


def test_a_table_that_was_touched_is_made_again_without_a_call(tmp_path: Path) -> None:
    with serve(_words) as server:
        _fresh(tmp_path, server.base_url, Settings())
        sent = len(server.calls)
        table = tmp_path / "runs/toy/2026.11.0/rewrite/kept-02-of-04.parquet"
        whole = table.read_bytes()
        table.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        fresh = _fresh(tmp_path, server.base_url, Settings())
        assert len(server.calls) == sent
        assert table.read_bytes() == whole
    assert fresh["rewrite"] == (1, 4)
    assert fresh["again"] == (0, 4)


def test_failed_rows_end_the_run_and_a_resume_asks_only_for_them(tmp_path: Path) -> None:
    faults = containing("seed number 7 ", closed_before_headers())
    with serve(_words, faults=faults) as server:
        with pytest.raises(
            StageFailedError, match="stage rewrite may have at most 0 failed"
        ) as caught:
            run_pipeline(context_for(tmp_path, server.base_url))
        assert caught.value.exit_code == 1
        server.faults = lambda call: None
        sent = len(server.calls)
        run_pipeline(context_for(tmp_path, server.base_url))
        assert len(server.calls) - sent == 1 + 120


def test_a_few_failed_rows_may_be_allowed_and_are_in_the_parents_table(tmp_path: Path) -> None:
    faults = containing("seed number 7 ", closed_before_headers())
    with serve(_words, faults=faults) as server:
        run = run_pipeline(context_for(tmp_path, server.base_url), max_failed=1)
        result = next(result for result in run.results if str(result.name) == "rewrite")
        assert result.rows["failed"] == 1
        assert result.rows["kept"] == 39 * 3
        assert result.rows["parents"] == 40


def test_a_dead_server_ends_the_run_with_its_cause(tmp_path: Path) -> None:
    with (
        serve(_words, faults=always(server_error(503))) as server,
        pytest.raises(StageFailedError, match=r"model `m` must answer.*503"),
    ):
        run_pipeline(context_for(tmp_path, server.base_url, Settings(give_up_s=1.0)))


def test_the_runs_record_names_its_stages_in_order(tmp_path: Path) -> None:
    with serve(_words) as server:
        for _ in range(2):
            run_pipeline(context_for(tmp_path, server.base_url))
    record = read_run(tmp_path / "runs/toy/2026.11.0")
    assert record is not None
    assert [(stage.name, stage.kind, stage.inputs) for stage in record.stages] == [
        ("seeds", "select", ()),
        ("clean", "select", ("seeds",)),
        ("rewrite", "expand", ("clean",)),
        ("dedup", "select", ("rewrite",)),
        ("again", "expand", ("dedup",)),
    ]


def test_a_stage_before_its_input_is_an_error(tmp_path: Path) -> None:
    context = context_for(tmp_path, "http://127.0.0.1:9/v1")
    keep(context)
    try:
        with pytest.raises(StageInputMissingError, match="clean"):
            run_job(Job(str(context.layout.run), StageName("rewrite"), ("clean",), (), 0))
    finally:
        forget(context)


def test_a_family_shares_a_shard_and_shards_are_powers_of_two() -> None:
    cut = Sharding()
    assert cut.shards_for(1) == cut.shards_for(500) == 1
    assert cut.shards_for(501) == 2
    assert cut.shards_for(80_000) == 256
    assert [shard_of(str(root), 1) for root in range(5)] == [0] * 5
    spread = [shard_of(str(root), 8) for root in range(8_000)]
    assert all(850 < spread.count(shard) < 1_150 for shard in range(8))
