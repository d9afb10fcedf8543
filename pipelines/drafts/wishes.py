"""What somebody wants a new recipe to do, read from flags or from answers in a dialogue."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from base.did_you_mean import did_you_mean, repeated
from inference.models import is_own_server
from pipelines.drafts.catalog import OwnModel, catalog
from pipelines.drafts.sizes import row_bounds
from pipelines.errors import RecipeError
from pipelines.recipe.models import Address

BENCHMARKS = ("or-bench", "sorry-bench", "evaluate")
"""What a recipe can be made for."""

_APART = re.compile(r"[^a-z0-9]+")
EMBEDDED = "embedded"
"""The provider that is this machine."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a recipe is made from.

    Attributes:
        name: The recipe's name.
        benchmark: One of `BENCHMARKS`.
        providers: Names of providers, each once.
        own: Models behind servers of one's own.
        rows: Rows of the set; prompts that are asked, of an evaluation.
        max_usd: What it may cost; None where nothing costs anything.
        data: What an evaluation asks: releases, tables, names on the Hub.
    """

    name: str
    benchmark: str
    providers: tuple[str, ...]
    own: tuple[OwnModel, ...]
    rows: int
    max_usd: float | None = None
    data: tuple[str, ...] = ()

    @property
    def is_embedded(self) -> bool:
        """Whether it is a demonstration on this machine."""
        return self.providers == (EMBEDDED,)

    @property
    def data_set(self) -> str:
        """The recipe's name as one of a data set: small letters, digits and single dashes."""
        return _APART.sub("-", self.name.lower()).strip("-")

    @property
    def is_hosted(self) -> bool:
        """Whether somebody else serves any of its models."""
        return costs_money(self.providers)

    def capped(self, max_usd: float) -> "Wishes":
        """The same under another cap."""
        return replace(self, max_usd=max_usd)


def has_own(providers: Sequence[str]) -> bool:
    """Whether a server of one's own is among the providers."""
    return any(catalog().providers[each].own for each in providers)


def costs_money(providers: Sequence[str]) -> bool:
    """Whether any of the providers wants a key."""
    return any(catalog().providers[each].key_env is not None for each in providers)


def read_name(given: str) -> str:
    """A recipe's name; an ending `.yaml` is left out.

    Raises:
        RecipeError: It is none.
    """
    name = given.removesuffix(".yaml").removesuffix(".yml")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        raise RecipeError("NAME must be letters, digits, . - and _ (--out takes a path)", given)
    return name


def read_benchmark(given: str) -> str:
    """One of `BENCHMARKS`.

    Raises:
        RecipeError: It is none.
    """
    named = "evaluate" if given.strip() == "evaluation" else given.strip()
    if named not in BENCHMARKS:
        hint = did_you_mean(named, BENCHMARKS)
        raise RecipeError(f"--benchmark must be one of {', '.join(BENCHMARKS)}{hint}", given)
    return named


def read_providers(given: str) -> tuple[str, ...]:
    """The providers between commas.

    Raises:
        RecipeError: One is not known or stands twice, or the small model is to work with others.
    """
    known = catalog().providers
    named = tuple(each.strip() for each in given.split(",") if each.strip())
    for each in named or ("",):
        if each not in known:
            rule = f"--provider must be one of {', '.join(known)}{did_you_mean(each, known)}"
            raise RecipeError(rule, each)
    if again := repeated(named):
        raise RecipeError("--provider must name each provider once", again)
    if EMBEDDED in named and len(named) > 1:
        raise RecipeError("--provider embedded must stand alone: it is a demonstration", given)
    return named


def read_addresses(given: str) -> tuple[str, ...]:
    """Addresses of servers of one's own, between commas.

    Raises:
        RecipeError: One is no address, or is somebody else's.
    """
    named = [each.strip() for each in given.split(",") if each.strip()]
    return tuple(_address(each) for each in named or [""])


def _address(given: str) -> str:
    try:
        address: str = _ADDRESS.validate_python(given)
    except ValidationError as error:
        raise RecipeError(f"--base-url {error.errors()[0]['msg']}") from None
    if not is_own_server(address):
        rule = (
            "--base-url must be a server of your own: this machine, a private network or plain "
            "http; another one wants `key_env` and `price` in a recipe by hand"
        )
        raise RecipeError(rule, address)
    return address


_ADDRESS: TypeAdapter[Any] = TypeAdapter(Address)


def read_models(given: str) -> tuple[str, ...]:
    """Ids of models of a server of one's own, between commas.

    Raises:
        RecipeError: There is none, or one stands twice.
    """
    named = tuple(each.strip() for each in given.split(",") if each.strip())
    if not named:
        raise RecipeError("--model must be given with --provider own: what the server calls it")
    if again := repeated(named):
        raise RecipeError("--model must name each model once", again)
    return named


def own_models(addresses: Sequence[str], models: Sequence[str]) -> tuple[OwnModel, ...]:
    """Models with their addresses: one for all of them, or one for each.

    Raises:
        RecipeError: There are several addresses, and not as many as models.
    """
    if len(addresses) not in (1, len(models)):
        rule = "--base-url must be given once, or once for each --model in their order"
        raise RecipeError(rule, f"{len(addresses)} for {len(models)} models")
    each = addresses if len(addresses) > 1 else [*addresses] * len(models)
    return tuple(OwnModel(name, address) for name, address in zip(models, each, strict=True))


def read_data(given: str) -> tuple[str, ...]:
    """What an evaluation asks, between commas.

    Raises:
        RecipeError: There is nothing, or a file is not there.
    """
    named = tuple(each.strip() for each in given.split(",") if each.strip())
    if not named:
        raise RecipeError("--data must name a release's folder, a table or hf://owner/name/file")
    for each in named:
        if not each.startswith("hf://") and not Path(each).expanduser().exists():
            raise RecipeError("--data must be there", each)
    return named


def read_rows(given: str, benchmark: str, providers: Sequence[str]) -> int:
    """A number of rows that the benchmark can have.

    Raises:
        RecipeError: It is no number, or too small or too large.
    """
    least, most, why = row_bounds(benchmark, embedded=EMBEDDED in providers)
    digits = given.strip().replace(",", "").replace("_", "")
    rows = int(digits) if digits.isdecimal() and len(digits) < 10 else -1
    if not least <= rows <= most:
        rule = f"--rows must be a number from {least:,} to {most:,} for {benchmark}: {why}"
        raise RecipeError(rule, given)
    return rows


def read_usd(given: str) -> float:
    """US dollars, above 0.

    Raises:
        RecipeError: It is no such number.
    """
    try:
        usd = float(given.strip().removeprefix("$"))
    except ValueError:
        usd = -1.0
    if not (math.isfinite(usd) and usd > 0):
        raise RecipeError("--max-usd must be US dollars, a number above 0", given)
    return usd
