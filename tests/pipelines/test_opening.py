"""A run that is opened is known to its process while its block lasts, however that ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from base.errors import NoSpaceError
from flows.benchmarks import benchmark_of
from pipelines.opening import layout_of, preflight, run_opened
from pipelines.recipe import load
from pipelines.recipe.schema import is_buildable
from pipelines.runner.context import context_of, known
from pipelines.sources import Pins
from tests.loopback import write_recipe


@pytest.mark.parametrize("ends", ["well", "in its block", "before it"])
def test_a_run_is_known_while_its_block_lasts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    def full(pins: Pins) -> None:
        raise NoSpaceError("no space left for pins.json; free some and run again")

    recipe = load(write_recipe(tmp_path, "http://127.0.0.1:9/v1"))
    assert is_buildable(recipe)
    benchmark, out = benchmark_of(recipe), tmp_path / "out"
    checked, run = preflight(benchmark, recipe, out), layout_of(recipe, out).run
    if ends == "well":
        with run_opened(benchmark, checked, out) as (context, record):
            assert context_of(run) is context
            assert record.benchmark == "or-bench"
    else:
        if ends == "before it":
            monkeypatch.setattr(Pins, "keep", full)
        with (
            pytest.raises(NoSpaceError),
            run_opened(benchmark, checked, out),
        ):
            assert known(run)
            raise NoSpaceError("no space left for a table; free some and run again")
    assert not known(run)
