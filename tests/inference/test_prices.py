from __future__ import annotations

import pytest

from inference.endpoints import endpoint_label, is_own_server
from inference.models import ModelSpec, Price
from inference.prices import price_usd
from inference.types import Usage

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
