"""Rows that no other run would get an answer to: few are data, many end a stage."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from artifacts.records import RunRecord, StageName
from inference.errors import BudgetReachedError
from inference.types import Item, Reply
from pipelines.errors import StageFailedError
from pipelines.runner.run import Run
from pipelines.sources.refused import most_refused, require_few_refused
from tests.pipelines.runner.pipeline import Lines, Settings, context_for, run_pipeline
from tests.pipelines.runner.test_resume import _words
from tests.servers.faults import html
from tests.servers.openai_server import serve
from tests.servers.schedules import containing

_WALL = html(403)
_ONE = "seed number 7 "
_MANY = "seed number 1"  # 1 and 10 to 19: eleven of 40


def test_two_in_a_hundred_may_be_refused_and_never_fewer_than_five() -> None:
    assert [most_refused(rows) for rows in (0, 40, 300, 1000)] == [5, 5, 6, 20]
    assert [most_refused(rows, 0) for rows in (0, 1000)] == [0, 0]


def test_the_line_names_the_model_its_number_its_bound_and_the_way_on() -> None:
    require_few_refused({"m": 40}, {"m": 5}, None, "stage rewrite")
    with pytest.raises(StageFailedError) as caught:
        require_few_refused({"m": 40}, {"m": 6}, None, "stage rewrite")
    assert str(caught.value) == (
        "stage rewrite may have at most 5 of 40 rows that the server of model `m` refuses as they "
        "are (max_missing, 2 % of them and never fewer than 5); what was answered is kept: mend "
        "the server or raise max_missing, and run the same command again (got 6)"
    )


def _exhausted(run: Run) -> list[str]:
    parents = run.table("rewrite", "parents")
    return parents.filter(outcome="dropped")["reason"].to_list()


def test_a_row_that_is_refused_is_final_and_told_with_its_reason(tmp_path: Path) -> None:
    with serve(_words, faults=containing(_ONE, _WALL)) as server:
        run = run_pipeline(context_for(tmp_path, server.base_url))
        assert _exhausted(run) == ["exhausted, request_refused"]
        assert {each.fresh for each in run.results} != {0}
        sent = len(server.calls)
        again = run_pipeline(context_for(tmp_path, server.base_url))
        assert {each.fresh for each in again.results} == {0}
        assert len(server.calls) == sent


def test_past_the_bound_a_stage_ends_and_a_mended_server_is_asked_again(tmp_path: Path) -> None:
    with serve(_words, faults=containing(_MANY, _WALL)) as server:
        for _ in range(2):
            with pytest.raises(StageFailedError, match=r"at most 5 of 40 rows .* `m`") as caught:
                run_pipeline(context_for(tmp_path, server.base_url))
            assert (caught.value.exit_code, caught.value.value) == (1, "11")
        server.faults = lambda call: None
        run = run_pipeline(context_for(tmp_path, server.base_url))
        assert _exhausted(run) == []


def test_a_higher_bound_lets_the_run_go_on(tmp_path: Path) -> None:
    with serve(_words, faults=containing(_MANY, _WALL)) as server:
        with pytest.raises(StageFailedError, match="max_missing"):
            run_pipeline(context_for(tmp_path, server.base_url))
        run = run_pipeline(context_for(tmp_path, server.base_url), max_missing=11)
        assert len(_exhausted(run)) == 11


class _Chokes(Lines):
    """A writer whose answers one row cannot bear."""

    def request(self, item: Item, tries: int) -> object:  # type: ignore[override]
        if self.bad in item.text:
            raise ZeroDivisionError(item.text)
        return super().request(item, tries)

    def parse(self, item: Item, reply: Reply) -> tuple[str, ...]:
        return super().parse(item, reply)

    bad = _ONE


class _ChokesOften(_Chokes):
    bad = _MANY


def test_a_row_that_fails_twice_by_one_surprise_ends_one_run_and_not_the_next(
    tmp_path: Path,
) -> None:
    settings = Settings(writer=_Chokes())
    with serve(_words) as server:
        with pytest.raises(StageFailedError, match=r"at most 0 failed .* unexpected ZeroDivision"):
            run_pipeline(context_for(tmp_path, server.base_url, settings))
        run = run_pipeline(context_for(tmp_path, server.base_url, settings))
        failed = run.table("rewrite", "failed")
        assert failed["reason"].to_list() == ["unexpected_zero_division_error"]
        run_pipeline(context_for(tmp_path, server.base_url, settings))


def test_more_than_a_few_of_them_end_every_run(tmp_path: Path) -> None:
    settings = Settings(writer=_ChokesOften())
    with serve(_words) as server:
        for told in ("at most 0 failed", "at most 5 rows .* unexpected error twice"):
            with pytest.raises(StageFailedError, match=told):
                run_pipeline(context_for(tmp_path, server.base_url, settings))


def test_rows_that_another_process_had_no_money_for_are_counted_in_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = context_for(tmp_path, "http://127.0.0.1:9/v1")
    run = Run(context, RunRecord("toy", "or-bench", "or_bench", "2026.11.0", context.shards, ()))
    failed = pl.DataFrame({"reason": ["budget", "no_reply", "budget"]})
    monkeypatch.setattr(run, "table", lambda *_: failed)
    with pytest.raises(BudgetReachedError, match=r"\(got 2 rows of stage rewrite without it\)$"):
        run._require_money(StageName("rewrite"), 3)
