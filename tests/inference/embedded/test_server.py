from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
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
from inference.errors import ModelFileUnusableError

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


def post(address: str, body: dict[str, Any], path: str = "/chat/completions") -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(address + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        answer: dict[str, Any] = json.load(response)
    return answer


def chat(address: str, text: str, **settings: Any) -> str:  # noqa: ANN401 - a JSON value
    turns = [{"role": "user", "content": text}]
    answer = post(address, {"messages": turns, "max_tokens": 8, "temperature": 0, **settings})
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
    assert chat(address, "Say hello.")


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
    answer = post(server.start(), {"messages": turns, "max_tokens": 4, "temperature": 0})
    assert answer["choices"][0]["message"]["content"].startswith("one, two, three, four, five")


def test_it_keeps_a_json_schema(server: EmbeddedServer) -> None:
    items = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}
    schema = {"type": "object", "properties": {"n": items}, "required": ["n"]}
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    answer = json.loads(chat(server.start(), "Two numbers.", response_format=form, max_tokens=40))
    assert len(answer["n"]) == 2


def test_replies_name_the_model_and_no_path(server: EmbeddedServer) -> None:
    body = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 1}
    assert post(server.start(), body)["model"] == server.path.stem


def test_nobody_can_list_what_is_being_asked(server: EmbeddedServer) -> None:
    with pytest.raises(urllib.error.HTTPError, match="501"):
        urllib.request.urlopen(server.start().removesuffix("/v1") + "/slots", timeout=10)


@pytest.mark.slow
def test_stop_ends_the_child_and_start_brings_another(server: EmbeddedServer) -> None:
    server.start()
    pid = pid_of(server)
    server.stop()
    server.stop()
    assert gone(pid)
    assert chat(server.start(), "Say hello.")


@pytest.mark.slow
def test_a_child_that_died_is_started_anew(server: EmbeddedServer) -> None:
    server.start()
    dead = pid_of(server)
    os.kill(dead, signal.SIGKILL)
    assert gone(dead)
    assert chat(server.start(), "Say hello.")
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
        address = child.stdout.readline().strip() + "/v1"
        chat(address, f"Say {SECRET}.")
        with pytest.raises(urllib.error.HTTPError, match="400"):
            chat(address, SECRET * 1000)
        with pytest.raises(urllib.error.HTTPError, match="400"):
            chat(address, "Hi", response_format={"type": SECRET})
        out, _ = child.communicate()  # closes its input, which ends it
    assert SECRET not in out + log.read_text()
    assert "exceeds the available context" in log.read_text()
