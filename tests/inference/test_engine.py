from __future__ import annotations

import threading
from pathlib import Path

import pytest

from inference.errors import ModelUnknownError
from inference.types import (
    Call,
    ChatRequest,
    Failed,
    Generate,
    Message,
    Missing,
    Program,
    Score,
    Text,
)
from tests.inference.tasks import Question, asking, engine_for, item
from tests.servers.behaviours import Scripted, echo
from tests.servers.chat import Answer, Body, last_text
from tests.servers.faults import closed_before_headers, slow
from tests.servers.openai_server import serve
from tests.servers.schedules import always, containing


def test_results_come_in_the_order_of_their_programs(tmp_path: Path) -> None:
    questions = [f"question {number}" for number in range(300)]
    with serve(echo) as server, engine_for(server.base_url, tmp_path / "ledger") as engine:
        batch = engine.run(asking(text) for text in questions)
    assert list(batch.results) == questions
    assert batch.spends["m"].replies == batch.spends["m"].sent == 300


def test_a_second_run_replays_from_the_ledger_and_sends_nothing(tmp_path: Path) -> None:
    with serve(echo) as server:
        for _ in range(2):
            with engine_for(server.base_url, tmp_path / "ledger") as engine:
                batch = engine.run([asking("a"), asking("b")])
        assert list(batch.results) == ["a", "b"]
        assert batch.spends["m"].sent == 0
        assert len(server.calls) == 2


def test_rows_that_the_ledger_had_are_told_apart_from_rows_that_were_asked(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    def advance(rows: int, from_ledger: int = 0) -> None:
        told.append((rows, from_ledger))

    with serve(echo) as server, engine_for(server.base_url, tmp_path / "ledger") as engine:
        engine.run([asking("a")], advance)
        engine.run([asking("a"), asking("b")], advance)
    assert told[0] == (1, 0)
    assert sorted(told[1:]) == [(1, 0), (1, 1)]


def test_a_row_that_had_no_reply_is_not_said_to_be_from_the_ledger(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    def advance(rows: int, from_ledger: int = 0) -> None:
        told.append((rows, from_ledger))

    faults = always(closed_before_headers())
    with (
        serve(echo, faults=faults) as server,
        engine_for(server.base_url, tmp_path / "ledger", attempts=1) as engine,
    ):
        batch = engine.run([asking("a")], advance)
    assert isinstance(batch.results[0], Failed)
    assert told == [(1, 0)]


def test_replies_that_end_at_the_token_limit_are_counted_by_model(tmp_path: Path) -> None:
    def rambling(body: Body) -> Answer:
        return Answer(last_text(body), finish="length" if "long" in last_text(body) else "stop")

    with serve(rambling) as server:
        for _ in range(2):  # as well where they come from the ledger
            with engine_for(server.base_url, tmp_path / "ledger") as engine:
                batch = engine.run([asking("long"), asking("short"), asking("longer")])
            assert (batch.spends["m"].replies, batch.spends["m"].cut) == (3, 2)


def test_a_server_that_moves_to_another_port_is_not_asked_again(tmp_path: Path) -> None:
    for sent in (1, 0):
        with serve(echo) as server, engine_for(server.base_url, tmp_path / "ledger") as engine:
            engine.run([asking("a")])
            assert len(server.calls) == sent


def test_two_equal_requests_in_flight_become_one_call(tmp_path: Path) -> None:
    with (
        serve(echo, latency_s=0.1) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        batch = engine.run(asking("same") for _ in range(50))
        assert set(batch.results) == {"same"}
        assert len(server.calls) == 1
        assert batch.spends["m"].replies == 50


def test_never_more_calls_are_in_flight_than_the_model_allows(tmp_path: Path) -> None:
    with (
        serve(echo, latency_s=0.02) as server,
        engine_for(server.base_url, tmp_path / "ledger", max_in_flight=7) as engine,
    ):
        engine.run(asking(f"q{number}") for number in range(60))
        assert server.peak == 7


def test_shards_in_several_threads_share_the_limit(tmp_path: Path) -> None:
    with (
        serve(echo, latency_s=0.02) as server,
        engine_for(server.base_url, tmp_path / "ledger", max_in_flight=5) as engine,
    ):
        threads = [
            threading.Thread(target=engine.run, args=([asking(f"{t}-{n}") for n in range(20)],))
            for t in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.peak == 5
        assert len(server.calls) == 80


def test_a_greedy_retry_carries_a_repair_message_and_differs_each_time(tmp_path: Path) -> None:
    with serve(echo) as server, engine_for(server.base_url, tmp_path / "ledger") as engine:
        batch = engine.run([asking("q", Question(wanted="nothing says this"), tries=4)])
        assert batch.results == (Missing("not_wanted"),)
        assert len(server.counts()) == 4


def test_a_sampled_retry_takes_the_next_sample_index(tmp_path: Path) -> None:
    task = Question(temperature=1.0, wanted="nothing says this")
    with serve(echo) as server, engine_for(server.base_url, tmp_path / "ledger") as engine:
        batch = engine.run([asking("q", task, tries=3)])
        # The wire shows one body, the ledger three requests: a sample index is the caller's.
        assert batch.spends["m"].replies == 3
        assert len(server.calls) == 3


def test_a_repaired_answer_is_used(tmp_path: Path) -> None:
    def mends(body: Body) -> Answer:
        return Answer("good" if "could not be used" in last_text(body) else "bad")

    with serve(mends) as server, engine_for(server.base_url, tmp_path / "ledger") as engine:
        batch = engine.run([asking("q", Question(wanted="good"))])
    assert batch.results == ("good",)


def test_a_list_of_asks_is_asked_together(tmp_path: Path) -> None:
    def program() -> Program[list[str]]:
        return (yield [Call(Question(), item(f"q{number}")) for number in range(6)])

    with (
        serve(echo, latency_s=0.05) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        batch = engine.run([program()])
        assert batch.results == ([f"q{number}" for number in range(6)],)
        assert server.peak == 6


def test_a_list_may_hold_programs_which_run_side_by_side(tmp_path: Path) -> None:
    def outer() -> Program[list[object]]:
        return (yield [asking("a"), Call(Question(), item("b")), asking("c")])

    with (
        serve(echo, latency_s=0.05) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        assert engine.run([outer()]).results == (["a", "b", "c"],)
        assert server.peak == 3


def test_a_row_whose_call_cannot_be_had_fails_alone_and_its_siblings_are_kept(
    tmp_path: Path,
) -> None:
    def both(text: str) -> Program[list[str]]:
        return (yield [Call(Question(), item(text)), Call(Question(), item(f"{text} too"))])

    faults = containing('"bad"', closed_before_headers())
    with (
        serve(echo, faults=faults) as server,
        engine_for(server.base_url, tmp_path / "ledger", attempts=2) as engine,
    ):
        batch = engine.run([both("bad"), both("good")])
        assert batch.results == (Failed("connection"), ["good", "good too"])
        server.faults = lambda call: None
        sent = len(server.calls)
    with (
        serve(echo) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        batch = engine.run([both("bad"), both("good")])
        assert batch.results == (["bad", "bad too"], ["good", "good too"])
        assert len(server.calls) == 1
    assert sent in (5, 6)  # a call that fails amid answers has a little more patience


def test_a_model_that_the_recipe_lacks_ends_the_run(tmp_path: Path) -> None:
    class Stranger(Question):
        def request(self, item: object, tries: int) -> ChatRequest:
            return ChatRequest("stranger", (Message("user", "q"),))

    with (
        engine_for("http://127.0.0.1:9/v1", tmp_path / "ledger") as engine,
        pytest.raises(ModelUnknownError, match="stranger"),
    ):
        engine.run([asking("q", Stranger())])


class _Lines(Question):
    def parse(self, item: object, reply: object) -> tuple[str, ...]:  # type: ignore[override]
        return tuple(reply.text.split(" / "))  # type: ignore[attr-defined]


class _NoTail:
    name = "tail"

    def __call__(self, item: object, text: str) -> str | Score | None:
        return "tail" if "tail" in text else Score("length", float(len(text)))


def _writing(want: int, tries: int = 3) -> Program[object]:
    task = _Lines(temperature=0.7)
    return (yield Generate(task, item("seed"), want, (_NoTail(),), tries))  # type: ignore[arg-type]


def test_usable_texts_are_kept_when_a_sibling_is_broken_and_only_what_lacks_is_asked_for(
    tmp_path: Path,
) -> None:
    replies = iter(["a / a tail / b / a", "c / d / e"])
    with (
        serve(lambda body: Answer(next(replies))) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        written = engine.run([_writing(3)]).results[0]
    assert [(text.position, text.text) for text in written.kept] == [  # type: ignore[union-attr]
        ("0.0", "a"),
        ("0.2", "b"),
        ("1.0", "c"),
    ]
    assert [(text.position, text.reason) for text in written.dropped] == [  # type: ignore[union-attr]
        ("0.1", "tail"),
        ("0.3", "repeated"),
        ("1.1", "not_needed"),
        ("1.2", "not_needed"),
    ]
    assert written.asks == 2  # type: ignore[union-attr]
    kept: Text = written.kept[0]  # type: ignore[union-attr]
    assert kept.scores == (Score("length", 1.0),)
    assert len(kept.key) == 64


def test_a_writer_is_asked_no_more_than_its_tries(tmp_path: Path) -> None:
    with (
        serve(Scripted({"seed": "a tail / b tail"})) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        written = engine.run([_writing(5, tries=2)]).results[0]
        assert written.kept == ()  # type: ignore[union-attr]
        assert written.asks == len(server.calls) == 2  # type: ignore[union-attr]


def test_a_slow_answer_within_the_timeout_is_no_fault(tmp_path: Path) -> None:
    with (
        serve(echo, faults=always(slow(0.3))) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        assert engine.run([asking("q")]).results == ("q",)
        assert len(server.calls) == 1
