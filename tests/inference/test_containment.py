"""What one row's code raises and nobody foresaw ends that row, and neither the run nor a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inference.errors import EngineStoppedError, InferenceError
from inference.types import Call, Failed, Generate, Item, Missing, Program, Reply
from tests.inference.tasks import Question, asking, engine_for, item
from tests.servers.behaviours import echo
from tests.servers.openai_server import serve


class Panic(BaseException):
    """What a library in another language raises."""


class _Bad(Question):
    """Cannot bear an answer that holds `bad`."""

    def parse(self, item: Item, reply: Reply) -> str:
        if "bad" in reply.text:
            raise self.error("quotes the row: bad")
        return reply.text

    error: type[BaseException] = KeyError


class _Panics(_Bad):
    error = Panic


class _Exits(_Bad):
    error = SystemExit


class _Repaired(Question):
    """Cannot bear the first answer."""

    def parse(self, item: Item, reply: Reply) -> str:
        if "could not be used" not in reply.text:
            raise RecursionError(reply.text)
        return "repaired"


@pytest.mark.parametrize(
    ("task", "reason"), [(_Bad(), "unexpected_key_error"), (_Panics(), "unexpected_panic")]
)
def test_a_reply_that_a_parser_cannot_bear_fails_its_row_and_on_resume_its_answer_is_missing(
    tmp_path: Path, task: Question, reason: str
) -> None:
    with serve(echo) as server:
        for result in (Failed(reason), Missing(reason)):
            with engine_for(server.base_url, tmp_path / "ledger") as engine:
                batch = engine.run(asking(text, task, tries=1) for text in ("bad", "good"))
                assert batch.results == (result, "good")
        assert len(server.calls) == 2


def test_a_reply_that_a_parser_cannot_bear_is_asked_for_again_changed(tmp_path: Path) -> None:
    with serve(echo) as server, engine_for(server.base_url, tmp_path / "ledger") as engine:
        assert engine.run([asking("q", _Repaired())]).results == ("repaired",)


def test_what_nobody_foresaw_is_counted_by_its_kind_and_place(tmp_path: Path) -> None:
    with serve(echo) as server, engine_for(server.base_url, tmp_path / "ledger") as engine:
        engine.run(asking(f"bad {number}", _Bad(), tries=1) for number in range(4))
        (kind,) = engine.surprises()
        assert engine.surprises()[kind] == 4
    assert kind.startswith("KeyError at inference/test_containment.py:")
    assert "bad" not in kind


def _raises() -> Program[str]:
    raise ZeroDivisionError
    yield []


def _raises_later() -> Program[str]:
    answer = yield Call(Question(), item("q"))
    return answer[99]


def _holds(inner: Callable[[], Program[str]]) -> Program[object]:
    return (yield [inner(), Call(Question(), item("beside"))])


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (_raises, "unexpected_zero_division_error"),
        (_raises_later, "unexpected_index_error"),
        (lambda: _holds(_raises_later), "unexpected_index_error"),
    ],
)
def test_a_program_that_raises_fails_alone(
    tmp_path: Path, program: Callable[[], Program[object]], reason: str
) -> None:
    with serve(echo) as server, engine_for(server.base_url, tmp_path / "ledger") as engine:
        assert engine.run([program(), asking("q")]).results == (Failed(reason), "q")


class _Texts(Question):
    def parse(self, item: Item, reply: Reply) -> tuple[str, ...]:  # type: ignore[override]
        return tuple(reply.text.split(" / "))


class _Chokes:
    name = "chokes"
    digest = ""

    def __call__(self, item: Item, text: str) -> str | None:
        if "bad" in text:
            raise OverflowError(text)
        return None


class _ChokesLater(_Chokes):
    def __call__(self, item: Item, text: str) -> Program[str | None]:  # type: ignore[override]
        yield []
        return super().__call__(item, text)


@pytest.mark.parametrize("check", [_Chokes(), _ChokesLater()], ids=["check", "program"])
def test_a_text_that_a_check_cannot_bear_is_dropped_with_its_reason(
    tmp_path: Path, check: _Chokes
) -> None:
    def writing(text: str) -> Program[object]:
        return (yield Generate(_Texts(temperature=0.7), item(text), 2, (check,), tries=1))

    with serve(echo) as server, engine_for(server.base_url, tmp_path / "ledger") as engine:
        written = engine.run([writing("good / bad")]).results[0]
        assert [text.text for text in written.kept] == ["good"]  # type: ignore[union-attr]
        assert [(text.text, text.reason) for text in written.dropped] == [  # type: ignore[union-attr]
            ("bad", "unexpected_overflow_error")
        ]


def test_a_writer_of_which_nothing_can_be_borne_fails_once_and_is_exhausted_on_resume(
    tmp_path: Path,
) -> None:
    def writing() -> Program[object]:
        return (yield Generate(_Texts(temperature=0.7), item("bad"), 1, (_Chokes(),), tries=2))

    with serve(echo) as server:
        with engine_for(server.base_url, tmp_path / "ledger") as engine:
            assert engine.run([writing()]).results == (Failed("unexpected_overflow_error"),)
        with engine_for(server.base_url, tmp_path / "ledger") as engine:
            written = engine.run([writing()]).results[0]
    assert written.kept == ()  # type: ignore[union-attr]
    assert {text.reason for text in written.dropped} == {"unexpected_overflow_error"}  # type: ignore[union-attr]


def test_an_error_of_the_project_still_ends_the_run(tmp_path: Path) -> None:
    def broken() -> Program[str]:
        raise InferenceError("a file must be there", "none")
        yield []

    with (
        serve(echo) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
        pytest.raises(InferenceError, match="a file must be there"),
    ):
        engine.run([broken(), asking("q")])


def test_an_engine_whose_thread_ends_fails_all_who_wait_at_once(tmp_path: Path) -> None:
    ended: list[BaseException] = []

    def wait_for_ever(engine: object) -> None:
        try:
            engine.run([asking("slow")])  # type: ignore[attr-defined]
        except EngineStoppedError as error:
            ended.append(error)

    from tests.servers.faults import hangs
    from tests.servers.schedules import containing

    with (
        serve(echo, faults=containing('"slow"', hangs())) as server,
        engine_for(server.base_url, tmp_path / "ledger", timeout_s=600.0) as engine,
    ):
        waiting = threading.Thread(target=wait_for_ever, args=(engine,))
        waiting.start()
        with pytest.raises(EngineStoppedError, match="SystemExit"):
            engine.run([asking("bad", _Exits())])
        waiting.join(60)
        assert not waiting.is_alive()
        with pytest.raises(EngineStoppedError):
            engine.run([asking("q")])
    assert len(ended) == 1


def test_a_display_that_breaks_ends_no_rows(tmp_path: Path) -> None:
    told: list[int] = []

    def breaks(rows: int, from_ledger: int) -> None:
        told.append(rows)
        raise BrokenPipeError

    with (
        serve(echo) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        batch = engine.run([asking("a"), asking("b")], breaks)
    assert batch.results == ("a", "b")
    assert told == [1, 1]


@pytest.fixture
def long_text() -> Iterator[str]:
    yield "a word " * 2000


class _Where(Question):
    def parse(self, item: Item, reply: Reply) -> str:
        return threading.current_thread().name


def test_work_on_a_long_text_leaves_the_event_loop(tmp_path: Path, long_text: str) -> None:
    with serve(echo) as server, engine_for(server.base_url, tmp_path / "ledger") as engine:
        assert engine.run([asking("q", _Where()), asking(long_text, _Where())]).results == (
            "engine",
            "text",
        )


class _Stops(_Where):
    def parse(self, item: Item, reply: Reply) -> str:
        raise StopIteration


def test_an_end_of_iteration_beside_the_loop_ends_its_row_too(
    tmp_path: Path, long_text: str
) -> None:
    with serve(echo) as server, engine_for(server.base_url, tmp_path / "ledger") as engine:
        (ended,) = engine.run([asking(long_text, _Stops(), tries=1)]).results
    assert ended == Failed("unexpected_runtime_error")


def test_an_answer_that_is_missing_by_surprise_is_counted(tmp_path: Path) -> None:
    with serve(echo) as server, engine_for(server.base_url, tmp_path / "ledger") as engine:
        counted = []
        for _ in range(2):
            batch = engine.run(asking(text, _Bad(), tries=1) for text in ("bad", "good"))
            counted.append((batch.results[0], batch.unexpected))
    assert counted == [
        (Failed("unexpected_key_error"), 0),
        (Missing("unexpected_key_error"), 1),
    ]


def _long_step() -> Program[str]:
    yield from _spent()
    yield []
    return threading.current_thread().name


def _spent() -> Program[None]:
    yield []
    sum(number for number in range(2_000_000))


def test_what_once_took_long_leaves_the_event_loop_the_next_time(tmp_path: Path) -> None:
    with serve(echo) as server, engine_for(server.base_url, tmp_path / "ledger") as engine:
        assert engine.run([_long_step()]).results == ("text",)
