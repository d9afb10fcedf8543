"""The models of a recipe: who is asked, where, how fast, and what it costs."""

from datetime import date
from typing import Annotated, Any, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from base.did_you_mean import did_you_mean
from inference.generations import Generation, TokenLimit, generation_of
from inference.models import Structured, is_private_host, is_public_api
from moderators.guards.registry import DIALECTS
from moderators.refusal.classifier import CLASSIFIERS
from pipelines.recipe.base import Count, Name, OneOf, Part, Text, spelled
from pipelines.recipe.requests import ExtraBody, Headers, KeyHeader, Query
from pipelines.recipe.thinking import Reasoning, Thinking, require_free

FAMILIES = tuple(
    "gpt claude gemini gemma llama mistral qwen deepseek granite phi olmo command grok smollm glm "
    "kimi nova".split()
)
"""The known ones; a family may be any other word, of which a likely slip is warned."""


def likely_slip(family: str | None) -> str | None:
    """What is to be warned of where a family is nearly a known one; None where nothing is.

    Example:
        >>> likely_slip("mistal")
        'family `mistal` is none that is known (did you mean `mistral`?)'
    """
    if family is None or family in FAMILIES:
        return None
    near = did_you_mean(family, FAMILIES)
    return f"family `{family}` is none that is known{near}" if near else None


Dialect: TypeAlias = Annotated[str, OneOf((*DIALECTS, *sorted(CLASSIFIERS)))]

SHIPPED_MODELS = ("smollm2-135m-instruct",)
"""Embedded models that come with the installation; any other one is given by `path`."""


def _environment_name(given: str) -> str:
    if given and given.isascii() and given.replace("_", "A").isalnum() and given == given.upper():
        return given
    raise PydanticCustomError(
        "secret", "must be the name of an environment variable in capitals, not a key"
    )


def _address(given: str) -> str:
    try:
        parts = urlsplit(given)
        _ = parts.port  # raises where it is none
    except ValueError:
        raise PydanticCustomError("secret", _FORM) from None
    if "@" in parts.netloc:
        raise PydanticCustomError("secret", "must hold no user and no password; use `key_env`")
    if "?" in given or "#" in given:
        raise PydanticCustomError("secret", "must hold no query and no fragment; use `key_env`")
    plain = given.isascii() and given.isprintable() and not set(given) & set(" \\")
    if not plain or parts.scheme not in ("http", "https") or not parts.hostname:
        raise PydanticCustomError("address", _FORM)
    return given.rstrip("/")


_FORM = "must be an address such as http://127.0.0.1:8000/v1"


def _as_text(given: object) -> object:
    return given.isoformat() if isinstance(given, date) else given


Day = Annotated[
    str,
    BeforeValidator(_as_text),
    spelled(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", "a day or a month, such as 2026-01-05"),
]
"""Text; a bare day, which YAML reads as a date, is taken as it is written."""

EnvironmentName = Annotated[str, AfterValidator(_environment_name)]
Address = Annotated[str, AfterValidator(_address)]


class Price(Part):
    """What a model costs, where the kept price list does not know it or is wrong."""

    input: float = Field(ge=0)
    """US dollars per million input tokens."""
    output: float = Field(ge=0)
    """US dollars per million output tokens."""
    cached: float | None = Field(default=None, ge=0)
    """US dollars per million cached input tokens; by default as `input`."""
    reasoning: float | None = Field(default=None, ge=0)
    """US dollars per million tokens of reasoning; by default as `output`."""
    cache_write: float | None = Field(default=None, ge=0)
    """US dollars per million input tokens that are written into a prompt cache; by default as
    `input`, with `provider: anthropic` a quarter more."""
    currency: Literal["USD"] = "USD"
    """The only currency that budgets are kept in."""


class _Model(Part):
    family: Name | None = None
    """Who trained it: relatives among moderators, targets and judges are warned of."""
    label: Text | None = None
    """Endpoint label in ledger keys; by default the public API's host, or this model's name."""
    price: Price | Literal["free"] | None = None
    """`free`, or dollars per million tokens; by default looked up in the kept price list. A server
    of one's own is on no list: it is `free` or has a price here."""
    max_tokens: Count | None = None
    """Longest answer in tokens, reasoning included, where the stage's part sets none."""
    max_in_flight: Count = 64
    """Largest number of calls at once."""
    timeout_s: float = Field(default=120.0, gt=0)
    """Seconds until one attempt counts as hung."""
    give_up_s: float = Field(default=300.0, gt=0)
    """Seconds without any success after which the run ends."""
    attempts: Count = 6
    """Largest number of attempts of one call whose failure is worth a retry."""


class _ServerModel(_Model):
    model: Text
    """The model's name as its server knows it."""
    base_url: Address | None = None
    """The server's address up to and with `/v1`; by default the provider's public API."""
    key_env: EnvironmentName | None = None
    """Environment variable that holds the key; only the public API has a default."""
    rpm: Count | None = None
    """Requests a minute that the server allows."""
    tpm: Count | None = None
    """Tokens a minute that the server allows."""
    sampling: Literal["given", "fixed"] | None = None
    """`fixed` for a model that takes no temperature, top_p and stop (OpenAI's reasoning models,
    newer Claude models): none is sent, and it samples as its provider decides. By default as the
    table of generations says of the model's name, else `given`."""
    structured: Structured = "schema"
    """How an answer in JSON is asked for: by its `schema`, as `json` alone, in words (`text`), or
    `auto`: by the first of these that the server takes and keeps to. Under `schema` and `json` a
    model whose first ten answers hold no JSON is asked no more, and the run says so."""
    extra_body: ExtraBody | None = None
    """Further fields of every request's body, such as a server's own switches. Gemini's safety
    settings are documented for Vertex AI's OpenAI-compatible endpoint alone:
    `{extra_body: {google: {safety_settings: [{category: ..., threshold: ...}]}}}`."""
    headers: Headers = Field(default={})
    """Further headers of every request; a key comes from the environment alone."""
    query: Query = Field(default={})
    """What stands behind the `?` of every request's address, such as Azure's `api-version`."""
    key_header: KeyHeader | None = None
    """The header that carries the key as it is (`api-key`); by default the protocol's own."""
    retired: bool | Day = False
    """`true`, or since when: the model is no longer served under this id."""

    @property
    def generation(self) -> Generation | None:
        """What is known of its generation, by its name."""
        return generation_of(self.model)

    @property
    def settings(self) -> dict[str, Any]:
        """What the recipe says of how it is asked, beside its sampling: what ledger keys hold."""
        keys = ("reasoning", "thinking", "extra_body")
        said = self.model_dump(mode="json", exclude_none=True, include=set(keys))
        return said if self.structured == "schema" else said | {"structured": self.structured}

    @model_validator(mode="after")
    def _fields_are_free(self) -> "_ServerModel":
        require_free(self.extra_body or {})
        return self

    @model_validator(mode="after")
    def _a_key_for_its_header(self) -> "_ServerModel":
        own = self.base_url is not None and not is_public_api(self.base_url)
        if own and self.key_header is not None and self.key_env is None:
            raise PydanticCustomError(
                "key_header",
                "key_header must come with key_env, the variable that holds the key",
                {"value": self.key_header},
            )
        return self

    @model_validator(mode="after")
    def _no_key_in_the_open(self) -> "_ServerModel":
        """A key and the prompts with it are only for whom they are sent to."""
        parts = urlsplit(self.base_url or "")
        host = parts.hostname or ""
        needs = self.key_env is not None or is_public_api(self.base_url or "")
        if parts.scheme == "http" and needs and not is_private_host(host):
            raise PydanticCustomError(
                "open_key",
                "base_url must be https where a key is sent, or an address of this machine or of "
                "a private network; without `key_env` none is sent",
                {"value": f"http://{host}"},
            )
        return self


class OpenAIModel(_ServerModel):
    """A model behind an OpenAI-compatible server: OpenAI, vLLM, Ollama, llama.cpp and others."""

    provider: Literal["openai"]
    """The protocol; each has settings of its own."""
    dialect: Dialect | None = None
    """A guard's or a trained judge's own prompt and answer form; by default it is asked as a chat
    model."""
    api: Literal["chat", "completions"] = "chat"
    """`completions` for a model that is sent bare text, its own layout included (`/completions`);
    the turns of a chat are joined by empty lines."""
    layout: Literal["own", "bare"] = "own"
    """What stands round the text of a guard that is asked by `api: completions`: the marks that it
    was trained with, or, as in earlier versions, none (`bare`)."""
    reasoning: Reasoning | None = None
    """How much it thinks; by default as its server decides."""
    token_limit: TokenLimit | None = None
    """What the server calls the longest answer; by default as the table of generations says, else
    `max_completion_tokens` at OpenAI and Azure and `max_tokens` elsewhere."""

    @model_validator(mode="after")
    def _can_be_told(self) -> "OpenAIModel":
        if self.reasoning is not None:
            self.reasoning.require_known(self.generation, self.max_tokens)
        return self


class AnthropicModel(_ServerModel):
    """A model behind Anthropic Messages."""

    provider: Literal["anthropic"]
    """The protocol; each has settings of its own."""
    thinking: Thinking | None = None
    """How it thinks; by default as its server decides (Claude 5 thinks, within `max_tokens`)."""

    @model_validator(mode="after")
    def _can_be_told(self) -> "AnthropicModel":
        if self.thinking is not None:
            self.thinking.require_known(self.generation, self.max_tokens)
        return self


class EmbeddedModel(_Model):
    """A model that runs on this machine, in a child process of the run."""

    provider: Literal["embedded"]
    """The protocol; each has settings of its own."""
    model: str = SHIPPED_MODELS[0]
    """The shipped model's name, or any name for the file at `path`."""
    path: Text | None = None
    """A GGUF file, relative to the recipe or to the working folder, or `hf://owner/name/file`."""
    max_in_flight: Count = 4
    """Largest number of calls at once; more than `slots` only wait."""
    slots: Count = 4
    """Calls that are answered in parallel."""
    context: int = Field(default=2048, ge=256)
    """Tokens of context per slot."""

    @model_validator(mode="after")
    def _is_shipped_or_has_a_path(self) -> "EmbeddedModel":
        if self.path is None and self.model not in SHIPPED_MODELS:
            raise PydanticCustomError(
                "embedded_model",
                "must be a shipped model or have a `path`{hint}",
                {"hint": did_you_mean(self.model, SHIPPED_MODELS), "value": self.model},
            )
        return self


ServedModel: TypeAlias = OpenAIModel | AnthropicModel
"""A model that a server answers for."""

Model: TypeAlias = Annotated[ServedModel | EmbeddedModel, Field(discriminator="provider")]


def is_served(model: Model | None) -> bool:
    """Whether a server answers for a model; one that the recipe lacks has none."""
    return model is not None and not isinstance(model, EmbeddedModel)
