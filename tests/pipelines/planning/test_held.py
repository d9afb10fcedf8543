"""A plan counts what is answered already: money is for the calls that would be sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.benchmarks import benchmark_of, plan
from pipelines.audits.finalize import finalize_release
from pipelines.errors import StageFailedError
from pipelines.opening import preflight, run_opened
from pipelines.planning import Plan
from pipelines.recipe import load
from pipelines.recipe.schema import is_buildable
from pipelines.runner.run import Run
from refusery.cli.app import run
from tests.loopback import models, write_recipe
from tests.servers.openai_server import Server, serve

FEW = ("seeds={from: shipped, per_category: 2}", "models.writer.price={input: 1, output: 2}")


_MODES = {
    "anew": (),
    "extend": ("mode=extend", "rewrite.target=9"),
    "refresh": ("mode=refresh",),
}


def _build(recipe: Path, out: Path, *settings: str, until: str | None = None) -> None:
    """Builds a release by the plain runner, or a run up to a stage alone."""
    loaded = load(recipe, settings)
    assert is_buildable(loaded)
    benchmark = benchmark_of(loaded)
    checked = preflight(benchmark, loaded, out)
    with run_opened(benchmark, checked, out) as (context, record):
        made = Run(context, record, max_failed=loaded.max_failed)
        if until is None:
            made.build()
            finalize_release(made, checked.recipe, benchmark.released(made, checked.recipe))
            return
        for step in context.pipeline.steps:
            made.step(step)
            if made.results[-1].name.stage == until:
                return


def _planned(recipe: Path, out: Path, *settings: str) -> Plan:
    return plan(load(recipe, [*FEW, *settings]), out)


def _sums(found: Plan) -> tuple[int, int, int]:
    stages = [each for each in found.stages if not each.later]
    return (
        sum(each.calls or 0 for each in stages),
        sum(each.held or 0 for each in stages),
        sum(each.to_send or 0 for each in stages),
    )


def _asked(server: Server) -> int:
    """Requests that the server answered so far."""
    return len(server.calls)


def test_before_there_is_a_ledger_nothing_is_said_of_it(tmp_path: Path) -> None:
    found = _planned(write_recipe(tmp_path, "http://127.0.0.1:9/v1"), tmp_path / "out")
    assert not found.looked_up
    assert not any("release.version" in each for each in found.notes)
    assert not (tmp_path / "out").exists()


def test_after_a_finished_build_nothing_is_to_be_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    with serve(models()) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        before = _planned(recipe, out)
        _build(recipe, out, *FEW)
        made = _asked(server)
        found = _planned(recipe, out)
        assert _sums(found) == (made, made, 0)
        assert found.usd == 0
        assert (before.usd or 0) > 0
        settings = [part for each in FEW for part in ("--set", each)]
        assert run(["plan", str(recipe), "--out", str(out), *settings]) == 0
        assert _asked(server) == made
    printed = capsys.readouterr().out
    assert f"{made:,} calls, {made:,} in the ledger, 0 to send" in printed
    assert "Price: 0.00 US dollars." in printed
    assert "Another release.version alone writes all texts anew" in printed


def test_another_version_writes_anew_and_finds_the_votes_on_seeds(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with serve(models()) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        _build(recipe, out, *FEW)
        found = _planned(recipe, out, "release.version=2026.12.0")
        stages = {each.name: each for each in found.stages}
        seeds = stages["moderate_seeds"]
        assert (seeds.to_send, seeds.held) == (0, seeds.calls)
        rewrite = stages["rewrite"]
        assert rewrite.held == 0
        before = _asked(server)
        _build(recipe, out, *FEW, "release.version=2026.12.0", until="rewrite")
        first = {
            str(call.body["messages"])
            for call in server.calls[before:]
            if call.body["model"] == "writer"
        }
    assert rewrite.to_send == len(first)
    assert found.uncounted == ("moderate",)


@pytest.mark.parametrize("mode", [*_MODES])
def test_votes_on_seeds_that_had_to_be_embedded_are_found_too(tmp_path: Path, mode: str) -> None:
    out = tmp_path / "out"
    many = ("seeds={from: shipped, per_category: 3}", "dedup={threshold: 0.85}")
    with serve(models()) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        _build(recipe, out, *FEW, *many)
        before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
        settings = ("release.version=2026.12.0", *_MODES[mode])
        found = _planned(recipe, out, *many, *settings)
        after = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    seeds = {each.name: each for each in found.stages}["moderate_seeds"]
    assert seeds.held
    assert (seeds.to_send, seeds.held) == (0, seeds.calls)
    assert after == before  # the cache of vectors is read, and stays as it is


def test_a_run_that_was_stopped_is_counted_up_to_where_it_stood(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with serve(models()) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        _build(recipe, out, *FEW, until="moderate_seeds")
        bought = _asked(server)
        found = _planned(recipe, out)
    stages = {each.name: each for each in found.stages}
    assert (stages["moderate_seeds"].held, stages["moderate_seeds"].to_send) == (bought, 0)
    assert (stages["rewrite"].held, stages["moderate"].held) == (0, 0)


def test_a_moderator_that_joins_is_all_that_is_to_be_sent(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with serve(models()) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        _build(recipe, out, *FEW, "moderate.moderators=[a, b]", until="moderate_seeds")
        found = _planned(recipe, out)
    votes = {ask.model: ask for ask in found.stages[3].asks}
    assert (votes["a"].to_send, votes["b"].to_send) == (0, 0)
    assert votes["c"].to_send == votes["a"].calls


def test_a_ledger_that_cannot_be_read_is_said_and_the_plan_stands(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "ledger.sqlite").write_bytes(b"no database" * 100)
    found = _planned(write_recipe(tmp_path, "http://127.0.0.1:9/v1"), out)
    assert not found.looked_up
    assert any(each.startswith("What the ledger holds is not counted:") for each in found.notes)


def test_a_server_that_is_not_there_is_one_short_line(tmp_path: Path) -> None:
    with serve(models()) as server:
        address = server.base_url
    recipe = write_recipe(tmp_path, address)
    brief = [f"models.{name}.give_up_s=2" for name in "abc"]
    with pytest.raises(StageFailedError) as caught:
        _build(recipe, tmp_path / "out", *FEW, *brief)
    lines = str(caught.value).split("; model ")
    assert lines[0].startswith(f"model `a` at {address.removesuffix('/v1')} cannot be reached (")
    assert "connection refused" in str(caught.value)
    assert "start it and run the same command again" in str(caught.value)
