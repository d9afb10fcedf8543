"""The embedded model through the engine; its server by itself is in `inference/embedded`."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil
import pytest

from inference.engine import Engine
from inference.ledger import Ledger
from inference.models import ModelSpec
from inference.providers.embedded import EmbeddedProvider
from tests.inference.tasks import asking, no_encoder

pytestmark = pytest.mark.embedded

# Answers have no bound of their own here, so a small context ends them soon.
SPEC = ModelSpec("m", "embedded", "smollm2-135m-instruct", slots=2, context=64)


def engine_of(provider: EmbeddedProvider, folder: Path) -> Engine:
    return Engine({"m": SPEC}, Ledger(folder / "ledger"), lambda _: provider, no_encoder)  # type: ignore[arg-type]  # no encoder is asked


@pytest.mark.slow
def test_the_shipped_model_answers_and_ends_with_its_engine(tmp_path: Path) -> None:
    provider = EmbeddedProvider(SPEC)
    with engine_of(provider, tmp_path) as engine:
        batch = engine.run([asking("Say hello."), asking("Say goodbye.")])
        assert all(isinstance(result, str) and result for result in batch.results)
        pid = provider._server.pid
        assert pid is not None
        assert batch.spends["m"].price_usd == 0.0
        assert batch.spends["m"].unpriced == 0
    assert not psutil.pid_exists(pid)


@pytest.mark.slow
def test_a_server_that_died_is_started_again(tmp_path: Path) -> None:
    provider = EmbeddedProvider(SPEC)
    with engine_of(provider, tmp_path) as engine:
        engine.run([asking("one")])
        pid = provider._server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert isinstance(engine.run([asking("two")]).results[0], str)
