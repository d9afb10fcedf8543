"""Writers that decline in plain words, from the recipe to the manifest, on a server at loopback."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from artifacts.writer_tables import refusal_lines
from tests.pipelines.or_bench.three_writers import build
from tests.servers.behaviours import Router
from tests.servers.chat import Answer, Behaviour, Body, question_of
from tests.servers.openai_server import serve

_WORDS = "apple brick candle drum engine flute grape hammer igloo jar kite lamp".split()
_SORRY = Answer("I'm sorry, but I can't help with that request.")
_ABROAD = Answer("很抱歉，我无法协助您完成这个请求。")  # noqa: RUF001 - as it is written
_RECIPE = """\
benchmark: or-bench
models:
  a: {{provider: openai, base_url: "{url}", model: writer-a, price: free, structured: {form}}}
  b: {{provider: openai, base_url: "{url}", model: writer-b, price: free, structured: {form}}}
seeds: {{from: seeds.csv, license: cc-by-4.0, redistribute: true}}
clean: {{language: null}}
rewrite: {{writer: [a, b], per_seed: 1, tries: 2, checks: []}}
dedup: {{threshold: null}}
moderate: {{moderators: [{{kind: words}}]}}
release: {{version: 2026.11.0}}
"""


def _writes(body: Body) -> Answer:
    """A rewrite of each seed but that of the lamp."""
    word = question_of(body).split()[-3]
    if word == "lamp":
        return _SORRY
    return Answer(f'{{"prompts": [{{"text": "Do thieves like a golden {word}?", "level": 1}}]}}')


@pytest.mark.parametrize(
    ("form", "first", "calls"),
    [
        ("schema", lambda body: _SORRY, 12 + 11 + 2),
        ("schema", lambda body: _ABROAD, 12 + 11 + 2),
        ("auto", lambda body: _SORRY, 10 * 3 + 2 + 11 + 2),
    ],
    ids=["in English", "in Chinese", "where the form is still to be found"],
)
def test_the_next_writer_is_asked_at_once_and_what_nobody_writes_is_lost(
    tmp_path: Path, form: str, first: Behaviour, calls: int
) -> None:
    with (tmp_path / "seeds.csv").open("w", encoding="utf-8", newline="") as file:
        seeds = [(f"How do I steal the golden {word} at night?", "illegal") for word in _WORDS]
        csv.writer(file).writerows([("prompt", "category"), *seeds])
    recipe = tmp_path / "declining.yaml"
    with serve(Router({"writer-a": first, "writer-b": _writes})) as server:
        recipe.write_text(_RECIPE.format(url=server.base_url, form=form), encoding="utf-8")
        _, manifest = build(recipe, tmp_path / "out")
        assert len(server.calls) == calls
    counts = {each.name: each.total for each in manifest.writers}
    a, b = counts["a"], counts["b"]
    assert (a.asked, a.calls, a.refused, a.lost) == (12, 12, 12, 1)
    assert (b.asked, b.calls, b.usable, b.refused, b.lost) == (12, 13, 11, 2, 1)
    assert [*refusal_lines(manifest.writers)]
