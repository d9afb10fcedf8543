"""Which provider speaks for a model of a recipe; each is imported when it is first wanted."""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType

from base.did_you_mean import did_you_mean
from inference.canonical import Identity
from inference.errors import ModelUnknownError
from inference.models import PROVIDERS, ModelSpec
from inference.providers.base import Provider


def identity_of(spec: ModelSpec) -> Identity:
    """What a model is in the keys of the ledger; no key of a server is needed.

    Raises:
        ModelUnknownError: No provider of that name is built.
        ModelFileUnusableError: An embedded model's file cannot be used.
    """
    found: Identity = _module_of(spec)[0].identity_of(spec)
    return found


def _module_of(spec: ModelSpec) -> tuple[ModuleType, str]:
    """The module of a model's provider, and the name of its class."""
    if spec.provider not in PROVIDERS:
        rule = f"model `{spec.name}` needs a provider that is built"
        raise ModelUnknownError(rule + did_you_mean(spec.provider, PROVIDERS), spec.provider)
    module, name = PROVIDERS[spec.provider].maker.split(".")
    return import_module(f"inference.providers.{module}"), name


def provide(spec: ModelSpec) -> Provider:
    """The provider of a model.

    Raises:
        ModelUnknownError: No provider of that name is built.
        KeyMissingError: The environment lacks the model's key.
        ModelFileUnusableError: An embedded model's file cannot be used.
    """
    module, name = _module_of(spec)
    maker: Callable[[ModelSpec], Provider] = getattr(module, name)
    return maker(spec)
