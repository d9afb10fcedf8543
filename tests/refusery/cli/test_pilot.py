"""`pilot` and the plans that follow from it, as a user sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

import refusery
from refusery.cli.app import run
from tests.loopback import models, write_recipe
from tests.pipelines.pilots.piloting import SMALL
from tests.servers.openai_server import serve


@pytest.mark.slow
def test_a_pilot_is_shown_and_planned_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "out")]
    with serve(models()) as server:
        recipe = str(write_recipe(tmp_path, server.base_url, SMALL))
        assert run(["plan", recipe, *out]) == 0
        before = capsys.readouterr().out
        assert run(["pilot", recipe, "--seeds", "4", *out]) == 0
        shown = capsys.readouterr().out
        assert run(["plan", recipe, *out]) == 0
        after = capsys.readouterr().out
    assert "How long answers are is assumed" in before
    assert "measures it on a few seeds" in before
    assert "latencies assumed" in before
    assert "Pilot of loop: 4 seeds" in shown
    assert "the whole run pays none again" in shown
    assert "Plan of loop, by a pilot of 4 seeds on" in after
    assert "95 % interval" in after
    assert "latencies of the pilot" in after
    told = refusery.plan(recipe, out=tmp_path / "out").pilot
    assert told is not None
    assert told.seeds == 4


@pytest.mark.slow
def test_a_pilot_says_what_the_plan_by_it_says_of_rounds_and_of_the_budget(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "out")]
    with serve(models()) as server:
        recipe = str(write_recipe(tmp_path, server.base_url, SMALL))
        assert run(["pilot", recipe, "--seeds", "4", "--quiet", *out]) == 0
        whole = refusery.plan(recipe, out=tmp_path / "out").usd
        assert whole is not None
        target = ["--set", "rewrite.target=1", "--set", "rewrite.rounds=2"]
        budget = ["--set", f"budget={{max_usd: {whole * 0.9}}}"]
        capsys.readouterr()
        assert run(["pilot", recipe, "--seeds", "4", *target, *budget, *out]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "the run would reach its budget of" in shown
    assert "rewrite: up to 2 rounds for categories below 1 rows" in shown


@pytest.mark.slow
def test_a_pilot_of_another_recipe_is_refused_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "out")]
    with serve(models()) as server:
        recipe = str(write_recipe(tmp_path, server.base_url, SMALL))
        assert run(["pilot", recipe, "--seeds", "2", "--quiet", *out]) == 0
        file = "".join(capsys.readouterr().out.split())
        changed = ["--set", "models.a.model=moderator-b"]
        assert run(["plan", recipe, *out, *changed, "--pilot", file]) == 2
        said = capsys.readouterr().err.splitlines()
        assert run(["plan", recipe, *out, *changed]) == 0
    (line,) = said
    assert "its `moderate` differs from this recipe's" in line
    assert "pilot in 2026.11.0-pilot2 is not used" in capsys.readouterr().out


def test_a_pilot_of_one_seed_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = str(write_recipe(tmp_path, "http://127.0.0.1:9/v1", SMALL))
    assert run(["pilot", recipe, "--seeds", "1"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_pilot_that_is_not_there_is_refused_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = str(write_recipe(tmp_path, "http://127.0.0.1:9/v1", SMALL))
    assert run(["plan", recipe, "--pilot", str(tmp_path / "gone.json")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "a pilot's record must be readable" in line
