"""Models behind servers: whether their key is there, they are served, known, priced and answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias, TypeVar

from flows.planning.asking import Asked
from flows.planning.findings import Finding
from flows.planning.kept_list import is_deprecated
from flows.planning.probe import Answer
from flows.planning.servers import Server, server_of
from flows.recipe.base import did_you_mean
from flows.recipe.guards import dialects_of
from flows.recipe.schema import Recipe
from inference.models import ModelSpec
from inference.prices import is_priced

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
