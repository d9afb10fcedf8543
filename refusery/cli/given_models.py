"""Models that a command names by themselves, without a recipe: `--model NAME=URL`."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from inference.models import is_own_server, is_public_api
from pipelines.errors import RecipeError
from pipelines.recipe.models import Address

FORM = "--model must be NAME=URL, as in Qwen/Qwen3-8B=http://127.0.0.1:8000/v1"
_ADDRESS: TypeAdapter[Any] = TypeAdapter(Address)
_GUARDS = re.compile("guard|shieldgemma", re.IGNORECASE)


def given_models(given: Sequence[str]) -> dict[str, dict[str, object]]:
    """Models with the settings that a recipe would have, by names of their own.

    A server of one's own costs nothing and is sent no key. A provider's public API wants the key
    of its own variable, and its price is looked up.

    Args:
        given: A model's id and its server's address up to and with `/v1`, as `NAME=URL`.

    Raises:
        RecipeError: One is not of that form, its address is none, or it is that of somebody who
            is neither the user nor a provider whose prices are known.
    """
    found: dict[str, dict[str, object]] = {}
    for each in given:
        model, parted, address = (part.strip() for part in each.partition("="))
        if not parted or not model or not address:
            raise RecipeError(FORM, _shown(each))
        settings: dict[str, object] = {
            "provider": "openai",
            "model": model,
            "base_url": (at := _address(address)),
        }
        if is_own_server(at):
            settings["price"] = "free"
        found[_free_name(model, found)] = settings
    return found


def guards_among(given: Sequence[str]) -> Iterator[str]:
    """A line for each model that, by its name, is a guard with a form of its own."""
    for each in given:
        name = each.partition("=")[0]
        if _GUARDS.search(name):
            yield (
                f"{name} is asked as a chat model; where it is a guard, a recipe asks it in its "
                "own form (models.NAME.dialect)"
            )


def _address(given: str) -> str:
    try:
        address: str = _ADDRESS.validate_python(given)
    except ValidationError as error:
        problem = error.errors()[0]
        # What may hold a password is not shown.
        told = (given,) if problem["type"] == "address" else ()
        raise RecipeError(f"the URL of --model {problem['msg']}", *told) from None
    if not is_own_server(address) and not is_public_api(address):
        rule = (
            "--model must be at a server of your own (this machine, a private network or plain "
            "http) or at a provider's public API; another one wants key_env and price in a recipe"
        )
        raise RecipeError(rule, address)
    return address


def _free_name(model: str, taken: dict[str, dict[str, object]]) -> str:
    """What its votes are called: the id's last part, in signs that a name may have."""
    name = re.sub("[^A-Za-z0-9_-]+", "-", model.rpartition("/")[2]).strip("-_") or "model"
    numbered = (f"{name}-{number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(each for each in numbered if each not in taken)


def _shown(given: str) -> str:
    return "something with an @ in it" if "@" in given else given
