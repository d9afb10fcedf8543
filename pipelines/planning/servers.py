"""Models behind servers: whether their key is there, they are served, known, priced and answer."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from typing import IO, TypeAlias, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from base.did_you_mean import did_you_mean
from base.foreign_text import read_json
from inference.models import PROVIDERS, ModelSpec, is_own_server
from inference.prices import is_priced
from inference.types import ChatRequest
from inference.types import Message as ChatMessage
from pipelines.planning.values import Finding
from pipelines.recipe.guards import dialects_of
from pipelines.recipe.models import EmbeddedModel
from pipelines.recipe.schema import Recipe
from pipelines.sources.models import to_spec


@dataclass(frozen=True, slots=True)
class Server:
    """The server of one model.

    Attributes:
        spec: The model as the engine sees it.
        retired: Whether the recipe says that the model is no longer served, or since when.
    """

    spec: ModelSpec
    retired: bool | str

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
        return PROVIDERS[self.spec.provider].auth_headers(key)


def server_of(recipe: Recipe, name: str) -> Server | None:
    """The server of a model, or None for one that runs on this machine."""
    entry = recipe.models[name]
    if isinstance(entry, EmbeddedModel):
        return None
    return Server(to_spec(recipe, name), entry.retired)


_TIMEOUT_S = 5.0
_LARGEST = 5_000_000


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
    request = Request(f"{base_url}/models", headers=dict(headers))
    try:
        with _opener(base_url).open(request, timeout=_TIMEOUT_S) as reply:
            return Answer(reply.status, _ids(reply.read(_LARGEST)))
    except HTTPError as error:
        with error:
            return Answer(error.code)
    except (URLError, OSError, HTTPException, ValueError):
        return Answer(None)


def _opener(base_url: str) -> OpenerDirector:
    proxies = [ProxyHandler({})] if is_own_server(base_url) else []
    return build_opener(_NoRedirect, *proxies)


def _ids(body: bytes) -> tuple[str, ...] | None:
    try:
        return tuple(str(each["id"]) for each in read_json(body)["data"])
    except (ValueError, KeyError, TypeError):
        return None


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """No second request: the redirect itself is the answer."""


MAX_TOKENS = 16
"""Longest answer; some servers refuse to be asked for fewer."""

QUESTION = "Say OK."


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a question.

    Attributes:
        failed: Why there was no answer, or None where there was one.
        served_as: The model's name as the server gave it, where it gave one.
        usd: What the question cost, or None where nobody knows.
    """

    failed: str | None
    served_as: str = ""
    usd: float | None = 0.0


def ask_model(spec: ModelSpec) -> Asked:
    """Puts one question to a model in the way of a run: greedy, once, with a short answer."""
    return asyncio.run(_ask(spec))


async def _ask(spec: ModelSpec) -> Asked:
    from inference.errors import InferenceError
    from inference.providers.base import PermanentError, TransientError
    from inference.providers.opening import provide

    request = ChatRequest(
        spec.name, (ChatMessage("user", QUESTION),), temperature=0.0, max_tokens=MAX_TOKENS
    )
    try:
        provider = provide(spec)
        try:
            reply = await provider.call(request)
        finally:
            await provider.close()
    except (InferenceError, TransientError, PermanentError) as error:
        return Asked(str(error))
    return Asked(None, reply.model, reply.price_usd)


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
    elif asked.failed is not None:
        yield Finding("problem", subject, f"{server.model} does not answer: {asked.failed}")
    else:
        cost = "an unknown sum" if asked.usd is None else f"{asked.usd:.6f} US dollars"
        yield Finding("ok", subject, f"{server.model} answers; the question cost {cost}")


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
    if server.retired:
        since = f" since {server.retired}" if isinstance(server.retired, str) else ""
        yield Finding("warning", subject, f"{server.model} is retired{since}")
    elif is_deprecated(server):
        yield Finding("warning", subject, f"{server.model} is deprecated by the kept price list")


def _unpriced(subject: str, server: Server) -> Finding:
    """An unknown price is refused by `build`; of a public API it may mean a retired id."""
    perhaps = ", which may be retired or misspelt" if server.hosted else ""
    says = f"the kept price list does not know {server.model}{perhaps}: give `price`, or `free`"
    return Finding("problem", subject, says)
