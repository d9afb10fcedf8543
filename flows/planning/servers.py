"""Which server a model of a recipe is asked on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flows.recipe.models import EmbeddedModel
from flows.recipe.schema import Recipe
from flows.recipe.specs import PUBLIC_APIS, to_spec
from inference.endpoints import is_own_server
from inference.models import ModelSpec


@dataclass(frozen=True, slots=True)
class Server:
    """The server of one model.

    Attributes:
        spec: The model as the engine sees it.
        retired: Whether the recipe says that the model is no longer served, or since when.
    """

    spec: ModelSpec
    retired: bool | str

    @property
    def base_url(self) -> str:
        """Its address up to and with `/v1`."""
        return self.spec.base_url or PUBLIC_APIS[self.spec.provider]

    @property
    def host(self) -> str:
        """Its host, with the port where one is given."""
        return urlsplit(self.base_url).netloc

    @property
    def hosted(self) -> bool:
        """Whether it is somebody else's public API."""
        return not is_own_server(self.spec.base_url)

    @property
    def model(self) -> str:
        """The model's name as the server knows it."""
        return self.spec.model

    @property
    def key_env(self) -> str | None:
        """The environment variable with its key, or None where it wants none."""
        return self.spec.key_env

    def has_key(self, environment: Mapping[str, str]) -> bool:
        """Whether it wants no key, or its key is set."""
        return self.key_env is None or bool(environment.get(self.key_env))

    def headers(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The headers that a request to it carries."""
        version = {"anthropic-version": "2023-06-01"} if self.spec.provider == "anthropic" else {}
        if self.key_env is None:
            return version
        key = environment[self.key_env]
        return version | ({"x-api-key": key} if version else {"Authorization": f"Bearer {key}"})


def server_of(recipe: Recipe, name: str) -> Server | None:
    """The server of a model, or None for one that runs on this machine."""
    entry = recipe.models[name]
    if isinstance(entry, EmbeddedModel):
        return None
    return Server(to_spec(recipe, name), entry.retired)
