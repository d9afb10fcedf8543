"""What a recipe adds to every request to a server: headers and a query, and no key in either."""

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from pipelines.recipe.base import spelled

HeaderName: TypeAlias = Annotated[
    str, spelled(r"[A-Za-z][A-Za-z0-9-]{0,63}", "a header's name of letters, digits and -")
]

_OWN = frozenset(
    "authorization x-api-key api-key x-goog-api-key proxy-authorization cookie host connection "
    "content-length content-type content-encoding transfer-encoding accept-encoding "
    "user-agent".split()
)
_OF_KEYS = re.compile(r"key|token|secret|password|auth|credential", re.IGNORECASE)
_KEY = re.compile(
    r"(?i:bearer|basic) |\b(?:sk|pk|rk|gsk|hf|xai|ghp|pplx|fw|r8|nvapi|AIza)[-_A-Za-z0-9]{12}"
    r"|\beyJ[A-Za-z0-9_-]{10}"
)
_RUN = re.compile(r"[A-Za-z0-9+/_=-]{32,}")
_LONGEST = 1_000


def _headers(given: Mapping[str, str]) -> Mapping[str, str]:
    for name, value in given.items():
        if name.lower() in _OWN:
            rule = "must not set a header that the program sends itself, or that carries a key"
            raise PydanticCustomError("headers", rule, {"value": name})
        _require_no_key(name, value)
        if not value.isascii() or not value.isprintable() or len(value) > _LONGEST:
            rule = "must have values in printable ASCII of at most 1,000 characters"
            raise PydanticCustomError("headers", rule, {"value": name})
    return given


def _query(given: Mapping[str, str]) -> Mapping[str, str]:
    for name, value in given.items():
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", name):
            rule = "must have names of letters, digits, ., - and _"
            raise PydanticCustomError("query", rule, {"value": name})
        _require_no_key(name, value)
        if not value.isprintable() or len(value) > _LONGEST:
            rule = "must have printable values of at most 1,000 characters"
            raise PydanticCustomError("query", rule, {"value": name})
    return given


def _as_written(value: object) -> object:
    """A bare day or number, which YAML does not read as text, as it was written."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if type(value) is int else value


def _require_no_key(name: str, value: str) -> None:
    """The value is not said: it may be the key."""
    if _OF_KEYS.search(name) or _KEY.search(value) or _has_token(value):
        rule = "must hold no key; give its variable by `key_env` and its header by `key_header`"
        raise PydanticCustomError("key", rule, {"value": name})


def _has_token(value: str) -> bool:
    """Whether 32 signs or more stand together, letters and digits among them, as keys have them."""
    runs = _RUN.findall(value)
    return any(
        any(sign.isdigit() for sign in run) and any(sign.isalpha() for sign in run) for run in runs
    )


_SAID_KEYS = frozenset("api_key apikey key secret password authorization access_token".split())


def _body(given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a body as JSON has them: days in text, no number that JSON lacks, and no key."""
    return {name: _field(name, value) for name, value in given.items()}


def _field(name: str, value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _field(str(key), held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_field(name, each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        rule = "must hold numbers that JSON has"
        raise PydanticCustomError("extra_body", rule, {"value": f"{name}: {value}"})
    if isinstance(value, str) and (name.lower() in _SAID_KEYS or _KEY.search(value)):
        rule = "must hold no key; give its variable by `key_env`"
        raise PydanticCustomError("key", rule, {"value": name})
    if value is None or isinstance(value, bool | int | float | str):
        return value
    rule = "must hold what JSON has: text, numbers, lists and mappings"
    raise PydanticCustomError("extra_body", rule, {"value": name})


ExtraBody: TypeAlias = Annotated[dict[str, Any], AfterValidator(_body)]
"""Further fields of a body, by name."""

_SENT = _OWN - {"x-api-key", "api-key", "x-goog-api-key", "authorization", "proxy-authorization"}


def _key_header(name: str) -> str:
    if name.lower() in _SENT:
        rule = "must not be a header that the program sends itself"
        raise PydanticCustomError("key_header", rule, {"value": name})
    return name


KeyHeader: TypeAlias = Annotated[HeaderName, AfterValidator(_key_header)]
"""A header for a key."""

Headers: TypeAlias = Annotated[dict[HeaderName, str], AfterValidator(_headers)]
"""Headers by name."""

Query: TypeAlias = Annotated[
    dict[str, Annotated[str, BeforeValidator(_as_written)]], AfterValidator(_query)
]
"""What stands in an address behind `?`, by name."""
