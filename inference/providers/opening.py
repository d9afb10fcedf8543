"""Which provider speaks for a model of a recipe; each is imported when it is first wanted."""

from inference.errors import ModelUnknownError
from inference.models import ModelSpec
from inference.providers.base import Provider


def provide(spec: ModelSpec) -> Provider:
    """The provider of a model.

    Raises:
        ModelUnknownError: No provider of that name is built.
        KeyMissingError: The environment lacks the model's key.
        ModelFileUnusableError: An embedded model's file cannot be used.
    """
    if spec.provider == "openai":
        from inference.providers.openai import OpenAIProvider

        return OpenAIProvider(spec)
    if spec.provider == "anthropic":
        from inference.providers.anthropic import AnthropicProvider

        return AnthropicProvider(spec)
    if spec.provider == "embedded":
        from inference.providers.embedded import EmbeddedProvider

        return EmbeddedProvider(spec)
    raise ModelUnknownError(f"model `{spec.name}` needs a provider that is built", spec.provider)
