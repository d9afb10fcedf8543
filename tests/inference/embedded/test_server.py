from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from inference.embedded import EmbeddedServer
from inference.embedded.files import model_file
from inference.errors import EngineStoppedError, ModelFileUnusableError

pytestmark = pytest.mark.embedded

SECRET = "Xylophonqueen"
PARENT = """
import os, sys, time
from inference.embedded import EmbeddedServer
server = EmbeddedServer(None, slots=1, context=256, threads=1)
server.start()
if "fork" in sys.argv and os.fork() == 0:
    time.sleep(60)  # holds the server's input open
    os._exit(0)
print(server.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(None, slots=2, context=512)
    yield server
    server.stop()


def post(address: str, body: dict[str, Any], key: str) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    url = f"{address}/chat/completions"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        answer: dict[str, Any] = json.load(response)
    return answer


def chat(address: str, text: str, key: str, **settings: Any) -> str:  # noqa: ANN401 - JSON
    turns = [{"role": "user", "content": text}]
    answer = post(address, {"messages": turns, "max_tokens": 8, "temperature": 0, **settings}, key)
    return str(answer["choices"][0]["message"]["content"])


def gone(pid: int, within_s: float = 10.0) -> bool:
    end = time.monotonic() + within_s
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def pid_of(server: EmbeddedServer) -> int:
    assert server.pid is not None
    return server.pid


def test_it_answers_at_the_address_that_start_returns(server: EmbeddedServer) -> None:
    address = server.start()
    assert address.startswith("http://127.0.0.1:")
    assert address.endswith("/v1")
    assert chat(address, "Say hello.", server.key)


@pytest.mark.slow
def test_a_second_start_changes_nothing(server: EmbeddedServer) -> None:
    with ThreadPoolExecutor(4) as threads:
        addresses = set(threads.map(lambda _: server.start(), range(4)))
    assert len(addresses) == 1


def test_a_final_assistant_turn_is_continued_and_comes_back_with_its_prefix(
    server: EmbeddedServer,
) -> None:
    turns = [
        {"role": "user", "content": "Count."},
        {"role": "assistant", "content": "one, two, three, four,"},
    ]
    answer = post(
        server.start(), {"messages": turns, "max_tokens": 4, "temperature": 0}, server.key
    )
    assert answer["choices"][0]["message"]["content"].startswith("one, two, three, four, five")


def test_it_keeps_a_json_schema(server: EmbeddedServer) -> None:
    items = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}
    schema = {"type": "object", "properties": {"n": items}, "required": ["n"]}
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    asked = {"response_format": form, "max_tokens": 40}
    answer = json.loads(chat(server.start(), "Two numbers.", server.key, **asked))
    assert len(answer["n"]) == 2


def test_replies_name_the_model_and_no_path(server: EmbeddedServer) -> None:
    body = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 1}
    assert post(server.start(), body, server.key)["model"] == server.path.stem


def test_nobody_can_list_what_is_being_asked(server: EmbeddedServer) -> None:
    server.start()
    url = server.start().removesuffix("/v1") + "/slots"
    headers = {"Authorization": f"Bearer {server.key}"}
    with pytest.raises(urllib.error.HTTPError, match="501"):
        urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10)


@pytest.mark.parametrize("key", ["", "another"])
def test_another_user_of_the_machine_without_its_key_is_refused(
    server: EmbeddedServer, key: str
) -> None:
    address = server.start()
    with pytest.raises(urllib.error.HTTPError, match="401"):
        chat(address, "Say hello.", key)
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(address.removesuffix("/v1") + "/props", timeout=10)


def test_its_key_stands_in_no_argument_and_our_keys_not_in_its_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setenv("HF_TOKEN", SECRET)
    server = EmbeddedServer(None, slots=1, context=256, threads=1)
    try:
        server.start()
        child = psutil.Process(pid_of(server))
        assert len(server.key) > 30
        assert server.key not in " ".join(child.cmdline())
        assert not {SECRET, server.key} & set(child.environ().values())
    finally:
        server.stop()


def test_a_model_that_does_not_load_in_time_is_given_up() -> None:
    server = EmbeddedServer(None, slots=1, context=256, threads=1, start_s=0.0)
    with pytest.raises(ModelFileUnusableError, match="load the model"):
        server.start()
    assert server.pid is None


def _deaf(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its child loads for ever."""
    command = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(server, "_command", lambda: command)


def test_a_stop_reaches_a_child_that_is_just_being_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = EmbeddedServer(None, slots=1, context=256, threads=1, start_s=30.0)
    _deaf(server, monkeypatch)
    starting, popen = threading.Event(), subprocess.Popen

    def slowly(*args: Any, **settings: Any) -> subprocess.Popen[str]:  # noqa: ANN401 - as Popen has it
        starting.set()
        time.sleep(0.2)  # in which `stop` finds no child yet
        return popen(*args, **settings)

    monkeypatch.setattr(subprocess, "Popen", slowly)
    with ThreadPoolExecutor(1) as threads:
        start = threads.submit(server.start)
        assert starting.wait(30)
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 25
        assert server.pid is None
        assert isinstance(start.exception(), EngineStoppedError)


def test_a_start_after_the_end_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    server = EmbeddedServer(None, slots=1, context=256, threads=1, start_s=1.0)
    _deaf(server, monkeypatch)
    server.close()
    server.close()
    with pytest.raises(EngineStoppedError, match="closed"):
        server.start()
    assert server.pid is None


@pytest.mark.slow
def test_stop_ends_the_child_and_start_brings_another(server: EmbeddedServer) -> None:
    server.start()
    pid = pid_of(server)
    server.stop()
    server.stop()
    assert gone(pid)
    assert chat(server.start(), "Say hello.", server.key)


@pytest.mark.slow
def test_a_child_that_died_is_started_anew(server: EmbeddedServer) -> None:
    server.start()
    dead = pid_of(server)
    os.kill(dead, signal.SIGKILL)
    assert gone(dead)
    assert chat(server.start(), "Say hello.", server.key)
    assert pid_of(server) != dead


@pytest.mark.parametrize("way", ["alone", pytest.param("fork", marks=pytest.mark.slow)])
def test_no_child_outlives_a_parent_that_is_killed(way: str, tmp_path: Path) -> None:
    root = str(Path(__file__).parents[3])
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, way],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": root},
        start_new_session=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert psutil.pid_exists(child)
    parent.kill()
    parent.wait()
    try:
        assert gone(child)
    finally:
        parent.stdout.close()
        if way == "fork":
            os.killpg(parent.pid, signal.SIGKILL)


def test_a_file_that_llama_cpp_cannot_load_is_refused_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "half.gguf"
    with model_file(None).open("rb") as whole:
        path.write_bytes(whole.read(2_000_000))
    server = EmbeddedServer(path, slots=1, context=256)
    with pytest.raises(ModelFileUnusableError, match=r"half\.gguf: .*corrupted") as caught:
        server.start()
    assert "\n" not in str(caught.value)
    server.stop()


@pytest.mark.slow
def test_its_log_holds_nothing_of_what_was_sent(tmp_path: Path) -> None:
    script = Path(__file__).parents[3] / "inference" / "embedded" / "server.py"
    options = {"slots": 1, "context": 256, "threads": 1, "name": "m"}
    pairs = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    log = tmp_path / "log"
    with log.open("w") as stderr:
        child = subprocess.Popen(
            [sys.executable, "-P", str(script), str(model_file(None)), *pairs],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
        assert child.stdout is not None
        assert child.stdin is not None
        child.stdin.write("key\n")
        child.stdin.flush()
        address = child.stdout.readline().strip() + "/v1"
        chat(address, f"Say {SECRET}.", "key")
        with pytest.raises(urllib.error.HTTPError, match="400"):
            chat(address, SECRET * 1000, "key")
        with pytest.raises(urllib.error.HTTPError, match="400"):
            chat(address, "Hi", "key", response_format={"type": SECRET})
        out, _ = child.communicate()  # closes its input, which ends it
    assert SECRET not in out + log.read_text()
    assert "exceeds the available context" in log.read_text()
