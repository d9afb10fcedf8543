from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from flows.planning import Finding, doctor
from flows.planning.probe import Answer
from flows.recipe import load
from tests.flows.small_recipe import small_recipe

OWN, OPENAI = "http://127.0.0.1:8000/v1", "https://api.openai.com/v1"
KEYS = {"OPENAI_API_KEY": "secret-1234"}


class Servers:
    """Answers as it was told, and remembers what it was asked."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, str]]] = []

    def __call__(self, base_url: str, headers: Mapping[str, str]) -> Answer:
        self.asked.append((base_url, dict(headers)))
        return self.answers.get(base_url, Answer(None))


GOOD = {OWN: Answer(200, ("writer-7b",)), OPENAI: Answer(200, ("gpt-4o-2024-11-20", "gpt-5"))}


def examined(
    folder: Path,
    *overrides: str,
    answers: Mapping[str, Answer] = GOOD,
    environment: Mapping[str, str] = KEYS,
) -> dict[str, Finding]:
    recipe = load(small_recipe(folder), ["seeds={from: shipped}", *overrides])
    found = doctor(recipe, environment, Servers(answers))
    assert not any("1234" in finding.says for finding in found)
    return {finding.subject: finding for finding in found}


def test_where_everything_is_there_everything_is_well(tmp_path: Path) -> None:
    found = examined(tmp_path)
    assert {finding.level for finding in found.values()} == {"ok"}
    assert sorted(found) == [
        *("dedup.encoder", "models.gpt4o", "models.small", "models.writer", "seeds.from")
    ]


def test_a_missing_key_is_a_problem_and_its_server_is_not_asked(tmp_path: Path) -> None:
    servers = Servers(GOOD)
    found = doctor(load(small_recipe(tmp_path)), {}, servers)
    (missing,) = [each for each in found if each.subject == "models.gpt4o"]
    assert missing == Finding("problem", "models.gpt4o", "the environment has no OPENAI_API_KEY")
    assert [address for address, _ in servers.asked] == [OWN]


def test_a_server_of_ones_own_gets_no_key_and_a_public_one_its_own(tmp_path: Path) -> None:
    servers = Servers(GOOD)
    doctor(load(small_recipe(tmp_path)), KEYS, servers)
    assert dict(servers.asked) == {OWN: {}, OPENAI: {"Authorization": "Bearer secret-1234"}}


def test_two_models_on_one_server_ask_it_once(tmp_path: Path) -> None:
    servers = Servers(GOOD)
    again = "models.again={provider: openai, model: gpt-5}"
    found = doctor(load(small_recipe(tmp_path), [again]), KEYS, servers)
    assert len(servers.asked) == 2
    assert Finding("ok", "models.again", "api.openai.com serves gpt-5") in found


@pytest.mark.parametrize(
    ("answer", "level", "says"),
    [
        (Answer(None), "problem", "127.0.0.1:8000 does not answer"),
        (Answer(401), "problem", "127.0.0.1:8000 refuses the key (401)"),
        (Answer(404), "warning", "127.0.0.1:8000 answers, but lists no models (404)"),
        (Answer(200), "warning", "127.0.0.1:8000 answers, but lists no models (200)"),
        (
            Answer(200, ("writer-8b",)),
            "problem",
            "127.0.0.1:8000 does not serve writer-7b (did you mean `writer-8b`?)",
        ),
        (Answer(200, ("models/writer-7b",)), "ok", "127.0.0.1:8000 serves writer-7b"),
    ],
)
def test_what_a_server_says_is_told(tmp_path: Path, answer: Answer, level: str, says: str) -> None:
    found = examined(tmp_path, answers={**GOOD, OWN: answer})["models.writer"]
    assert (found.level, found.says) == (level, says)


def test_a_retired_model_is_warned_of(tmp_path: Path) -> None:
    recipe = load(small_recipe(tmp_path), ["models.gpt4o.retired=2027-01-14"])
    found = doctor(recipe, KEYS, Servers(GOOD))
    assert (
        Finding("warning", "models.gpt4o", "gpt-4o-2024-11-20 is retired since 2027-01-14") in found
    )


def test_a_model_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    found = examined(tmp_path, "models.small.path=gone.gguf")["models.small"]
    assert (found.level, found.says) == ("problem", "gone.gguf is not there")
    (tmp_path / "there.gguf").write_bytes(b"GGUF")
    found = examined(tmp_path, "models.small.path=there.gguf")["models.small"]
    assert (found.level, found.says) == ("ok", "there.gguf is there")


def test_encoders_are_installed_or_there_or_fetched(tmp_path: Path) -> None:
    assert examined(tmp_path)["dedup.encoder"].says == "all-MiniLM-L6-v2 is installed"
    hub = examined(tmp_path, "dedup.encoder=org/model")["dedup.encoder"]
    assert (hub.level, hub.says) == ("warning", "org/model is fetched from the Hub when needed")
    gone = examined(tmp_path, "dedup.encoder=./gone")["dedup.encoder"]
    assert gone.level == "problem"


def test_seeds_that_are_not_there_are_a_problem(tmp_path: Path) -> None:
    found = examined(tmp_path, "seeds={from: gone.csv}")["seeds.from"]
    assert (found.level, found.says) == ("problem", "source must exist (got gone.csv)")


def test_what_is_not_built_yet_is_warned_of(tmp_path: Path) -> None:
    assert examined(tmp_path, "budget={max_usd: 3}")["budget"].says == "is not built yet"
