from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inference.embedded import EmbeddedServer
from inference.embedded.files import model_file
from inference.engine import Engine
from inference.errors import ModelFileUnusable
from inference.ledger import Ledger
from inference.models import ModelSpec
from inference.providers.embedded import EmbeddedProvider
from tests.inference.atoms import Question, asking, no_encoder

_PARENT = """
import sys, time
from inference.embedded import EmbeddedServer
server = EmbeddedServer(None, 1, 256)
server.start()
print(server.pid, flush=True)
time.sleep(60)
"""


def _gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # A child that nobody waits for stays as a zombie; it holds nothing.
    state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    return state == "Z"


@pytest.mark.embedded
def test_the_shipped_model_answers_and_ends_with_its_engine(tmp_path: Path) -> None:
    spec = ModelSpec("m", "embedded", "smollm2-135m-instruct", slots=2, context=512)
    providers: list[EmbeddedProvider] = []

    def provide(spec: ModelSpec) -> EmbeddedProvider:
        providers.append(EmbeddedProvider(spec))
        return providers[-1]

    with Engine({"m": spec}, Ledger(tmp_path / "ledger"), provide, no_encoder) as engine:  # type: ignore[arg-type]
        batch = engine.run([asking("Say hello."), asking("Say goodbye.")])
        assert all(isinstance(result, str) and result for result in batch.results)
        pid = providers[0]._server.pid
        assert pid is not None
        assert batch.spends["m"].price_usd == 0.0
        assert batch.spends["m"].unpriced == 0
    assert _gone(pid)


@pytest.mark.embedded
def test_a_server_that_died_is_started_again(tmp_path: Path) -> None:
    spec = ModelSpec("m", "embedded", "smollm2-135m-instruct", slots=1, context=512)
    provider = EmbeddedProvider(spec)
    with Engine({"m": spec}, Ledger(tmp_path / "l"), lambda _: provider, no_encoder) as engine:  # type: ignore[arg-type]
        engine.run([asking("one", Question())])
        pid = provider._server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert isinstance(engine.run([asking("two")]).results[0], str)


@pytest.mark.embedded
def test_the_child_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while not _gone(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _gone(child)


def test_the_identity_is_the_files_hash_wherever_it_lies(tmp_path: Path) -> None:
    first, second = tmp_path / "a.gguf", tmp_path / "b.gguf"
    first.write_bytes(b"GGUF and more")
    second.write_bytes(b"GGUF and more")
    one, two = EmbeddedServer(first, 1, 64), EmbeddedServer(second, 4, 128)
    assert one.identity == two.identity
    second.write_bytes(b"GGUF and other")
    assert EmbeddedServer(second, 1, 64).identity != one.identity


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileUnusable, match=r"nowhere\.gguf") as caught:
        model_file(tmp_path / "nowhere.gguf")
    assert caught.value.exit_code == 2


def test_a_file_that_is_no_gguf_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.gguf").write_text("not a model")
    with pytest.raises(ModelFileUnusable, match="must be a GGUF file"):
        model_file(tmp_path / "notes.gguf")


@pytest.mark.embedded
def test_a_file_that_llama_cpp_cannot_serve_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + b"\0" * 64)
    server = EmbeddedServer(broken, 1, 64)
    with pytest.raises(ModelFileUnusable, match=r"broken\.gguf"):
        server.start()
