"""Requests of an encoder gathered into few calls: one that fails, leaves or panics ends alone."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from inference.engine import Engine
from inference.errors import InferenceError, ModelFileUnusableError
from inference.types import Call, EmbedRequest, Failed, Item, Program, Reply
from tests.inference.tasks import engine_for, item

if TYPE_CHECKING:
    from inference.types import Vectors

_NOWHERE = "http://127.0.0.1:9/v1"


class Panic(BaseException):
    """What a library in another language raises."""


class _Encoder:
    """Cannot embed some texts; waits before it begins."""

    def __init__(self, raises: BaseException) -> None:
        self.raises = raises
        self.may_begin = threading.Event()
        self.begun = threading.Event()

    def embed(self, texts: Sequence[str], alone: bool = False) -> Vectors:
        self.begun.set()
        assert self.may_begin.wait(60)
        if any("bad" in text for text in texts):
            raise self.raises
        return np.ones((len(texts), 2), np.float32)

    def embed_set(self, texts: Sequence[str]) -> Vectors:
        return self.embed(texts)

    def close(self) -> None:
        pass


class _Width:
    def request(self, item: Item, tries: int) -> EmbedRequest:
        return EmbedRequest("e", (item.text,))

    def parse(self, item: Item, reply: Reply) -> int:
        assert reply.vectors is not None
        return int(reply.vectors.shape[1])


def _embedding(text: str) -> Program[object]:
    return (yield Call(_Width(), item(text), tries=1))


@pytest.mark.parametrize(
    ("raises", "reason"),
    [
        (MemoryError(), "unexpected_memory_error"),
        (ValueError("quotes: bad"), "unexpected_value_error"),
        (Panic(), "unexpected_runtime_error"),
    ],
    ids=["memory", "value", "panic"],
)
def test_a_text_that_cannot_be_embedded_fails_its_row_alone(
    tmp_path: Path, raises: BaseException, reason: str
) -> None:
    encoder = _Encoder(raises)
    encoder.may_begin.set()
    with engine_for(_NOWHERE, tmp_path / "ledger", lambda name: encoder) as engine:
        batch = engine.run(map(_embedding, ["one", "bad", "two"]))
        assert batch.results == (2, Failed(reason), 2)
        assert engine.run([_embedding("three")]).results == (2,)


def test_an_encoder_that_cannot_be_had_ends_the_run(tmp_path: Path) -> None:
    encoder = _Encoder(ModelFileUnusableError("a model must be there", "none"))
    encoder.may_begin.set()
    with (
        engine_for(_NOWHERE, tmp_path / "ledger", lambda name: encoder) as engine,
        pytest.raises(ModelFileUnusableError),
    ):
        engine.run(map(_embedding, ["one", "bad", "two"]))


def test_a_shard_that_ends_leaves_the_others_their_vectors(tmp_path: Path) -> None:
    encoder = _Encoder(ValueError())
    found: dict[str, object] = {}

    def ends() -> Program[object]:
        assert encoder.begun.wait(60)
        raise InferenceError("this shard must end", "for a reason of its own")
        yield []

    def shard(engine: Engine, name: str, programs: list[Program[object]]) -> None:
        try:
            found[name] = engine.run(programs).results
        except InferenceError as error:
            found[name] = error

    with engine_for(_NOWHERE, tmp_path / "ledger", lambda name: encoder) as engine:
        first = threading.Thread(target=shard, args=(engine, "first", [_embedding("first")]))
        first.start()
        assert encoder.begun.wait(60)
        gathered = [
            threading.Thread(
                target=shard, args=(engine, "ends", [_embedding("a"), _embedding("b"), ends()])
            ),
            threading.Thread(target=shard, args=(engine, "stays", [_embedding("c")])),
        ]
        for thread in gathered:
            thread.start()
        gathered[0].join(60)
        encoder.may_begin.set()
        for thread in (first, *gathered):
            thread.join(60)
    assert isinstance(found["ends"], InferenceError)
    assert (found["first"], found["stays"]) == ((2,), (2,))
