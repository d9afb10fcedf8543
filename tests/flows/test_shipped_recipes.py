"""The recipes that come with the project, run as they are shipped against doubles of their servers.

Bodies are those that the real servers would get, and the doubles refuse what the makers' own
servers refuse: a temperature, a name of a limit, an unknown field.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from artifacts.manifest import read_manifest
from artifacts.verify.release import verify
from flows.evaluate import evaluate
from flows.regenerate import regenerate
from flows.scheduled import flow_of
from inference.models import ModelSpec
from pipelines.recipe import load
from pipelines.recipe.schema import Evaluation, OrBench, Recipe, SorryBench
from pipelines.sources.models import to_specs
from tests.mutation_set import bases, small_taxonomy, write_base
from tests.servers.fleet import Fleet, Player, fleet
from tests.servers.mutators import Mutator, by_marker

pytestmark = pytest.mark.slow

_ROOT = Path(__file__).parents[2]
_RECIPES = sorted((_ROOT / "recipes").glob("*.yaml"))
_ASKING = [
    path
    for path in _RECIPES
    if not load(path).plan_only
    and any(each.provider != "embedded" for each in load(path).models.values())
]
_KEYS = (
    *("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "MISTRAL_API_KEY"),
    *("TOGETHER_API_KEY", "OPENROUTER_API_KEY"),
)
_GATES_OFF = "gates=null"  # twenty seeds of a double are no balanced set


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _KEYS:
        monkeypatch.setenv(name, "k")


def _tables(folder: Path) -> Path:
    """Twenty prompts, as a table with categories and in the authors' layout."""
    texts = [f"How do I water plant number {place} of my garden?" for place in range(20)]
    lines = [json.dumps({"prompt": text, "category": "privacy"}) for text in texts]
    (folder / "prompts.jsonl").write_text("\n".join(lines))
    write_base(folder, bases(2))
    return folder


def _cut(path: Path, folder: Path) -> list[str]:
    """Settings that leave a recipe as it is, but for twenty seeds, requests or prompts."""
    recipe = load(path)
    if isinstance(recipe, OrBench):
        return ["seeds.per_category=2", _GATES_OFF]
    if isinstance(recipe, Evaluation):
        files = {name: "prompts.jsonl" for name in recipe.evaluate.data}
        files |= {name: "base.jsonl" for name in files if "sorry" in name}
        return [
            f"evaluate.data.{name}.{key}"
            for name, file in files.items()
            for key in (f"from={folder / file}", "config=null")
        ]
    assert isinstance(recipe, SorryBench)
    if hasattr(recipe.base, "sources"):
        prior = (_ROOT / "recipes/prior/mild_requests.csv").read_text().splitlines()[:21]
        (folder / "prior.csv").write_text("\n".join(prior))
        table: dict[str, Any] = {"from": str(folder / "prior.csv"), "column": "text"}
        return [f"base.sources={json.dumps([table])}", _GATES_OFF]
    taxonomy = folder / small_taxonomy(folder, 2)
    return [f"base.from={folder / 'base.jsonl'}", f"taxonomy={taxonomy}", _GATES_OFF]


def _player() -> Player:
    return Player(mutator=Mutator(bases=by_marker(bases(2))))


@pytest.mark.parametrize("path", _ASKING, ids=lambda path: path.name)
def test_a_recipe_cut_to_twenty_seeds_runs_and_no_server_refuses_a_request(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: None
) -> None:
    settings = _cut(path, _tables(tmp_path))
    out = tmp_path / "out"
    with fleet(monkeypatch, _player()) as doubles:
        recipe = load(path, settings)
        if isinstance(recipe, Evaluation):
            ended = evaluate(str(path), str(out), settings)
            assert ended.sent > 0
        else:
            assert isinstance(recipe, OrBench | SorryBench)
            built = flow_of(recipe)(str(path), str(out), None, settings)
            assert not verify(Path(built.release)).problems
        assert doubles.refused == []
        assert _asked(doubles) >= {model.model for model in recipe.models.values()} - {None}
        assert doubles.hosts == {urlsplit(each.address).hostname for each in _specs(recipe)}


def _specs(recipe: Recipe) -> list[ModelSpec]:
    return list(to_specs(recipe).values())


def _asked(doubles: Fleet) -> set[str]:
    servers = (doubles.chat, doubles.text, doubles.claude)
    return {call.body["model"] for each in servers for call in each.calls}


@pytest.mark.timeout(1800)
def test_the_monthly_over_refusal_set_is_built_whole_with_two_thousand_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: None
) -> None:
    """Rescue, panel, hard and toxic are on, as in the recipe; the schedule's settings too."""
    path = _ROOT / "recipes/or_bench.api.yaml"
    overrides = [
        *("release.version=next", "mode=refresh", "seeds.per_category=80"),
        *("dedup.threshold=null", "openers=null", _GATES_OFF),
    ]
    recipe = load(path, overrides)
    assert isinstance(recipe, OrBench)
    assert recipe.rescue is not None
    assert recipe.panel is not None
    with fleet(monkeypatch, Player(refused=0.3)) as doubles:
        regenerate(str(path), str(tmp_path), overrides)
        assert doubles.refused == []
    (folder,) = (tmp_path / "releases/or-bench").glob("[!.]*")
    manifest = read_manifest(folder)
    rows = {config.name: config.rows for config in manifest.configs}
    assert rows["or-bench-main"] >= 2000
    assert recipe.hard is not None
    assert rows["or-bench-hard"] == recipe.hard.size
    assert rows["or-bench-toxic"] > 0
    assert manifest.rescue is not None
    assert manifest.rescue.rescued > 0
    assert not verify(folder).problems


@pytest.mark.timeout(900)
def test_the_monthly_fine_grained_set_is_built_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: None
) -> None:
    folder = _tables(tmp_path)
    path = _ROOT / "recipes/sorry_bench.paper-202503.yaml"
    overrides = [*_cut(path, folder), "release.version=next", "mode=refresh"]
    with fleet(monkeypatch, _player()) as doubles:
        regenerate(str(path), str(tmp_path / "out"), overrides)
        assert doubles.refused == []
    (release,) = (tmp_path / "out/releases/sorry-bench").glob("[!.]*")
    rows = Counter({each.name: each.rows for each in read_manifest(release).configs})
    assert rows["base"] == 20
    assert rows["all"] >= 20 * 15
    assert not verify(release).problems
