"""What a recipe says of a model or an encoder, as the values that the engine takes."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from base.did_you_mean import did_you_mean
from inference.generations import TokenLimit, plain_name, retirement_of
from inference.models import PROVIDERS, EncoderSpec, ModelSpec, Price, merged, public_key
from pipelines.errors import RecipeError
from pipelines.recipe.models import (
    SHIPPED_MODELS,
    AnthropicModel,
    EmbeddedModel,
    OpenAIModel,
    ServedModel,
)
from pipelines.recipe.models import Price as RecipePrice
from pipelines.recipe.schema import Recipe

_FREE = Price(0.0, 0.0)


def to_spec(recipe: Recipe, name: str) -> ModelSpec:
    """The model of that name.

    Raises:
        RecipeError: The recipe has no such model, or its file is not there.
        SourceError: Its file is on the Hub and cannot be had.
    """
    if name not in recipe.models:
        raise RecipeError(
            f"model must be one of the recipe's{did_you_mean(name, recipe.models)}", name
        )
    entry = recipe.models[name]
    if isinstance(entry, EmbeddedModel):
        return _embedded(recipe, name, entry)
    return _served(name, entry)


def to_specs(recipe: Recipe) -> dict[str, ModelSpec]:
    """Every model of the recipe by its name."""
    return {name: to_spec(recipe, name) for name in recipe.models}


_MAKERS = {
    "claude": "api.anthropic.com",
    "gpt": "api.openai.com",
    "gemini": "generativelanguage.googleapis.com",
}
"""Where the table's days hold: routers and clouds retire models on days of their own."""


def retirement_day(recipe: Recipe, name: str) -> str | None:
    """The day on which a model retires, as YYYY-MM-DD; `""` where it has and no day is stated.

    As the recipe says (`retired`), else as the table of generations does for the maker's own API.
    None where nobody says that it retires.
    """
    entry = recipe.models[name]
    if isinstance(entry, EmbeddedModel):
        return None
    if entry.retired is not False:
        return entry.retired if isinstance(entry.retired, str) else ""
    known = retirement_of(entry.model)
    host = urlsplit(entry.base_url or PROVIDERS[entry.provider].public_api).hostname
    own = _MAKERS.get(plain_name(entry.model).partition("-")[0])
    return known.day.isoformat() if known is not None and host == own else None


def retired_since(recipe: Recipe, name: str, today: date | None = None) -> str | None:
    """Since when a model is no longer served: `since DAY` or `retired`; None where it is served.

    Args:
        recipe: The recipe.
        name: The model's name in it.
        today: The day that counts as today.
    """
    day = retirement_day(recipe, name)
    now = (today or datetime.now(tz=UTC).date()).isoformat()
    if day is None or day > now:
        return None
    return f"since {day}" if day else "retired"


def to_encoder(recipe: Recipe, name: str) -> EncoderSpec:
    """The encoder of that name: a shipped one, a folder, or a Hub id with or without `@revision`.

    Raises:
        RecipeError: It is written as a folder and is none.
    """
    if (folder := located(recipe.folder, name)) is not None and "/" in name:
        return EncoderSpec(name, path=folder)
    if name.startswith((".", "/", "~")):
        raise RecipeError("encoder must be a folder that is there", name)
    hub_id, _, revision = name.partition("@")
    return EncoderSpec(hub_id, revision=revision or None)


def located(folder: Path, name: str) -> Path | None:
    """A file or folder by its path from `folder`, else from the working folder, else None."""
    path = Path(name).expanduser()
    return next((each for each in (folder / path, path) if each.exists()), None)


def _embedded(recipe: Recipe, name: str, entry: EmbeddedModel) -> ModelSpec:
    path = None if entry.path is None else _gguf(recipe, name, entry.path)
    return ModelSpec(
        name=name,
        provider="embedded",
        model=entry.model if path is None or entry.model not in SHIPPED_MODELS else path.stem,
        label=entry.label,
        path=path,
        price=_price(entry.price),
        max_in_flight=entry.max_in_flight,
        timeout_s=entry.timeout_s,
        give_up_s=entry.give_up_s,
        attempts=entry.attempts,
        slots=entry.slots,
        context=entry.context,
    )


def _gguf(recipe: Recipe, name: str, given: str) -> Path:
    from pipelines.recipe.hub_names import hub_name, is_hub_name

    if is_hub_name(given):
        from pipelines.sources.hub import fetch_file  # loads the Hub's client

        return fetch_file(hub_name(given, "model"))
    path = located(recipe.folder, given)
    if path is None:
        raise RecipeError(f"models.{name}.path must be a GGUF file that is there", given)
    return path


def _served(name: str, entry: ServedModel) -> ModelSpec:
    address = entry.base_url or PROVIDERS[entry.provider].public_api
    return ModelSpec(
        name=name,
        provider=entry.provider,
        model=entry.model,
        base_url=entry.base_url,
        label=entry.label,
        key_env=entry.key_env or public_key(address),
        price=_price(entry.price),
        max_in_flight=entry.max_in_flight,
        fixed_sampling=_is_fixed(entry),
        settings=_settings(entry),
        structured=entry.structured,
        token_limit=_token_limit(entry),
        prefill=entry.generation is None or entry.generation.prefill,
        headers=tuple(sorted(entry.headers.items())),
        query=tuple(sorted(entry.query.items())),
        key_header=entry.key_header,
        completion=isinstance(entry, OpenAIModel) and entry.api == "completions",
        rpm=entry.rpm,
        tpm=entry.tpm,
        timeout_s=entry.timeout_s,
        give_up_s=entry.give_up_s,
        attempts=entry.attempts,
    )


def _is_fixed(entry: ServedModel) -> bool:
    """Whether no temperature is sent: as the recipe says, else as the generation wants it."""
    if entry.sampling is not None or entry.generation is None:
        return entry.sampling == "fixed"
    said = entry.generation.sampling
    if said == "at_no_effort":
        reasoning = entry.reasoning if isinstance(entry, OpenAIModel) else None
        return reasoning is None or reasoning.effort != "none"
    if said == "without_thinking":
        thinking = entry.thinking if isinstance(entry, AnthropicModel) else None
        return thinking is not None and thinking.type != "disabled"
    return said == "fixed"


def thinks(entry: ServedModel) -> bool:
    """Whether a model thinks before it answers, as the recipe says, else as its generation does."""
    said = entry.thinking if isinstance(entry, AnthropicModel) else None
    if said is not None:
        return said.type != "disabled"
    reasoning = entry.reasoning if isinstance(entry, OpenAIModel) else None
    if reasoning is not None:
        return reasoning.effort != "none" and reasoning.budget_tokens != 0
    return entry.generation is not None and entry.generation.thinking != "off"


def _settings(entry: ServedModel) -> str:
    """The fields that a recipe adds to every request's body, as JSON with sorted keys."""
    fields: dict[str, Any] = {}
    if isinstance(entry, AnthropicModel):
        fields = {} if entry.thinking is None else entry.thinking.fields()
    elif entry.reasoning is not None:
        fields = entry.reasoning.fields(entry.generation)
    whole = merged(fields, entry.extra_body or {})
    return json.dumps(whole, sort_keys=True, ensure_ascii=True) if whole else ""


def _token_limit(entry: ServedModel) -> TokenLimit | None:
    if not isinstance(entry, OpenAIModel):
        return None
    known = None if entry.generation is None else entry.generation.token_limit
    return entry.token_limit or known


def _price(given: RecipePrice | str | None) -> Price | None:
    if isinstance(given, RecipePrice):
        return Price(given.input, given.output, given.cached, given.reasoning, given.cache_write)
    return _FREE if given == "free" else None
