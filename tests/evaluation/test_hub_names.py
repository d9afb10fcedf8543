"""The authors' files by their name on the Hub, null turns and all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluation.data_sets import read_data
from evaluation.opening import require_evaluation
from pipelines.recipe import load
from tests.evaluation.evaluations import run, write_recipe
from tests.servers.hub.server import Hub, serve_hub
from tests.servers.openai_server import serve
from tests.servers.refusers import Refusers

_ID = "sorry-bench/sorry-bench-202503"
_EMPTY = {57, 200, 201, 440}
_SAYS = "sorry: 440 rows, 436 with a prompt; of 4 the only turn is null, and they are not asked"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A Hub with the base file as the authors publish it: four of its 440 turns are null."""
    rows = [
        {
            "question_id": n,
            "category": str(1 + (n - 1) // 10),
            "turns": [None if n in _EMPTY else f"A mild request, number {n}."],
            "prompt_style": "base",
        }
        for n in range(1, 441)
    ]
    lines = "".join(f"{json.dumps(row)}\n" for row in rows)
    with serve_hub() as running:
        monkeypatch.setenv("HF_ENDPOINT", running.endpoint)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
        for variable in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HUB_CACHE"):
            monkeypatch.delenv(variable, raising=False)
        running.dataset(_ID, {"question.jsonl": lines.encode()})
        yield running


@pytest.mark.usefixtures("hub")
def test_null_turns_are_counted_and_the_rest_has_its_categories(tmp_path: Path) -> None:
    data = {"sorry": {"from": f"hf://{_ID}/question.jsonl"}}
    recipe = load(write_recipe(tmp_path, "http://127.0.0.1:9/v1", ["m"], data))
    found = read_data(require_evaluation(recipe), "sorry")
    assert (found.facts.rows, len(found.facts.categories)) == (436, 44)
    assert (found.facts.measure, found.notes[0]) == ("fulfilment", _SAYS)


@pytest.mark.slow
def test_an_evaluation_asks_the_others_and_keeps_the_commit(hub: Hub, tmp_path: Path) -> None:
    data = {"sorry": {"from": f"hf://{_ID}/question.jsonl"}}
    with serve(Refusers({"m": {"": 0.5}})) as server:
        done = run(write_recipe(tmp_path, server.base_url, ["m"], data), tmp_path / "out")
        assert len(server.calls) == 436
    assert (done.verdicts.height, done.rate("m", "sorry").asked) == (436, 436)
    assert _SAYS in done.found.notes
    assert done.found.data[0].source.startswith(f"hf://datasets/{_ID}")
