"""What a recipe says of a model or an encoder, as the values that the engine takes."""

from pathlib import Path

from base.did_you_mean import did_you_mean
from inference.models import PROVIDERS, EncoderSpec, ModelSpec, Price, public_key
from pipelines.errors import RecipeError
from pipelines.recipe.models import SHIPPED_MODELS, EmbeddedModel, OpenAIModel, ServedModel
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
        fixed_sampling=entry.sampling == "fixed",
        completion=isinstance(entry, OpenAIModel) and entry.api == "completions",
        rpm=entry.rpm,
        tpm=entry.tpm,
        timeout_s=entry.timeout_s,
        give_up_s=entry.give_up_s,
        attempts=entry.attempts,
    )


def _price(given: RecipePrice | str | None) -> Price | None:
    if isinstance(given, RecipePrice):
        return Price(given.input, given.output, given.cached, given.reasoning)
    return _FREE if given == "free" else None
