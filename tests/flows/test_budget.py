"""A build under a cap: stopped in one line, raised, finished; nothing bought twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifacts.manifest import Manifest, read_manifest
from tests.loopback import RECIPE, models, refusery, write_recipe
from tests.servers.openai_server import serve

_PRICED = RECIPE.replace("price: free", "price: {{input: 1, output: 4}}")
_RELEASE = Path("out/releases/or-bench/2026.11.0-limit1")
_LIMIT = ("--limit", "1")


@pytest.fixture(scope="module")
def uncapped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a release that was bought without a cap; what was printed beside it."""
    folder = tmp_path_factory.mktemp("uncapped")
    with serve(models()) as server:
        done = refusery(
            "build", write_recipe(folder, server.base_url, _PRICED), *_LIMIT, cwd=folder
        )
    assert done.returncode == 0, done.stderr
    (folder / "summary.txt").write_text(done.stdout)
    return folder


def _cost(folder: Path) -> Manifest:
    return read_manifest(folder / _RELEASE)


@pytest.mark.slow
def test_a_build_stopped_by_its_cap_and_raised_is_the_same_release(
    uncapped: Path, tmp_path: Path
) -> None:
    whole = _cost(uncapped).cost.usd
    assert whole is not None
    low = f"budget.max_usd={whole / 2:.4f}"
    with serve(models()) as server:
        recipe = write_recipe(tmp_path, server.base_url, _PRICED)
        failing = ("--set", "max_failed=1000")  # no number of failed rows swallows the cap
        stopped = refusery("build", recipe, *_LIMIT, "--set", low, *failing, cwd=tmp_path)
        first = len(server.calls)
        raised = ("--set", f"budget.max_usd={whole * 3:.4f}")
        finished = refusery("build", recipe, *_LIMIT, *raised, cwd=tmp_path)
        assert set(server.counts().values()) == {1}
        assert 0 < first < len(server.calls)
    assert stopped.returncode == 1
    last = stopped.stderr.strip().splitlines()[-1]
    assert last.startswith("refusery: budget.max_usd must have room for the next call")
    assert f"of {whole / 2:.4f}" in last
    assert "everything answered is kept" in last
    assert "Traceback" not in stopped.stderr
    assert finished.returncode == 0, finished.stderr
    shards = [sorted((each / _RELEASE).rglob("*.parquet")) for each in (uncapped, tmp_path)]
    assert [path.read_bytes() for path in shards[0]] == [path.read_bytes() for path in shards[1]]
    assert _cost(tmp_path).cost == _cost(uncapped).cost


@pytest.mark.slow
def test_spend_stands_by_stage_and_model_in_summary_and_manifest(uncapped: Path) -> None:
    cost = _cost(uncapped).cost
    by = {(each.stage, each.model): each for each in cost.by}
    voted = {(stage, name) for stage in ("moderate_seeds", "moderate-0") for name in "abc"}
    assert set(by) == {("rewrite-0", "writer"), *voted}
    assert sum(each.calls for each in cost.by) == cost.calls
    assert sum(each.usd or 0.0 for each in cost.by) == pytest.approx(cost.usd)
    for each in cost.by:
        assert each.usd == pytest.approx((each.input_tokens + 4 * each.output_tokens) / 1e6)
    summary = (uncapped / "summary.txt").read_text()
    assert "Spend by stage and model" in summary
    assert f"{by['rewrite-0', 'writer'].usd:.4g}" in summary


def test_an_unknown_price_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    with serve(models()) as server:
        recipe = write_recipe(tmp_path, server.base_url, RECIPE.replace(", price: free", ""))
        done = refusery("build", recipe, "--set", "models.b.price=free", cwd=tmp_path)
        assert server.calls == []
    assert done.returncode == 2
    (line,) = done.stderr.strip().splitlines()
    assert "the price of models `writer`, `a`, `c` must be known" in line
    assert "`price: free`" in line
    assert "`price: {input: ..., output: ...}`" in line


def test_a_cap_bounds_other_verbs_too(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("prompt\n" + "".join(f"How do I peel fruit {n}?\n" for n in range(30)))
    with serve(models()) as server:
        recipe = write_recipe(tmp_path, server.base_url, _PRICED)
        capped = ("--recipe", recipe, "--set", "budget.max_usd=0.02")
        for _ in range(2):  # the second starts from what the first has spent
            done = refusery("moderate", table, *capped, cwd=tmp_path)
            assert done.returncode == 1
            assert "budget.max_usd must have room" in done.stderr.strip().splitlines()[-1]
        assert 0 < len(server.calls) < 90
