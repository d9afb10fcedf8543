"""A grid of settings: temperature, system prompt and chat template, as the servers see them."""

from __future__ import annotations

from pathlib import Path

from tests.evaluation.evaluations import run, write_prompts, write_recipe
from tests.servers.chat import Answer, Body
from tests.servers.openai_server import serve
from tests.servers.refusers import ANSWER, REFUSAL

SETTINGS = {
    "cold": {"max_tokens": 16},
    "warm": {"max_tokens": 32, "temperature": 0.7, "top_p": 0.9},
    "careful": {"max_tokens": 16, "system": "Be careful."},
    "own": {"max_tokens": 16, "template": "own.jinja"},
}


def _careful(body: Body) -> Answer:
    return Answer(REFUSAL if body["messages"][0]["role"] == "system" else ANSWER)


def test_every_target_is_asked_in_every_setting_as_it_says(tmp_path: Path) -> None:
    write_prompts(tmp_path / "safe.csv", 3)
    (tmp_path / "own.jinja").write_text("{{ messages }}")
    targets = ["m", {"name": "stern", "model": "m", "system": "Be stern."}]
    with serve(_careful, extra=("chat_template",)) as server:
        recipe = write_recipe(
            tmp_path,
            server.base_url,
            ["m"],
            {"safe": {"from": "safe.csv"}},
            settings=SETTINGS,
        )
        text = recipe.read_text().replace("  - m\n", f"  - m\n  - {targets[1]}\n")
        recipe.write_text(text)
        found = run(recipe, tmp_path / "out").found
        bodies = [call.body for call in server.calls]
    assert [each.name for each in found.settings] == list(SETTINGS)
    assert sum("chat_template" in body for body in bodies) == 6
    assert {body["temperature"] for body in bodies} == {0.0, 0.7}
    assert {body["max_tokens"] for body in bodies if body["temperature"] == 0.7} == {32}
    assert {body.get("top_p") for body in bodies} == {None, 0.9}
    # What a target says of itself goes before the setting; equal requests are one call.
    systems = [body["messages"][0]["content"] for body in bodies if len(body["messages"]) == 2]
    assert systems.count("Be careful.") == 3
    assert systems.count("Be stern.") == 9
    rates = {
        (each.target, each.setting): each.rate for each in found.rates if each.category is None
    }
    assert rates["m", "cold"] == rates["m", "own"] == 0.0
    assert rates["m", "careful"] == rates["stern", "cold"] == 1.0
