"""Small tasks and programs that the engine's tests ask with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from inference.engine import Engine
from inference.ledger import Ledger
from inference.models import ModelSpec
from inference.providers.openai import OpenAIProvider
from inference.types import Call, ChatRequest, Item, Message, Program, Reply, UnusableError, again


@dataclass(frozen=True)
class Question:
    """Asks model `m` the item's text; the answer must hold `wanted`."""

    temperature: float = 0.0
    wanted: str = ""

    def request(self, item: Item, tries: int) -> ChatRequest:
        asked = ChatRequest("m", (Message("user", item.text),), temperature=self.temperature)
        return again(asked, tries)

    def parse(self, item: Item, reply: Reply) -> str:
        if self.wanted not in reply.text:
            raise UnusableError("not_wanted")
        return reply.text


def item(text: str) -> Item:
    return Item(row=text, text=text, category="none")


def asking(text: str, task: Question = Question(), tries: int = 3) -> Program[object]:
    return (yield Call(task, item(text), tries))


def spec_for(base_url: str, **changes: object) -> ModelSpec:
    settings: dict[str, object] = {"timeout_s": 5.0, "give_up_s": 5.0}
    return ModelSpec("m", "openai", "loopback", base_url=base_url, **(settings | changes))  # type: ignore[arg-type]  # fields by name


def no_encoder(name: str) -> object:
    raise LookupError(name)


@contextmanager
def engine_for(
    base_url: str, ledger: Path, encode: Callable[[str], object] = no_encoder, **changes: object
) -> Iterator[Engine]:
    spec = spec_for(base_url, **changes)
    with Engine({"m": spec}, Ledger(ledger), OpenAIProvider, encode) as engine:  # type: ignore[arg-type]  # an encoder by shape
        yield engine
