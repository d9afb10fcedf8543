"""Which provider speaks for a model of a recipe; each is imported when it is first wanted."""

from collections.abc import Callable
from importlib import import_module

from base.did_you_mean import did_you_mean
from inference.errors import ModelUnknownError
from inference.models import PROVIDERS, ModelSpec
from inference.providers.base import Provider


def provide(spec: ModelSpec) -> Provider:
    """The provider of a model.

    Raises:
        ModelUnknownError: No provider of that name is built.
        KeyMissingError: The environment lacks the model's key.
        ModelFileUnusableError: An embedded model's file cannot be used.
    """
    if spec.provider not in PROVIDERS:
        rule = f"model `{spec.name}` needs a provider that is built"
        raise ModelUnknownError(rule + did_you_mean(spec.provider, PROVIDERS), spec.provider)
    module, name = PROVIDERS[spec.provider].maker.split(".")
    maker: Callable[[ModelSpec], Provider] = getattr(
        import_module(f"inference.providers.{module}"), name
    )
    return maker(spec)
