from __future__ import annotations

from dataclasses import replace
from unicodedata import normalize

import pytest

from inference.models import ModelSpec, Price, endpoint_label, is_own_server
from inference.prices import most_tokens, most_usd, price_usd
from inference.types import ChatRequest, Message, Usage

_TOKENS = Usage(input_tokens=1_000_000, output_tokens=100_000)


def test_the_price_list_knows_a_public_model() -> None:
    assert price_usd(ModelSpec("m", "openai", "gpt-4o-2024-11-20"), _TOKENS) == pytest.approx(3.5)


def test_the_recipes_price_comes_first() -> None:
    spec = ModelSpec("m", "openai", "gpt-4o-2024-11-20", price=Price(1.0, 2.0))
    assert price_usd(spec, _TOKENS) == pytest.approx(1.2)


def test_what_nobody_knows_is_unknown_and_never_free() -> None:
    assert price_usd(ModelSpec("m", "openai", "some-model-of-2031"), _TOKENS) is None
    own = ModelSpec("m", "openai", "gpt-4o", base_url="http://127.0.0.1:8000/v1")
    assert price_usd(own, _TOKENS) is None


def test_an_embedded_model_is_free() -> None:
    assert price_usd(ModelSpec("m", "embedded", "smollm2-135m-instruct"), _TOKENS) == 0.0


_USAGE = Usage(1_000_000, 100_000, cached_tokens=400_000, reasoning_tokens=50_000)


@pytest.mark.parametrize(
    ("price", "usd"),
    [
        (Price(1.0, 2.0), 1.2),
        (Price(1.0, 2.0, cached_usd=0.5), 1.0),
        (Price(1.0, 2.0, reasoning_usd=6.0), 1.4),
        (Price(1.0, 2.0, cached_usd=0.0, reasoning_usd=0.0), 0.7),
    ],
)
def test_cached_and_reasoning_tokens_have_their_own_prices(price: Price, usd: float) -> None:
    spec = ModelSpec("m", "openai", "any", price=price)
    assert price_usd(spec, _USAGE) == pytest.approx(usd)
    bound = most_usd(spec, 1_000_000, 100_000)
    assert bound is not None
    assert bound >= usd


def test_the_price_list_prices_cached_tokens_and_a_part_above_its_whole() -> None:
    spec = ModelSpec("m", "openai", "gpt-4o-2024-11-20")
    assert price_usd(spec, _USAGE) == pytest.approx(3.5 - 0.4 * 1.25)
    assert price_usd(spec, Usage(1_000_000, 0, cached_tokens=2_000_000)) == pytest.approx(1.25)


def test_what_the_server_did_not_count_has_no_price_unless_it_is_free() -> None:
    assert price_usd(ModelSpec("m", "openai", "gpt-4o-2024-11-20"), Usage()) is None
    assert price_usd(ModelSpec("m", "openai", "any", price=Price(1, 1)), Usage()) is None
    assert price_usd(ModelSpec("m", "openai", "any", price=Price(0, 0)), Usage()) == 0.0


def test_a_bound_is_at_the_dearest_rate_of_the_largest_size() -> None:
    tiered = ModelSpec(
        "m", "openai", "gemini-2.5-pro", base_url="https://generativelanguage.googleapis.com/v1beta"
    )
    small, large = (most_usd(tiered, size, 1000) for size in (100_000, 300_000))
    assert small is not None
    assert large is not None
    assert large > 3 * small
    claude = ModelSpec("m", "anthropic", "claude-sonnet-4-5")
    assert most_usd(claude, 100_000, 0) == pytest.approx(
        0.375
    )  # written to a cache: 3.75 a million
    assert most_usd(ModelSpec("m", "openai", "some-model-of-2031"), 1, 1) is None


def test_no_text_has_more_tokens_than_its_bound() -> None:
    for text in ("plain words", "é🙂漢", "\ufdfa" * 10):
        request = ChatRequest("m", (Message("user", text), Message("assistant", "")))
        longest = max(len(text.encode()), len(normalize("NFKC", text).encode()))
        assert most_tokens(request) == longest + 2 * 32 + 2048
    schema = replace(request, json_schema='{"type":"object"}')
    assert most_tokens(schema) == most_tokens(request) + 17


@pytest.mark.parametrize(
    ("address", "own"),
    [
        (None, False),
        ("https://api.mistral.ai/v1", False),
        ("https://8.8.8.8/v1", False),
        ("http://127.0.0.1:8000/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://localhost:8000/v1", True),
        ("https://10.1.2.3/v1", True),
        ("http://gpu.example.org:8000/v1", True),
        ("https://gpu01/v1", True),
        ("https://models.lan/v1", True),
    ],
)
def test_own_servers_are_told_from_public_apis(address: str | None, own: bool) -> None:
    assert is_own_server(address) is own


def test_a_public_host_is_its_own_label_and_ones_own_server_goes_by_the_recipes_name() -> None:
    assert endpoint_label("m", "https://api.mistral.ai/v1") == "api.mistral.ai"
    assert endpoint_label("m", "http://127.0.0.1:8000/v1") == "m"


@pytest.mark.parametrize("usage", [Usage(-5, 3), Usage(5, -(10**9)), Usage(10**400, 1)])
def test_no_count_makes_a_price_that_is_below_0_or_none(usage: Usage) -> None:
    for spec in (
        ModelSpec("m", "openai", "any", price=Price(1, 1)),
        ModelSpec("m", "openai", "gpt-4o-2024-11-20"),
    ):
        price = price_usd(spec, usage)
        assert price is None or price >= 0
