"""What a reply's token counts say of its price, and where they say nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import pytest

from inference.models import Price
from inference.types import Usage
from tests.inference.providers.test_boundary import PROTOCOLS, outcome, require_reply
from tests.servers import faults
from tests.servers.anthropic_server import AnthropicServer
from tests.servers.behaviours import echo
from tests.servers.openai_server import Server
from tests.servers.running import running


@pytest.fixture(scope="module")
def servers() -> Iterator[Mapping[str, Server]]:
    with running(Server(echo)) as chat, running(AnthropicServer(echo)) as messages:
        yield MappingProxyType({"openai": chat, "anthropic": messages})


@pytest.mark.parametrize("count", [-1, 2**53, 2**63, 2**64, 10**30, 1.5, "12", True, [3], {}])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_count_that_is_none_leaves_the_price_unknown(
    servers: Mapping[str, Server], protocol: str, count: object
) -> None:
    both = dict.fromkeys(("prompt_tokens", "completion_tokens", "input_tokens", "output_tokens"), 7)
    for name in both:
        met = faults.usage(**(both | {name: count}))
        reply = require_reply(outcome(servers, protocol, met))
        read = name.startswith(("prompt", "completion")) == (protocol == "openai")
        assert reply.usage == (Usage() if read else Usage(7, 7))
        assert (reply.price_usd is None) is read


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_text_whose_tokens_nobody_counted_has_no_price(
    servers: Mapping[str, Server], protocol: str
) -> None:
    met = faults.usage(prompt_tokens=1000, input_tokens=1000)
    assert require_reply(outcome(servers, protocol, met)).price_usd is None
    free = outcome(servers, protocol, met, price=Price(0.0, 0.0))
    assert require_reply(free).price_usd == 0.0


def test_no_text_and_no_tokens_out_cost_what_went_in(servers: Mapping[str, Server]) -> None:
    met = faults.Alter(lambda payload: faults.message(content=None).change(
        {**payload, "usage": {"prompt_tokens": 1000, "completion_tokens": 0}}
    ))  # fmt: skip
    assert require_reply(outcome(servers, "openai", met)).price_usd == pytest.approx(0.001)


def test_a_count_that_is_whole_may_be_written_with_a_point(servers: Mapping[str, Server]) -> None:
    met = faults.usage(prompt_tokens=7.0, completion_tokens=2)
    assert require_reply(outcome(servers, "openai", met)).usage == Usage(7, 2)


@pytest.mark.parametrize("name", ["prompt_tokens", "completion_tokens"])
def test_a_count_that_no_call_can_have_is_kept_and_has_no_price(
    servers: Mapping[str, Server], name: str
) -> None:
    def price(count: int) -> float | None:
        counts = {"prompt_tokens": 7, "completion_tokens": 7, name: count}
        reply = require_reply(outcome(servers, "openai", faults.usage(**counts)))
        assert count in (reply.usage.input_tokens, reply.usage.output_tokens)
        return reply.price_usd

    assert price(5_000) is not None
    assert price(2**53 - 1) is None
