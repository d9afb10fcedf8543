"""Servers that fail: what is retried, what is not, and that every run ends."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from inference.errors import CircuitOpenError, InferenceError, KeyMissingError, KeyRefusedError
from inference.types import Failed, Refusal
from tests.inference.tasks import Question, asking, engine_for
from tests.servers import faults
from tests.servers.behaviours import echo
from tests.servers.openai_server import serve
from tests.servers.schedules import always, first_tries

_PASSING = [
    faults.rate_limited(seconds=0.05),
    faults.rate_limited(ms=20),
    faults.server_error(500),
    faults.server_error(503),
    faults.closed_before_headers(),
    faults.closed_after_headers(),
    faults.html(200),
    faults.half_json(),
]
_FINAL = [
    (faults.key_refused(401), "key_refused"),
    (faults.key_refused(403), "key_refused"),
    (faults.quota_spent(), "no_credit"),
]


@pytest.mark.parametrize("fault", _PASSING, ids=str)
def test_what_may_pass_is_tried_again(tmp_path: Path, fault: faults.Fault) -> None:
    with (
        serve(echo, faults=first_tries(1, fault)) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        assert engine.run([asking("q")]).results == ("q",)
        assert len(server.calls) == 2


@pytest.mark.parametrize(("fault", "reason"), _FINAL, ids=lambda value: str(value)[:20])
def test_what_no_repeating_can_mend_is_sent_once(
    tmp_path: Path, fault: faults.Fault, reason: str
) -> None:
    with (
        serve(echo, faults=always(fault)) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        assert engine.run([asking("q")]).results == (Failed(reason),)
        assert len(server.calls) == 1


def test_retry_after_is_waited_for(tmp_path: Path) -> None:
    with (
        serve(echo, faults=first_tries(1, faults.rate_limited(seconds=1))) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        started = time.monotonic()
        engine.run([asking("q")])
        assert time.monotonic() - started >= 1.0


def test_a_refused_key_stops_the_other_rows_before_they_are_sent(tmp_path: Path) -> None:
    with (
        serve(echo, key="right") as server,
        engine_for(server.base_url, tmp_path / "ledger", max_in_flight=2) as engine,
    ):
        batch = engine.run(asking(f"q{number}") for number in range(40))
        trouble = engine.troubles()["m"]
        assert all(isinstance(result, Failed) for result in batch.results)
        assert len(server.calls) <= 2
    assert isinstance(trouble, KeyRefusedError)
    assert "model `m`" in str(trouble)
    assert "401" in str(trouble)


def test_a_key_comes_from_the_environment_and_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_KEY", "right")
    with (
        serve(echo, key="right") as server,
        engine_for(server.base_url, tmp_path / "ledger", key_env="TEST_KEY") as engine,
    ):
        assert engine.run([asking("q")]).results == ("q",)


def test_a_missing_key_is_named_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TEST_KEY", raising=False)
    with (
        serve(echo) as server,
        engine_for(server.base_url, tmp_path / "ledger", key_env="TEST_KEY") as engine,
    ):
        with pytest.raises(KeyMissingError, match="TEST_KEY") as caught:
            engine.run([asking("q")])
        assert caught.value.exit_code == 2
        assert server.calls == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault", [faults.rate_limited(), faults.hangs(), faults.server_error(503)], ids=str
)
def test_a_server_that_never_answers_is_given_up_before_every_question_is_put(
    tmp_path: Path, fault: faults.Fault
) -> None:
    with (
        serve(echo, faults=always(fault)) as server,
        engine_for(
            server.base_url, tmp_path / "ledger", timeout_s=0.4, give_up_s=1.5, max_in_flight=4
        ) as engine,
    ):
        batch = engine.run(asking(f"q{number}") for number in range(5000))
        sent = len(server.calls)
        trouble = engine.troubles()["m"]
    assert all(isinstance(result, Failed) for result in batch.results)
    assert sent < 5000  # given up before every question was put
    assert isinstance(trouble, CircuitOpenError)
    assert "run the same command again" in str(trouble)


def test_a_server_that_refuses_every_request_is_given_up_after_a_few(tmp_path: Path) -> None:
    bad = faults.api_error(400, "Unsupported value: 'temperature'")
    with (
        serve(echo, faults=always(bad)) as server,
        engine_for(server.base_url, tmp_path / "ledger", max_in_flight=1) as engine,
    ):
        engine.run(asking(f"q{number}") for number in range(50))
        assert len(server.calls) == 5
        assert "Unsupported value: 'temperature'" in str(engine.troubles()["m"])


def test_a_servers_message_that_repeats_the_prompt_is_withheld(tmp_path: Path) -> None:
    prompt = "the planted marker text that nobody may see in a log"
    echoing = faults.api_error(400, f"cannot read '{prompt[4:40]}'")
    with (
        serve(echo, faults=always(echoing)) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        engine.run(asking(f"{prompt} {number}") for number in range(10))
        trouble = engine.troubles()["m"]
    assert "400" in str(trouble)
    assert "planted" not in str(trouble)


def test_nobody_listening_is_said_so(tmp_path: Path) -> None:
    with engine_for("http://127.0.0.1:9/v1", tmp_path / "ledger", attempts=2) as engine:
        assert engine.run([asking("q")]).results == (Failed("connection"),)
        assert "connection" in engine.last_failures()["m"]
        assert engine.troubles() == {}
        engine.run(asking(f"q{number}") for number in range(9))
        trouble: InferenceError = engine.troubles()["m"]
    assert "connection" in str(trouble)


@pytest.mark.parametrize(
    ("fault", "refusal"),
    [
        (faults.refusal("No."), Refusal("model_refusal", "message.refusal", "No.")),
        (
            faults.azure_output_block(),
            Refusal("provider_output_block", "finish_reason", "content_filter"),
        ),
    ],
    ids=["message", "filter"],
)
def test_a_servers_refusal_signal_is_kept_with_its_source(
    tmp_path: Path, fault: faults.Fault, refusal: Refusal
) -> None:
    class Signal(Question):
        def parse(self, item: object, reply: object) -> object:  # type: ignore[override]
            return reply.refusal  # type: ignore[attr-defined]

    for _ in range(2):  # from the server, then from the ledger
        with (
            serve(echo, faults=always(fault)) as server,
            engine_for(server.base_url, tmp_path / "ledger") as engine,
        ):
            assert engine.run([asking("q", Signal())]).results == (refusal,)


def test_missing_usage_and_a_long_answer_are_taken_as_they_are(tmp_path: Path) -> None:
    with (
        serve(echo, faults=first_tries(1, faults.padded(1_000_000))) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        assert len(str(engine.run([asking("q")]).results[0])) == 1_000_000
        server.faults = always(faults.without_usage())
        batch = engine.run([asking("r")])
        assert batch.results == ("r",)
        assert batch.spends["m"].output_tokens == 0
