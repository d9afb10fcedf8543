"""Models behind servers: whether their key is there, they are served, known, priced and answer."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias, TypeVar
from urllib.parse import urlsplit

from base.did_you_mean import did_you_mean
from base.foreign_text import read_json
from inference.models import ModelSpec, is_own_server
from inference.prices import is_priced
from pipelines.planning.live import Asked, heard
from pipelines.planning.values import Finding
from pipelines.recipe.guards import dialects_of
from pipelines.recipe.models import EmbeddedModel
from pipelines.recipe.schema import Recipe
from pipelines.sources.models import retired_since, retirement_day, to_spec


@dataclass(frozen=True, slots=True)
class Server:
    """The server of one model.

    Attributes:
        spec: The model as the engine sees it.
        retired: Since when it is no longer served (`since DAY`, `retired`); None where it is.
        retires: The day on which it will not be any more, where one is stated.
    """

    spec: ModelSpec
    retired: str | None
    retires: str | None = None

    @property
    def base_url(self) -> str:
        """Its address up to and with `/v1`."""
        return self.spec.address

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
        key = None if self.key_env is None else environment[self.key_env]
        return self.spec.request_headers(key)


def server_of(recipe: Recipe, name: str) -> Server | None:
    """The server of a model, or None for one that runs on this machine."""
    entry = recipe.models[name]
    if isinstance(entry, EmbeddedModel):
        return None
    day = retirement_day(recipe, name)
    return Server(to_spec(recipe, name), retired_since(recipe, name), day or None)


_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said.

    Attributes:
        status: The HTTP status, or None where there was no answer.
        models: The ids that it lists, or None where it lists none in the usual form.
    """

    status: int | None
    models: tuple[str, ...] | None = None


def ask_models(base_url: str, headers: Mapping[str, str]) -> Answer:
    """GET `base_url`/models, within seconds, following no redirect: a key stays with its host."""
    from inference.providers.base import PermanentError, TransientError
    from inference.providers.boundary import get

    try:
        answer = asyncio.run(get(f"{base_url}/models", headers, _TIMEOUT_S))
    except (TransientError, PermanentError):
        return Answer(None)
    return Answer(answer.status, _ids(answer.body or b"") if answer.is_success else None)


def _ids(body: bytes) -> tuple[str, ...] | None:
    try:
        listed = [entry["id"] for entry in read_json(body)["data"]]
    except (ValueError, KeyError, TypeError):
        return None
    return tuple(listed) if all(isinstance(name, str) for name in listed) else None


def is_deprecated(server: Server) -> bool:
    """Whether the list marks a public API's model as on its way out; False where it is unknown."""
    if not server.hosted:
        return False
    from genai_prices import Usage, calc_price

    try:
        found = calc_price(
            Usage(input_tokens=1), model_ref=server.model, provider_api_url=server.base_url
        )
    except LookupError:
        return False
    return bool(found.model.deprecated)


Probe: TypeAlias = Callable[[str, Mapping[str, str]], Answer]
_Keyed: TypeAlias = tuple[str, str | None]
KeyT = TypeVar("KeyT")
ResultT = TypeVar("ResultT")


def served_models(
    recipe: Recipe,
    environment: Mapping[str, str],
    probe: Probe,
    ask: Callable[[ModelSpec], Asked] | None,
) -> Iterator[Finding]:
    """What is to be said of each model that a server answers for.

    Args:
        recipe: The recipe.
        environment: Where the keys are looked for.
        probe: Asks a server for its models.
        ask: Asks a model a question; None to ask none.
    """
    servers = {name: each for name in recipe.models if (each := server_of(recipe, name))}
    ready = {name: each for name, each in servers.items() if each.has_key(environment)}
    listed = _answers(ready.values(), environment, probe)
    asked = {} if ask is None else _asked(ready, ask)
    for name, server in servers.items():
        subject = f"models.{name}"
        if name in ready:
            answer = listed[server.base_url, server.key_env]
            yield from _known(subject, server, answer, asked.get(name))
        else:
            yield from _retired(subject, server)
            yield Finding("problem", subject, f"the environment has no {server.key_env}")
        if not is_priced(server.spec):
            yield _unpriced(subject, server)
        if name in dialects_of(recipe):
            yield Finding("ok", subject, f"is asked as a guard: {dialects_of(recipe)[name]}")


def _answers(
    servers: Iterable[Server], environment: Mapping[str, str], probe: Probe
) -> dict[_Keyed, Answer]:
    """Each server's answer, asked once per address and key, all at the same time."""
    unlike = {(each.base_url, each.key_env): each for each in servers}

    def answer(server: Server) -> Answer:
        return probe(server.base_url, server.headers(environment))

    return _at_once(answer, unlike)


def _asked(servers: Mapping[str, Server], ask: Callable[[ModelSpec], Asked]) -> dict[str, Asked]:
    def answer(server: Server) -> Asked:
        return ask(server.spec)

    return _at_once(answer, servers)


def _at_once(
    ask: Callable[[Server], ResultT], servers: Mapping[KeyT, Server]
) -> dict[KeyT, ResultT]:
    with ThreadPoolExecutor(max_workers=max(1, len(servers))) as pool:
        return dict(zip(servers, pool.map(ask, servers.values()), strict=True))


def _known(subject: str, server: Server, answer: Answer, asked: Asked | None) -> Iterator[Finding]:
    yield from _retired(subject, server)
    if asked is None:
        yield _listed(subject, server, answer)
    else:
        yield from heard(subject, server.model, asked)


def _listed(subject: str, server: Server, answer: Answer) -> Finding:
    if answer.status is None:
        return Finding("problem", subject, f"{server.host} does not answer")
    if answer.status in (401, 403):
        return Finding("problem", subject, f"{server.host} refuses the key ({answer.status})")
    if answer.status != 200 or answer.models is None:
        says = f"{server.host} answers, but lists no models ({answer.status}); --ask asks them"
        return Finding("warning", subject, says)
    ids = [each.removeprefix("models/") for each in answer.models]
    if server.model not in ids:
        hint = did_you_mean(server.model, ids)
        return Finding("problem", subject, f"{server.host} does not serve {server.model}{hint}")
    return Finding("ok", subject, f"{server.host} serves {server.model}")


def _retired(subject: str, server: Server) -> Iterator[Finding]:
    if server.retired is not None:
        since = server.retired.removeprefix("retired").strip()
        says = f"{server.model} is retired {since}".strip()
        yield Finding("problem", subject, f"{says}: `build` refuses it")
    elif server.retires is not None:
        yield Finding("warning", subject, f"{server.model} retires on {server.retires}")
    elif is_deprecated(server):
        yield Finding("warning", subject, f"{server.model} is deprecated by the kept price list")


def _unpriced(subject: str, server: Server) -> Finding:
    """An unknown price is refused by `build`; of a public API it may mean a retired id."""
    perhaps = ", which may be retired or misspelt" if server.hosted else ""
    says = f"the kept price list does not know {server.model}{perhaps}: give `price`, or `free`"
    return Finding("problem", subject, says)
