"""Each provider's row says all that is to be known of it, and its class is where it says."""

from __future__ import annotations

import pytest

from inference.errors import ModelUnknownError
from inference.limits.headers import Remaining, read
from inference.models import PROVIDERS, ModelSpec, public_key
from inference.providers.opening import provide
from pipelines.recipe.models import Model


def _spec(provider: str, base_url: str | None = "http://127.0.0.1:9/v1") -> ModelSpec:
    return ModelSpec("m", provider, "some-model", base_url=base_url)


@pytest.mark.parametrize("name", [name for name, each in PROVIDERS.items() if each.public_api])
def test_the_class_that_a_row_names_speaks_for_the_model(name: str) -> None:
    provider = provide(_spec(name))
    assert provider.identity.provider == name
    assert provider.address == "http://127.0.0.1:9/v1"


def test_the_embedded_provider_is_the_one_that_its_row_names() -> None:
    provider = provide(ModelSpec("m", "embedded", "smollm2-135m-instruct"))
    assert provider.identity.provider == "embedded"


def test_a_provider_that_is_not_built_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(ModelUnknownError, match="openai") as refused:
        provide(_spec("opnai"))
    assert refused.value.rule.startswith("model `m` needs a provider that is built")


def test_the_providers_of_a_recipe_are_those_that_have_a_row() -> None:
    settings = [each.model_fields["provider"].annotation for each in _settings()]
    named = [name for each in settings for name in each.__args__]
    assert named == list(PROVIDERS)


def _settings() -> list[type]:
    from typing import get_args

    return list(get_args(get_args(Model)[0]))


@pytest.mark.parametrize("name", [name for name, each in PROVIDERS.items() if each.limits])
def test_what_a_provider_says_is_left_is_read(name: str) -> None:
    for left, reset, kind in PROVIDERS[name].limits:
        found = list(read({left: "3", reset: "2"}, now=0.0))
        assert found == [Remaining(left, kind, 3.0, 2.0)]


def test_a_key_goes_into_the_header_of_its_provider() -> None:
    assert PROVIDERS["openai"].auth_headers(None) == {}
    assert PROVIDERS["openai"].auth_headers("k") == {"Authorization": "Bearer k"}
    version = {"anthropic-version": "2023-06-01"}
    assert PROVIDERS["anthropic"].auth_headers(None) == version
    assert PROVIDERS["anthropic"].auth_headers("k") == version | {"x-api-key": "k"}


def test_only_a_public_api_has_a_key_by_itself() -> None:
    assert public_key("https://api.openai.com/v1") == "OPENAI_API_KEY"
    assert public_key("https://api.anthropic.com/v1") == "ANTHROPIC_API_KEY"
    assert public_key("http://127.0.0.1:8000/v1") is None
    assert public_key("") is None
    assert public_key("http://api.openai.com/v1") is None
    assert public_key("https://api.openai.com:8443/v1") is None
    assert public_key("https://api.openai.com.evil.example/v1") is None
