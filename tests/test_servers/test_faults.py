from __future__ import annotations

import time
from threading import Event
from typing import TYPE_CHECKING

import openai
import pytest

from tests.servers import faults
from tests.servers.behaviours import echo
from tests.servers.openai_server import serve
from tests.servers.schedules import always, during, first_tries

if TYPE_CHECKING:
    from tests.test_servers.conftest import Asks


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.rate_limited(seconds=1), openai.RateLimitError),
        (faults.quota_spent(), openai.RateLimitError),
        (faults.server_error(), openai.InternalServerError),
        (faults.server_error(503), openai.InternalServerError),
        (faults.html(502), openai.InternalServerError),
        (faults.key_refused(), openai.AuthenticationError),
        (faults.key_refused(403), openai.PermissionDeniedError),
        (faults.api_error(400, "No."), openai.BadRequestError),
        (faults.closed_before_headers(), openai.APIConnectionError),
        (faults.closed_after_headers(), openai.APIConnectionError),
    ],
)
def test_the_real_client_raises_its_own_error(
    ask: Asks, fault: faults.Fault, error: type[openai.APIError]
) -> None:
    with serve(echo, faults=always(fault)) as server, pytest.raises(error):
        ask(server)


def test_a_rate_limit_says_when_to_come_back(ask: Asks) -> None:
    fault = faults.rate_limited(seconds=2, ms=40)
    with (
        serve(echo, faults=always(fault)) as server,
        pytest.raises(openai.RateLimitError) as caught,
    ):
        ask(server)
    assert caught.value.code == "rate_limit_exceeded"
    assert caught.value.response.headers["Retry-After"] == "2"
    assert caught.value.response.headers["retry-after-ms"] == "40"


@pytest.mark.parametrize(
    "fault", [faults.rate_limited(ms=10), faults.server_error(), faults.closed_before_headers()]
)
def test_the_client_s_own_retry_succeeds_where_only_the_first_try_fails(
    ask: Asks, fault: faults.Fault
) -> None:
    with serve(echo, faults=first_tries(1, fault)) as server:
        assert ask(server, retries=1).choices[0].message.content == "Hello there"
        assert [call.repeat for call in server.calls] == [0, 1]


@pytest.mark.parametrize("fault", [faults.html(), faults.half_json()])
def test_an_answer_that_is_no_json_reaches_the_client_with_status_200(
    ask: Asks, fault: faults.Fault
) -> None:
    with serve(echo, faults=always(fault)) as server:
        try:
            answer = ask(server)
        except ValueError:
            answer = None
        assert not hasattr(answer, "choices")
        assert server.calls[0].status == 200


@pytest.mark.slow
def test_a_hanging_call_is_never_answered_and_ends_with_the_server(ask: Asks) -> None:
    with serve(echo, faults=always(faults.hangs())) as server:
        with pytest.raises(openai.APITimeoutError):
            # Long enough for a busy machine to have read the call before the client gives up.
            ask(server, timeout=3)
        assert not server.calls[0].answered


def test_a_connection_that_is_cut_counts_as_not_answered(ask: Asks) -> None:
    with serve(echo, faults=always(faults.closed_after_headers())) as server:
        with pytest.raises(openai.APIConnectionError):
            ask(server)
        assert server.calls[0].status is None
        assert not server.counts(status=200)


def test_a_slow_answer_arrives_late(ask: Asks) -> None:
    with serve(echo, faults=always(faults.slow(0.2))) as server:
        started = time.perf_counter()
        assert ask(server).choices[0].message.content == "Hello there"
        assert time.perf_counter() - started >= 0.2


def test_an_outage_ends_when_its_switch_is_cleared(ask: Asks) -> None:
    switch = Event()
    switch.set()
    with serve(echo, faults=during(switch, faults.server_error(503))) as server:
        with pytest.raises(openai.InternalServerError):
            ask(server)
        switch.clear()
        assert ask(server).choices


@pytest.mark.parametrize("reason", ["length", "content_filter"])
def test_the_finish_reason_is_what_the_fault_says(ask: Asks, reason: str) -> None:
    with serve(echo, faults=always(faults.finish(reason))) as server:
        assert ask(server).choices[0].finish_reason == reason


def test_an_empty_answer_is_an_empty_string(ask: Asks) -> None:
    with serve(echo, faults=always(faults.empty())) as server:
        assert ask(server).choices[0].message.content == ""


def test_a_refusal_leaves_the_content_out(ask: Asks) -> None:
    with serve(echo, faults=always(faults.refusal("No."))) as server:
        message = ask(server).choices[0].message
    assert (message.content, message.refusal) == (None, "No.")


def test_usage_can_be_missing(ask: Asks) -> None:
    with serve(echo, faults=always(faults.without_usage())) as server:
        assert ask(server).usage is None


def test_the_answer_can_name_another_model(ask: Asks) -> None:
    with serve(echo, faults=always(faults.other_model("other-0613"))) as server:
        assert ask(server).model == "other-0613"


def test_an_answer_can_be_a_megabyte_long(ask: Asks) -> None:
    with serve(echo, faults=always(faults.padded())) as server:
        content = ask(server).choices[0].message.content
    assert content is not None
    assert len(content) == 1_000_000


def test_azure_s_input_block_is_a_400_with_the_code_content_filter(ask: Asks) -> None:
    fault = faults.azure_input_block()
    with (
        serve(echo, faults=always(fault)) as server,
        pytest.raises(openai.BadRequestError) as caught,
    ):
        ask(server)
    assert caught.value.code == "content_filter"
    assert caught.value.param == "prompt"


def test_azure_s_output_block_is_a_finish_reason(ask: Asks) -> None:
    with serve(echo, faults=always(faults.azure_output_block())) as server:
        assert ask(server).choices[0].finish_reason == "content_filter"


def test_azure_s_failed_filter_leaves_the_answer_whole(ask: Asks) -> None:
    with serve(echo, faults=always(faults.azure_filter_failed())) as server:
        choice = ask(server).choices[0]
    assert choice.finish_reason == "stop"
    assert choice.to_dict()["content_filter_results"] == {
        "error": {"code": "content_filter_error", "message": "The contents are not filtered."}
    }


def test_gemini_s_input_block_has_no_choice(ask: Asks) -> None:
    with serve(echo, faults=always(faults.gemini_input_block())) as server:
        answer = ask(server)
    assert answer.choices == []
    assert answer.to_dict()["promptFeedback"] == {"blockReason": "PROHIBITED_CONTENT"}


def test_gemini_s_output_block_has_no_content(ask: Asks) -> None:
    with serve(echo, faults=always(faults.gemini_output_block())) as server:
        choice = ask(server).choices[0]
    assert choice.message.content is None
    assert str(choice.finish_reason) == "SAFETY"
