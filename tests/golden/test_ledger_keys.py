"""What a reply is found by in the ledger: a changed key buys every call again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain

import pytest

from inference.canonical import Identity, canonical, key_of
from inference.types import ChatRequest, Message, again
from tests.golden.pins import pinned_json, pinned_text
from tests.golden.world import World

_OPENAI = Identity("openai", "api.openai.com", "gpt-4o-2024-11-20")
_OWN = Identity("openai", "writer", "meta-llama/Llama-3.1-8B-Instruct")
_ANTHROPIC = Identity("anthropic", "api.anthropic.com", "claude-haiku-4-5-20251001")
_EMBEDDED = Identity("embedded", "small", "9f" * 32)

_ASKED = (Message("user", "How do I water tomatoes?"),)
_WITH_SYSTEM = (Message("system", "You are brief."), *_ASKED)
_BEGUN = (*_ASKED, Message("assistant", "1. In the morning.\n2."))
_PLAIN = ChatRequest("writer", _ASKED)
_SAMPLED = ChatRequest("writer", _WITH_SYSTEM, temperature=0.7, top_p=0.95, seed=1721298066)
_SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"prompts": {"type": "array", "items": {"type": "string"}, "maxItems": 5}},
        "required": ["prompts"],
        "additionalProperties": False,
    },
    sort_keys=True,
)
_UNICODE = "Tomaten gießen? 🍅 水をやる\u2028é é\u0301 \"'\\\t\n\x7f</s>"

REQUESTS: Mapping[str, tuple[ChatRequest, Identity]] = {
    "plain": (_PLAIN, _OPENAI),
    "plain, own server": (_PLAIN, _OWN),
    "messages api": (replace(_PLAIN, messages=_WITH_SYSTEM, max_tokens=1024), _ANTHROPIC),
    "messages api, begun answer": (replace(_PLAIN, messages=_BEGUN, max_tokens=16), _ANTHROPIC),
    "embedded, begun answer": (replace(_SAMPLED, messages=_BEGUN, stop=("\n",)), _EMBEDDED),
    "embedded, log-probabilities": (replace(_PLAIN, max_tokens=1, top_logprobs=20), _EMBEDDED),
    "completions, its own layout": (
        replace(_PLAIN, messages=(Message("user", "<s>[INST] Judge this. [/INST]"),), max_tokens=1),
        Identity("openai-completions", "grader", "grader-1"),
    ),
    "schema": (replace(_SAMPLED, json_schema=_SCHEMA), _OPENAI),
    "chat template": (
        replace(_PLAIN, chat_template="{% for m in messages %}{{ m.content }}{% endfor %}"),
        _OWN,
    ),
    "sampled": (_SAMPLED, _OWN),
    "second sample": (replace(_SAMPLED, sample=1), _OWN),
    "edition": (replace(_SAMPLED, edition="2026.11.0"), _OWN),
    "seed of 63 bits": (replace(_SAMPLED, seed=2**63 - 1), _OWN),
    "stops": (replace(_PLAIN, stop=("\n\n", "###", "é")), _OWN),
    "top_p as an integer": (replace(_SAMPLED, top_p=1), _OWN),
    "long fractions": (replace(_SAMPLED, temperature=0.1 + 0.2, top_p=1 / 3), _OWN),
    "unicode": (replace(_PLAIN, messages=(Message("user", _UNICODE),)), _OWN),
    "no words": (replace(_PLAIN, messages=(Message("user", ""),)), _OWN),
    "asked again, greedy": (again(_PLAIN, 1), _OPENAI),
    "asked a third time, greedy": (again(_PLAIN, 2), _OPENAI),
    "asked again, sampled": (again(_SAMPLED, 1), _OWN),
}


def test_canonical_requests_and_their_keys_are_what_they_were() -> None:
    found = {}
    for name, (request, identity) in REQUESTS.items():
        said = canonical(request, identity)
        found[name] = {"canonical": said.decode(), "key": key_of(said)}
    assert found == pinned_json("requests.json", found)
    assert len({pin["key"] for pin in found.values()}) == len(REQUESTS)


@pytest.mark.parametrize("whole", [0, 1])
def test_a_whole_temperature_is_keyed_as_a_fraction(whole: int) -> None:
    said = [canonical(replace(_PLAIN, temperature=t), _OWN) for t in (whole, float(whole))]
    assert said[0] == said[1]


def test_the_name_in_the_recipe_is_not_keyed() -> None:
    assert canonical(replace(_PLAIN, model="other"), _OWN) == canonical(_PLAIN, _OWN)


def test_every_reply_of_the_golden_runs_has_the_key_that_it_had(world: World) -> None:
    found = "\n".join(sorted(f"{model} {key}" for model, key, _ in _replies(world)))
    assert f"{found}\n" == pinned_text("ledger_keys.txt", f"{found}\n")


def test_every_key_of_the_golden_runs_is_that_of_its_request(world: World) -> None:
    replies = _replies(world)
    assert [key for _, key, _ in replies] == [key_of(request) for _, _, request in replies]


def test_the_golden_runs_ask_in_every_way(world: World) -> None:
    asked = [json.loads(request) for _, _, request in _replies(world)]
    providers = {each["provider"] for each in asked}
    assert providers == {"openai", "openai-completions", "anthropic"}
    assert {each["edition"] for each in asked} == {"", "2026.11.0"}
    assert len({each["sample"] for each in asked}) > 2
    assert len({each["schema"] for each in asked}) > 5
    roles = set(chain.from_iterable((role for role, _ in each["messages"]) for each in asked))
    assert roles == {"system", "user", "assistant"}


def _replies(world: World) -> list[tuple[str, str, bytes]]:
    """Model, key and canonical request of each reply in the ledger."""
    connection = sqlite3.connect(f"file:{world.ledger}?mode=ro", uri=True)
    try:
        rows = connection.execute("SELECT model, key, request FROM replies").fetchall()
    finally:
        connection.close()
    return [(model, key, bytes(request)) for model, key, request in rows]
