from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from flows.benchmarks import doctor
from pipelines.planning import Finding
from pipelines.planning.live import Asked, ask_live, ask_model, heard
from pipelines.planning.servers import Answer
from pipelines.recipe import load
from pipelines.sources.models import to_spec
from tests.servers.behaviours import echo
from tests.servers.chat import Answer as Chat
from tests.servers.chat import Behaviour, Body
from tests.servers.generations import like
from tests.servers.hub.server import Hub
from tests.servers.openai_server import serve
from tests.small_recipe import small_recipe

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


@pytest.mark.parametrize(
    ("address", "warned"),
    [
        ("https://generativelanguage.googleapis.com/v1beta/openai", 1),
        ("https://aiplatform.googleapis.com/v1/projects/lab/locations/global/endpoints/openapi", 0),
    ],
)
def test_geminis_safety_settings_are_warned_of_where_they_are_not_documented(
    tmp_path: Path, address: str, warned: int
) -> None:
    settings = [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]
    body = {"extra_body": {"google": {"safety_settings": settings}}}
    model = {"provider": "openai", "model": "gemini-2.5-flash", "base_url": address}
    said = json.dumps({**model, "key_env": "OPENAI_API_KEY", "extra_body": body})
    recipe = load(small_recipe(tmp_path), [f"models.gpt4o={said}"])
    found = [each for each in doctor(recipe, KEYS, Servers(GOOD)) if "safety_settings" in each.says]
    assert [each.level for each in found] == ["warning"] * warned
    assert all("documented for Vertex AI's endpoint" in each.says for each in found)


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
        (
            Answer(404),
            "warning",
            "127.0.0.1:8000 answers, but lists no models (404); --ask asks them",
        ),
        (
            Answer(200),
            "warning",
            "127.0.0.1:8000 answers, but lists no models (200); --ask asks them",
        ),
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
    recipe = load(small_recipe(tmp_path), ["models.gpt4o.retired=2999-01-14"])
    found = doctor(recipe, KEYS, Servers(GOOD))
    assert Finding("warning", "models.gpt4o", "gpt-4o-2024-11-20 retires on 2999-01-14") in found


def test_a_model_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    found = examined(tmp_path, "models.small.path=gone.gguf")["models.small"]
    assert (found.level, found.says) == (
        "problem",
        "models.small.path must be a GGUF file that is there (got gone.gguf)",
    )
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


def test_a_model_of_unknown_price_is_a_problem_and_perhaps_retired(tmp_path: Path) -> None:
    own = examined(tmp_path, "models.writer.price=null")["models.writer"]
    assert own.level == "problem"
    assert own.says == "the kept price list does not know writer-7b: give `price`, or `free`"
    served = {**GOOD, OPENAI: Answer(200, ("gpt-77",))}
    public = examined(tmp_path, "models.gpt4o.model=gpt-77", answers=served)["models.gpt4o"]
    assert "gpt-77, which may be retired or misspelt" in public.says


def test_a_model_that_the_price_list_marks_deprecated_is_warned_of(tmp_path: Path) -> None:
    grok = "models.gpt4o={provider: openai, base_url: 'https://api.x.ai/v1', model: grok-2-1212}"
    found = doctor(load(small_recipe(tmp_path), [grok]), KEYS, Servers(GOOD))
    says = "grok-2-1212 is deprecated by the kept price list"
    assert Finding("warning", "models.gpt4o", says) in found


def test_a_guard_is_told_by_its_dialect(tmp_path: Path) -> None:
    recipe = load(small_recipe(tmp_path), ["models.gpt4o.dialect=qwen3guard"])
    found = doctor(recipe, KEYS, Servers(GOOD))
    assert Finding("ok", "models.gpt4o", "is asked as a guard: qwen3guard") in found


def test_relatives_and_models_without_a_family_are_warned_of(tmp_path: Path) -> None:
    panel = "panel={targets: [gpt4o, writer]}"
    found = doctor(load(small_recipe(tmp_path), [panel]), KEYS, Servers(GOOD))
    warned = {each.subject: each.says for each in found if each.level == "warning"}
    assert warned["relatives"] == "gpt4o moderates and is a panel target"
    assert warned["models.writer"].startswith("states no `family`")


def test_models_are_asked_only_where_that_is_wanted(tmp_path: Path) -> None:
    recipe = load(small_recipe(tmp_path))
    answers = {
        "writer": Asked("connection: nobody listens"),
        "gpt4o": Asked(None, "gpt-4o-2024-11-20", 0.00004),
    }
    asked = doctor(recipe, KEYS, Servers({}), lambda spec: answers[spec.name])
    found = {each.subject: (each.level, each.says) for each in asked}
    failed = "writer-7b does not answer: connection: nobody listens"
    assert found["models.writer"] == ("problem", failed)
    paid = "gpt-4o-2024-11-20 answers; the question cost 0.000040 US dollars"
    assert found["models.gpt4o"] == ("ok", paid)


def test_a_question_is_one_short_call_of_the_providers_own(tmp_path: Path) -> None:
    with serve(echo) as server:
        url = f"models.writer.base_url={server.base_url}"
        spec = to_spec(load(small_recipe(tmp_path), [url]), "writer")
        answer = ask_model(spec)
        (call,) = server.calls
    assert answer.failed is None
    assert answer.usd == 0.0
    assert call.body["max_tokens"] == 16
    assert "connection" in (ask_model(spec).failed or "")


def test_sources_on_the_hub_are_told_with_their_commit_and_licences(
    hub: Hub, tmp_path: Path
) -> None:
    repo = hub.dataset(
        "me/seeds", {"README.md": b"---\nlicense: mit\n---\n", "seeds.csv": b"prompt\n"}
    )
    hub.model("me/tiny", {"tiny.gguf": b"GGUF"})
    seeds = "seeds={from: 'hf://me/seeds/seeds.csv', license: MIT}"
    model = "models.small.path=hf://me/tiny/tiny.gguf"
    found = examined(tmp_path, seeds, model, "dedup.against=['hf://me/seeds/gone.csv']")
    sha = repo.branches["main"][:8]
    assert found["seeds.from"] == Finding(
        "ok",
        "seeds.from",
        f"hf://datasets/me/seeds/seeds.csv is on the Hub at {sha}; its card states the licence "
        "mit, the recipe MIT",
    )
    assert found["models.small"].level == "ok"
    assert found["dedup.against.0"].level == "problem"
    unstated = examined(tmp_path, "seeds={from: 'hf://me/seeds/seeds.csv'}")["seeds.from"]
    assert unstated.level == "warning"
    assert unstated.says.endswith("its card states the licence mit, the recipe none")
    assert not [each for each in hub.requests if each.method == "GET" and "/resolve/" in each.path]


def _live(folder: Path, behaviour: Behaviour, **said: object) -> list[tuple[str, str]]:
    with serve(behaviour) as server:
        given = {"provider": "openai", "model": "m-1", "base_url": server.base_url, "price": "free"}
        recipe = load(small_recipe(folder), [f"models.gpt4o={json.dumps(given | said)}"])
        asked = ask_live(to_spec(recipe, "gpt4o"))
        return [(each.level, each.says) for each in heard("models.gpt4o", "m-1", asked)]


def test_a_live_question_says_what_the_server_understood(tmp_path: Path) -> None:
    ((level, says),) = _live(tmp_path, lambda body: Chat('<think>It is.</think>{"answer": "yes"}'))
    assert level == "ok"
    assert says.startswith("m-1 answers: JSON by a schema, thoughts within the text, finish stop, ")
    assert says.endswith("the question cost 0.000000 US dollars")


def test_prose_where_a_schema_is_sent_is_a_problem_with_the_key_that_mends_it(
    tmp_path: Path,
) -> None:
    prose = [("problem", "m-1 answers prose where JSON is asked for; give it `structured: auto`")]
    found = _live(tmp_path, lambda body: Chat("Yes, it is blue."))
    assert found[:1] == prose
    assert "no JSON" in found[1][1]

    def in_words(body: Body) -> Chat:
        return Chat('{"answer": "yes"}' if "response_format" not in body else "Yes.")

    ((level, says),) = _live(tmp_path, in_words, structured="auto")
    assert (level, "JSON in words" in says) == ("ok", True)


def test_a_refused_parameter_is_a_problem_with_the_key_that_mends_it(tmp_path: Path) -> None:
    ((level, says),) = _live(tmp_path, like("gpt-5-mini", echo), token_limit="max_tokens")
    assert level == "problem"
    assert says.endswith("give it `token_limit: max_completion_tokens`")


def test_a_model_that_thinks_with_little_room_is_warned_of(tmp_path: Path) -> None:
    def warned(**said: object) -> bool:
        given = {"provider": "openai", "model": "gpt-5-mini", **said}
        recipe = load(small_recipe(tmp_path), [f"models.gpt4o={json.dumps(given)}"])
        found = [each for each in doctor(recipe, KEYS, Servers({})) if "thinks" in each.says]
        assert all(each.level == "warning" for each in found)
        return bool(found)

    assert warned()
    assert warned(max_tokens=1000)
    assert not warned(max_tokens=8000)
    assert not warned(model="gpt-5.1", reasoning={"effort": "none"})
    assert not warned(model="gpt-4.1-mini")


def test_a_family_that_is_nearly_a_known_one_is_warned_of_and_any_other_is_not(
    tmp_path: Path,
) -> None:
    slip = Finding(
        "warning",
        "models.gpt4o",
        "family `mistal` is none that is known (did you mean `mistral`?)",
    )
    assert slip in _with_family(tmp_path, "mistal")
    assert not [each for each in _with_family(tmp_path, "zeta") if "zeta" in each.says]


def _with_family(folder: Path, family: str) -> tuple[Finding, ...]:
    return doctor(load(small_recipe(folder), [f"models.gpt4o.family={family}"]), KEYS, Servers({}))
