"""One prompt is not a model: what a server refuses once, always, and to everybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from inference.errors import KeyRefusedError, RequestRefusedError
from inference.types import Failed, Generate, Item, Missing, Program, Reply
from tests.inference.tasks import Question, asking, engine_for, item
from tests.servers import faults
from tests.servers.behaviours import echo
from tests.servers.openai_server import serve
from tests.servers.schedules import always, containing

_WALL = faults.html(403)
_REFUSED = Missing("request_refused")
_FORBIDDEN = "forbidden words"


def _many(number: int, first: str | None = None) -> list[Program[object]]:
    texts = [first] if first else []
    return [asking(text) for text in (*texts, *(f"q{each}" for each in range(number)))]


@pytest.mark.parametrize(
    "fault",
    [
        _WALL,
        faults.html(404),
        faults.api_error(400, "The context length is exceeded."),
        faults.api_error(413, "Too large."),
        faults.api_error(422, "Cannot be processed."),
    ],
    ids=lambda fault: str(fault.status),
)
@pytest.mark.parametrize("at_once", [1, 16])
def test_a_prompt_that_is_refused_twice_is_missing_and_the_others_are_answered(
    tmp_path: Path, fault: faults.Instead, at_once: int
) -> None:
    with (
        serve(echo, faults=containing(_FORBIDDEN, fault)) as server,
        engine_for(server.base_url, tmp_path / "ledger", max_in_flight=at_once) as engine,
    ):
        batch = engine.run(_many(12, first=_FORBIDDEN))
        assert batch.results == (_REFUSED, *(f"q{each}" for each in range(12)))
        assert engine.troubles() == {}
        assert sorted(server.counts(fault.status).values()) == [2]
        assert (batch.asked, batch.refused) == ({"m": 13}, {"m": 1})


def test_a_refusal_that_does_not_come_again_is_none(tmp_path: Path) -> None:
    with (
        serve(echo) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        engine.run([asking("another")])
        server.faults = containing(_FORBIDDEN, _WALL, tries=1)
        batch = engine.run(_many(3, first=_FORBIDDEN))
        assert batch.results[0] == _FORBIDDEN
        assert batch.refused == {}


def test_a_prompt_that_is_refused_on_resume_too_ends_nothing_though_it_comes_first(
    tmp_path: Path,
) -> None:
    with serve(echo, faults=containing(_FORBIDDEN, _WALL)) as server:
        for _ in range(2):
            with engine_for(server.base_url, tmp_path / "ledger", max_in_flight=1) as engine:
                assert engine.run(_many(3, first=_FORBIDDEN)).results[0] == _REFUSED


def test_a_wall_before_every_prompt_ends_the_model(tmp_path: Path) -> None:
    with (
        serve(echo, faults=always(_WALL)) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        assert engine.run([asking("q")]).results == (Failed("key_refused"),)
        assert isinstance(engine.troubles()["m"], KeyRefusedError)
        assert len(server.calls) == 1


@pytest.mark.parametrize(
    ("status", "kind"), [(403, KeyRefusedError), (404, RequestRefusedError)], ids=str
)
def test_a_server_that_takes_none_of_many_is_given_up_after_a_few(
    tmp_path: Path, status: int, kind: type[Exception]
) -> None:
    with (
        serve(echo, faults=always(faults.html(status))) as server,
        engine_for(server.base_url, tmp_path / "ledger", max_in_flight=1) as engine,
    ):
        batch = engine.run(_many(40))
        assert all(isinstance(result, Failed) for result in batch.results)
        assert isinstance(engine.troubles()["m"], kind)
        assert len(server.calls) == 5


def test_ten_prompts_that_are_forbidden_one_after_the_other_end_the_model(tmp_path: Path) -> None:
    with (
        serve(echo) as server,
        engine_for(server.base_url, tmp_path / "ledger", max_in_flight=1) as engine,
    ):
        engine.run(_many(3))
        server.faults = always(_WALL)
        batch = engine.run([asking(f"later {number}") for number in range(30)])
        assert batch.results.count(_REFUSED) < 10
        assert isinstance(batch.results[-1], Failed)
        assert isinstance(engine.troubles()["m"], KeyRefusedError)
        assert len(server.counts(403)) == 10


@pytest.mark.parametrize(
    "fault",
    [
        faults.key_refused(401),
        faults.key_refused(403),
        faults.api_error(403, "No.", kind="permission_error"),
        faults.api_error(403, "No.", kind="insufficient_quota"),
        faults.api_error(404, "No such model.", code="model_not_found"),
    ],
    ids=str,
)
def test_a_refused_key_ends_the_model_at_once_also_amid_answers(
    tmp_path: Path, fault: faults.Instead
) -> None:
    with (
        serve(echo, faults=containing(_FORBIDDEN, fault)) as server,
        engine_for(server.base_url, tmp_path / "ledger", max_in_flight=1) as engine,
    ):
        engine.run(_many(2))
        batch = engine.run([asking(_FORBIDDEN), asking("more")])
        assert [type(result) for result in batch.results] == [Failed, Failed]
        assert sum(server.counts(fault.status).values()) == 1


@pytest.mark.parametrize(
    "fault",
    [
        faults.api_error(400, "Not supported.", param="temperature"),
        faults.Instead(422, b'{"detail": [{"loc": ["body", "temperature"], "msg": "no"}]}'),
        faults.api_error(400, "`temperature` is not supported for this model."),
        faults.api_error(400, "temperature: Extra inputs are not permitted"),
    ],
    ids=["param", "loc", "quoted", "named"],
)
def test_what_refuses_every_request_is_told_with_its_status_and_the_parameters_name(
    tmp_path: Path, fault: faults.Instead
) -> None:
    with (
        serve(echo, faults=always(fault)) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        batch = engine.run(_many(30))
        trouble = engine.troubles()["m"]
        assert all(isinstance(result, Failed) for result in batch.results)
        assert len(server.counts(fault.status)) < 30
    assert isinstance(trouble, RequestRefusedError)
    assert f"HTTP {fault.status}" in str(trouble)
    assert "`temperature`" in str(trouble)
    assert "`models.m` may be given `sampling: fixed`" in str(trouble)


def test_a_parameters_name_that_is_none_of_ours_is_not_told(tmp_path: Path) -> None:
    fault = faults.api_error(400, "Not supported.", param="planted")
    with (
        serve(echo, faults=always(fault)) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        engine.run(_many(30))
        assert "planted" not in str(engine.troubles()["m"])


class _Texts(Question):
    def parse(self, item: Item, reply: Reply) -> tuple[str, ...]:  # type: ignore[override]
        return (reply.text,)


def test_a_writer_that_is_refused_is_exhausted_with_the_reason(tmp_path: Path) -> None:
    def writing() -> Program[object]:
        return (yield Generate(_Texts(), item(_FORBIDDEN), 1, tries=2))

    with (
        serve(echo, faults=containing(_FORBIDDEN, faults.api_error(400, "No."))) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        engine.run([asking("q")])
        written = engine.run([writing()]).results[0]
    assert written.kept == ()  # type: ignore[union-attr]
    assert set(written.unusable) == {"request_refused"}  # type: ignore[union-attr]
