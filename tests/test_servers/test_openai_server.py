from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import openai
import pytest

from tests.servers.behaviours import Answer, Router, Scripted, echo
from tests.servers.openai_server import Server, serve

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionUserMessageParam

    from tests.test_servers.conftest import Asks


def test_the_real_client_is_answered_as_by_a_real_server(ask: Asks) -> None:
    with serve(echo) as server:
        answer = ask(server, "How do ferries turn?", model="some-model")
    choice = answer.choices[0]
    assert choice.message.content == "How do ferries turn?"
    assert choice.message.role == "assistant"
    assert choice.finish_reason == "stop"
    assert choice.message.refusal is None
    assert answer.model == "some-model"
    assert answer.usage is not None
    assert answer.usage.prompt_tokens > 0
    assert answer.usage.completion_tokens > 0
    assert answer._request_id == "req_0"


def test_the_same_request_is_answered_by_the_same_bytes(ask: Asks) -> None:
    with serve(echo) as server:
        first, second = ask(server), ask(server)
    assert first.to_json() == second.to_json()


def test_models_are_listed_by_the_names_that_a_router_knows() -> None:
    async def names() -> list[str]:
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key="none") as client:
            return [model.id async for model in client.models.list()]

    with serve(Router({"small": echo, "large": echo})) as server:
        assert asyncio.run(names()) == ["small", "large"]


def test_a_model_that_the_router_does_not_know_is_not_found(ask: Asks) -> None:
    with serve(Router({"small": echo})) as server, pytest.raises(openai.NotFoundError) as caught:
        ask(server, model="huge")
    assert caught.value.code == "model_not_found"


def test_a_path_that_is_not_served_is_not_found() -> None:
    async def embed() -> None:
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key="none") as client:
            await client.embeddings.create(model="loopback", input="text")

    with serve(echo) as server, pytest.raises(openai.NotFoundError):
        asyncio.run(embed())


def test_a_stop_string_ends_the_answer_before_itself(ask: Asks) -> None:
    with serve(echo) as server:
        answer = ask(server, "one two END three", stop=["nowhere", " END"])
    assert answer.choices[0].message.content == "one two"
    assert answer.choices[0].finish_reason == "stop"


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_an_answer_longer_than_allowed_is_cut_and_says_so(ask: Asks, name: str) -> None:
    with serve(echo) as server:
        answer = ask(server, "one two three four five", **{name: 3})
    assert answer.choices[0].message.content == "one two three"
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 3


def test_an_answer_just_as_long_as_allowed_is_whole(ask: Asks) -> None:
    with serve(echo) as server:
        answer = ask(server, "one two three", max_tokens=3)
    assert answer.choices[0].finish_reason == "stop"


def test_log_probabilities_cover_the_answer_with_as_many_alternatives_as_asked(ask: Asks) -> None:
    with serve(echo) as server:
        answer = ask(server, "one two", logprobs=True, top_logprobs=4)
    logprobs = answer.choices[0].logprobs
    assert logprobs is not None
    assert logprobs.content is not None
    assert "".join(token.token for token in logprobs.content) == "one two"
    assert all(len(token.top_logprobs) == 4 for token in logprobs.content)
    assert all(token.logprob <= 0 for token in logprobs.content)


def test_a_behaviour_may_set_the_first_token_s_alternatives(ask: Asks) -> None:
    vote = Answer("Yes", first=(("No", -2.0), ("Yes", -0.2)))
    with serve(Scripted({"risky": vote})) as server:
        answer = ask(server, "Does this sound risky?", logprobs=True, top_logprobs=2)
    logprobs = answer.choices[0].logprobs
    assert logprobs is not None
    assert logprobs.content is not None
    top = logprobs.content[0].top_logprobs
    assert [(token.token, token.logprob) for token in top] == [("Yes", -0.2), ("No", -2.0)]


def test_a_refusal_comes_in_its_own_field(ask: Asks) -> None:
    with serve(Scripted({"": Answer(None, refusal="I cannot.")})) as server:
        message = ask(server).choices[0].message
    assert message.content is None
    assert message.refusal == "I cannot."


def test_a_wrong_key_is_refused_where_one_is_wanted(ask: Asks) -> None:
    with serve(echo, key="right") as server:
        with pytest.raises(openai.AuthenticationError) as caught:
            ask(server, api_key="wrong")
        assert caught.value.code == "invalid_api_key"
        assert ask(server, api_key="right").choices[0].message.content == "Hello there"


def test_a_missing_key_is_refused_where_one_is_wanted() -> None:
    with serve(echo, key="right") as server:
        assert post(server, b'{"model": "m", "messages": []}') == 401


def test_calls_are_recorded_in_order_with_their_bodies_and_repeats(ask: Asks) -> None:
    with serve(echo) as server:
        for text in ("a", "b", "a"):
            ask(server, text, temperature=0.5)
        calls = server.calls
    assert [call.body["messages"][0]["content"] for call in calls] == ["a", "b", "a"]
    assert [call.repeat for call in calls] == [0, 0, 1]
    assert all(call.answered and call.status == 200 for call in calls)
    assert server.counts() == {calls[0].digest: 2, calls[1].digest: 1}
    assert server.counts(status=200) == server.counts()
    assert not server.counts(status=500)


def test_a_body_has_one_digest_whatever_the_order_of_its_keys() -> None:
    with serve(echo) as server:
        for body in ('{"model":"m","messages":[]}', '{ "messages" : [], "model" : "m" }'):
            assert post(server, body.encode()) == 400
        assert list(server.counts().values()) == [2]


def test_the_peak_of_calls_in_flight_is_counted() -> None:
    async def several() -> None:
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key="none") as client:
            ask = client.chat.completions.create
            turn: ChatCompletionUserMessageParam = {"role": "user", "content": "Hello"}
            await asyncio.gather(*(ask(model="loopback", messages=[turn]) for _ in range(5)))

    with serve(echo, latency_s=0.2) as server:
        asyncio.run(several())
        assert server.peak == 5


def test_latency_delays_every_answer(ask: Asks) -> None:
    with serve(echo, latency_s=0.15) as server:
        started = time.perf_counter()
        ask(server)
        assert time.perf_counter() - started >= 0.15


def test_a_text_of_a_megabyte_is_taken(ask: Asks) -> None:
    with serve(echo) as server:
        text = ask(server, "word " * 200_000).choices[0].message.content
    assert text is not None
    assert len(text) == 1_000_000


def test_a_body_that_is_no_json_is_refused_and_recorded() -> None:
    with serve(echo) as server:
        assert post(server, b"{half") == 400
        assert server.calls[0].canonical == b"{half"


def post(server: Server, body: bytes) -> int:
    """Posts raw bytes, without a key; the HTTP status."""
    request = Request(f"{server.base_url}/chat/completions", body)
    try:
        with urlopen(request, timeout=10) as response:
            return int(response.status)
    except HTTPError as error:
        with error:
            return error.code
