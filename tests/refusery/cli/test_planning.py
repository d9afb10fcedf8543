"""`plan` and `doctor` as a user sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

from refusery.cli.app import run
from tests.loopback import models, write_recipe
from tests.servers.openai_server import serve

PAPER = Path(__file__).parents[3] / "recipes" / "or_bench.paper.yaml"


def test_a_plan_says_which_moderators_are_targets_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", str(PAPER)]) == 0
    printed = capsys.readouterr().out
    assert "llama3-70b moderates and is a panel target" in printed
    assert "not built" not in printed.lower()


def test_a_plan_whose_seeds_are_on_the_hub_has_no_price(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = write_recipe(tmp_path, "http://127.0.0.1:9/v1")
    assert run(["plan", str(recipe), "--set", "seeds={from: 'hf://me/seeds/seeds.csv'}"]) == 0
    printed = capsys.readouterr().out
    assert "Price: unknown, as the number of rows is." in printed
    assert "rows of hf://datasets/me/seeds/seeds.csv are not known" in printed


def test_doctor_asks_models_only_when_told_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(models()) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        assert run(["doctor", str(recipe)]) == 0
        assert server.calls == []
        assert run(["doctor", str(recipe), "--ask"]) == 0
        assert {call.body["model"] for call in server.calls} == {
            *("writer", "moderator-a", "moderator-b", "moderator-c")
        }
    printed = capsys.readouterr().out
    assert "serves writer" in printed
    assert "writer answers; the question cost 0.000000 US dollars" in printed
