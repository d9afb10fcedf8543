"""In which form an answer in JSON is asked for, where a recipe leaves it to be found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from inference.canonical import Identity, canonical
from inference.engine import Engine
from inference.ledger import Ledger
from inference.providers.openai import OpenAIProvider
from inference.structured import (
    PROSE_ENDS,
    RECORD,
    FormRecord,
    in_form,
    is_prose,
)
from inference.types import ChatRequest, Failed, Finish, Item, Message, Missing, Reply
from tests.inference.tasks import Question, asking, no_encoder, spec_for
from tests.servers.chat import Answer, ApiError, Behaviour, Body, last_text
from tests.servers.openai_server import Server, serve

_SCHEMA = (
    '{"type":"object","properties":{"label":{"type":"string"}},"required":["label"],'
    '"additionalProperties":false}'
)
_JSON = '{"label": "safe"}'


class _Labels(Question):
    def request(self, item: Item, tries: int) -> ChatRequest:
        return replace(super().request(item, tries), json_schema=_SCHEMA)


def _knows(*forms: str, refuses: bool) -> Behaviour:
    """A server that knows some forms: it refuses others, or takes and ignores them."""

    def answer(body: Body) -> Answer:
        asked = (body.get("response_format") or {}).get("type", "text")
        if asked == "text" and "JSON schema" in last_text(body):
            return Answer(_JSON)
        if asked in forms:
            return Answer(_JSON)
        if refuses:
            raise ApiError(
                400, "This response_format type is unavailable.", param="response_format"
            )
        return Answer("I would say that it is safe.")

    return answer


@contextmanager
def _engine(
    server: Server,
    folder: Path,
    structured: str = "auto",
    declines: Callable[[str], bool] = lambda text: False,
) -> Iterator[Engine]:
    spec = spec_for(server.base_url, structured=structured)
    record = FormRecord(folder, declines)
    ledger = Ledger(folder / "ledger")
    with Engine({"m": spec}, ledger, OpenAIProvider, no_encoder, forms=record) as engine:  # type: ignore[arg-type]  # an encoder by shape
        yield engine


@pytest.mark.parametrize("refuses", [True, False])
@pytest.mark.parametrize(
    ("forms", "found"),
    [(("json_schema", "json_object"), "schema"), (("json_object",), "json"), ((), "text")],
)
def test_the_first_form_that_holds_is_kept_and_the_others_are_asked_in_it(
    tmp_path: Path, forms: tuple[str, ...], found: str, refuses: bool
) -> None:
    with (
        serve(_knows(*forms, refuses=refuses)) as server,
        _engine(server, tmp_path) as engine,
    ):
        batch = engine.run([asking(f"q{n}", _Labels()) for n in range(12)])
        assert set(batch.results) == {_JSON}
        tried = ("schema", "json", "text").index(found)
        # A form that is refused is put twice, as any refused request is.
        assert len(server.calls) == 12 + tried * (2 if refuses else 1)
    assert FormRecord(tmp_path).get("m") == found


def test_who_works_on_the_run_later_asks_in_the_form_that_was_found(tmp_path: Path) -> None:
    with serve(_knows("json_object", refuses=False)) as server:
        with _engine(server, tmp_path) as engine:
            engine.run([asking("q", _Labels())])
        before = len(server.calls)
        with _engine(server, tmp_path) as engine:
            engine.run([asking("q", _Labels()), asking("r", _Labels())])
        assert len(server.calls) == before + 1


def test_of_two_that_find_a_form_at_once_the_firsts_stands(tmp_path: Path) -> None:
    one, other = FormRecord(tmp_path), FormRecord(tmp_path)
    assert one.get("m") is None
    assert other.get("m") is None
    assert one.put("m", "json") == "json"
    assert other.put("m", "text") == "json"
    assert other.put("n", "text") == "text"
    assert one.get("n") == "text"


@pytest.mark.parametrize("broken", [b"", b"[]", b'{"m": "prose"}', b"{" * 1000])
def test_a_record_that_is_none_is_found_anew(tmp_path: Path, broken: bytes) -> None:
    (tmp_path / RECORD).write_bytes(broken)
    assert FormRecord(tmp_path).get("m") is None
    assert FormRecord(tmp_path).put("m", "json") == "json"


def test_a_request_that_is_refused_for_another_reason_finds_no_form(tmp_path: Path) -> None:
    def refuses(body: Body) -> Answer:
        raise ApiError(400, "No.", param="temperature")

    with serve(refuses) as server, _engine(server, tmp_path) as engine:
        (result,) = engine.run([asking("q", _Labels())]).results
        assert len(server.calls) == 2
    assert result == Missing("request_refused")
    assert FormRecord(tmp_path).get("m") is None


@pytest.mark.parametrize(("form", "sent"), [("json", {"type": "json_object"}), ("text", None)])
def test_a_form_that_the_recipe_says_is_sent_as_it_says(
    tmp_path: Path, form: str, sent: object
) -> None:
    with (
        serve(_knows("json_object", refuses=True)) as server,
        _engine(server, tmp_path, form) as engine,
    ):
        assert engine.run([asking("q", _Labels())]).results == (_JSON,)
        (call,) = server.calls
    assert call.body.get("response_format") == sent
    assert _SCHEMA in last_text(call.body)
    assert not (tmp_path / RECORD).exists()


def _prose_but(*texts: str) -> Behaviour:
    """A server that takes a schema and answers prose, but JSON where the question is one of these.

    Asked in words it answers JSON.
    """

    def answer(body: Body) -> Answer:
        text = last_text(body)
        json_ = "JSON schema" in text or any(each == text for each in texts)
        return Answer(_JSON if json_ else "I would say that it is safe.")

    return answer


def _asked_many(engine: Engine, rows: int = 40) -> tuple[object, ...]:
    found: list[object] = []
    for number in range(rows):  # one after the other, as the order of replies is looked at
        found += engine.run([asking(f"q{number}", _Labels(wanted="{"), tries=3)]).results
    return tuple(found)


@pytest.mark.parametrize("form", ["schema", "json"])
def test_a_server_that_answers_prose_ends_its_model_in_one_line(tmp_path: Path, form: str) -> None:
    answers = Answer("I would say that it is safe.")
    with serve(lambda body: answers) as server, _engine(server, tmp_path, form) as engine:
        results = _asked_many(engine)
        assert len(server.calls) == PROSE_ENDS
        assert results[-1] == Failed("circuit_open")
        (line,) = map(str, engine.troubles().values())
    assert line == (
        f"model `m` must answer in JSON, as `structured: {form}` asks for, and its first 10 "
        "replies held no JSON object; give `models.m` `structured: auto`, or `text`"
    )


def test_what_was_answered_is_not_bought_again_and_ends_the_model_again(tmp_path: Path) -> None:
    with serve(_prose_but()) as server:
        for _ in range(2):
            with _engine(server, tmp_path, "schema") as engine:
                _asked_many(engine)
                assert list(engine.troubles()) == ["m"]
        assert len(server.calls) == PROSE_ENDS
        with _engine(server, tmp_path, "auto") as engine:
            assert set(_asked_many(engine)) == {_JSON}
            assert engine.troubles() == {}


def test_one_object_shows_that_the_server_can(tmp_path: Path) -> None:
    with serve(_prose_but("q2")) as server, _engine(server, tmp_path, "schema") as engine:
        results = _asked_many(engine, 12)
        assert engine.troubles() == {}
    assert [result == _JSON for result in results] == [number == 2 for number in range(12)]


@pytest.mark.parametrize("form", ["auto", "text"])
def test_who_was_promised_nothing_is_not_held_to_it(tmp_path: Path, form: str) -> None:
    answers = Answer("I would say that it is safe.")
    with serve(lambda body: answers) as server, _engine(server, tmp_path, form) as engine:
        _asked_many(engine, 8)
        assert engine.troubles() == {}


def test_refusals_of_a_server_and_cut_answers_say_nothing_of_the_form(tmp_path: Path) -> None:
    cut = Answer('{"label": "sa', finish="length")
    with serve(lambda body: cut) as server, _engine(server, tmp_path, "schema") as engine:
        _asked_many(engine, 6)
        assert engine.troubles() == {}


def test_the_key_covers_the_form_that_is_sent_and_the_schema_keeps_its_own() -> None:
    request = ChatRequest("m", (Message("user", "q"),), json_schema=_SCHEMA)
    who = Identity("openai", "m", "m")
    forms = {canonical(in_form(request, form), who) for form in ("schema", "json", "text")}
    assert len(forms) == 3
    assert canonical(in_form(request, "schema"), who) == canonical(request, who)
    assert b"structured" not in canonical(request, who)
    plain = replace(request, json_schema=None)
    assert in_form(plain, "text") == plain


@pytest.mark.parametrize(
    ("text", "finish", "prose"),
    [
        (_JSON, "stop", False),
        (f"Here you are:\n```json\n{_JSON}\n```", "stop", False),
        ("It is safe.", "stop", True),
        ("A set {1, 2} of things", "stop", True),
        ("}{", "stop", True),
        ('{"label": "sa', "length", False),
        ("", "stop", False),
    ],
)
def test_prose_is_a_whole_answer_without_an_object(text: str, finish: Finish, prose: bool) -> None:
    assert is_prose(Reply(text=text, finish=finish)) is prose


_SORRY = Answer("I'm sorry, but I can't help with that.")


def _row(body: Body) -> int:
    """The number of the row that is asked about, however often."""
    return int(str(body["messages"][0]["content"]).split("\n")[0].removeprefix("q"))


def _says_sorry(text: str) -> bool:
    return text.startswith("I'm sorry")


@pytest.mark.parametrize("form", ["schema", "json"])
def test_a_model_that_declines_in_words_is_asked_on(tmp_path: Path, form: str) -> None:
    with (
        serve(lambda body: _SORRY) as server,
        _engine(server, tmp_path, form, _says_sorry) as engine,
    ):
        _asked_many(engine, 8)
        assert engine.troubles() == {}
        assert len(server.calls) == 8 * 3


def test_refusals_among_prose_hide_no_server_that_keeps_no_form(tmp_path: Path) -> None:
    def answer(body: Body) -> Answer:
        return _SORRY if _row(body) % 2 == 0 else Answer("I would say that it is safe.")

    with serve(answer) as server, _engine(server, tmp_path, "schema", _says_sorry) as engine:
        _asked_many(engine)
        assert list(engine.troubles()) == ["m"]
        assert len(server.calls) == 22  # 4 rows that are declined, 3 in prose, and one of them once


def _declines_first(rows: int) -> Behaviour:
    """A server that keeps a schema, of a model that declines the first rows in words."""

    def answer(body: Body) -> Answer:
        return _SORRY if _row(body) < rows else Answer(_JSON)

    return answer


def test_a_form_is_not_found_by_what_a_model_declines(tmp_path: Path) -> None:
    with serve(_declines_first(2)) as server:
        with _engine(server, tmp_path, "auto", _says_sorry) as engine:
            first = _asked_many(engine, 5)
            assert len(server.calls) == 2 * 3 * 3 + 3
            assert FormRecord(tmp_path).get("m") == "schema"
        with _engine(server, tmp_path, "auto", _says_sorry) as engine:
            assert _asked_many(engine, 5) == first
        assert len(server.calls) == 2 * 3 * 3 + 3


def test_a_model_that_declines_all_is_asked_in_words_in_the_end(tmp_path: Path) -> None:
    with (
        serve(lambda body: _SORRY) as server,
        _engine(server, tmp_path, "auto", _says_sorry) as engine,
    ):
        for number in range(20):
            engine.run([asking(f"q{number}", _Labels())])
        assert len(server.calls) == 3 * PROSE_ENDS + 20 - PROSE_ENDS
    assert FormRecord(tmp_path).get("m") == "text"
