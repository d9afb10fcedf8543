"""Prompt and answer text stays in `out/` and the ledger, keys stay nowhere, whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson
import polars as pl
import pytest

from tests import prefect_server
from tests.loopback import own_prefect
from tests.servers import faults
from tests.servers.behaviours import Moderator, Router, Verdict
from tests.servers.chat import Answer, Body, question_of
from tests.servers.counting import Call
from tests.servers.openai_server import Server, serve
from tests.servers.schedules import Schedule

_SEED, _PROMPT, _REASON, _ANSWER = "zqseedmark", "zqpromptmark", "zqreasonmark", "zqanswermark"
_TEXTS = (_SEED, _PROMPT, _REASON, _ANSWER)
_KEY = "sk-zqkeymark-4f1c9a7e5b2d"
_RECIPE = """\
benchmark: or-bench
models:
  writer: {{provider: openai, base_url: "{url}", model: writer, key_env: MARKED_KEY, price: free}}
  a: {{provider: openai, base_url: "{url}", model: a, key_env: MARKED_KEY, price: free}}
  target: {{provider: openai, base_url: "{url}", model: target, key_env: MARKED_KEY, price: free}}
seeds: {{from: seeds.csv, license: cc-by-4.0, redistribute: yes}}
rewrite: {{writer: writer, per_seed: 2, checks: []}}
moderate: {{moderators: [a]}}
dedup: {{threshold: null}}
rescue: {{answerer: target}}
panel: {{targets: [target]}}
hard: {{at: 1}}
release: {{version: 2026.11.0}}
"""


def _writer(body: Body) -> Answer:
    number = "".join(each for each in question_of(body) if each.isdigit())[-2:]
    texts = [f"Why do gardeners number {number} fear the {_PROMPT} {each}?" for each in "ab"]
    return Answer(orjson.dumps({"rewrites": texts, "prompts": texts}).decode())


def _target(body: Body) -> Answer:
    return Answer(f"I'm sorry, but I can't help with the {_ANSWER}.")


@pytest.fixture
def server() -> Iterator[Server]:
    voter = Moderator(
        table={
            f"{_PROMPT} a": Verdict(False, explanation=f"Mild {_REASON}."),
            f"{_PROMPT} b": Verdict(True, "illegal", explanation=f"Grave {_REASON}."),
        }
    )
    models = Router({"writer": _writer, "a": voter, "target": _target})
    with serve(models, key=_KEY) as running:
        yield running


def _prepare(folder: Path, url: str) -> list[str]:
    lines = [f"How do I steal the {_SEED} number {number}?,illegal" for number in range(10, 22)]
    (folder / "seeds.csv").write_text("\n".join(["prompt,category", *lines]), encoding="utf-8")
    (folder / "marked.yaml").write_text(_RECIPE.format(url=url), encoding="utf-8")
    for name in ("home", "tmp"):
        (folder / name).mkdir(exist_ok=True)
    return [sys.executable, "-m", "refusery", "build", "marked.yaml"]


def _environment(folder: Path, key: str = _KEY, prefect: str | None = None) -> dict[str, str]:
    """With a Prefect of its own, as users have it, or with the one at an address."""
    own = {"MARKED_KEY": key, "HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp")}
    at = {"PREFECT_API_URL": prefect} if prefect else {}
    return own_prefect(folder) | own | at


def _run(
    folder: Path, url: str, *options: str, key: str = _KEY, prefect: str | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*_prepare(folder, url), *options],
        cwd=folder, env=_environment(folder, key, prefect),
        capture_output=True, text=True, timeout=240,
    )  # fmt: skip


def _said(done: subprocess.CompletedProcess[str]) -> bytes:
    return (done.stdout + done.stderr).encode()


def _content(path: Path) -> bytes:
    """A file's bytes, and a table's texts, which compression would hide."""
    if path.suffix == ".parquet":
        return path.read_bytes() + str(pl.read_parquet(path).to_dicts()).encode()
    return path.read_bytes()


def _leaks(folder: Path, said: bytes) -> list[str]:
    """Where a text marker stands outside of `out/`, or the key anywhere."""
    found = [f"printed {mark}" for mark in (*_TEXTS, _KEY) if mark.encode() in said]
    given = {folder / "seeds.csv"}
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path in given:
            continue
        content = _content(path)
        marks = [_KEY] if (folder / "out") in path.parents else [*_TEXTS, _KEY]
        found += [
            f"{path.relative_to(folder)}: {mark}" for mark in marks if mark.encode() in content
        ]
    stored = prefect_server.stored()
    return found + [f"Prefect: {mark}" for mark in (*_TEXTS, _KEY) if mark.encode() in stored]


def _in_out(folder: Path) -> set[str]:
    contents = b"".join(_content(path) for path in (folder / "out").rglob("*") if path.is_file())
    return {mark for mark in _TEXTS if mark.encode() in contents}


@pytest.mark.slow
def test_a_run_that_succeeds_keeps_texts_in_out_and_the_key_nowhere(
    server: Server, tmp_path: Path
) -> None:
    done = _run(tmp_path, server.base_url)
    assert done.returncode == 0, done.stderr
    assert "rewrite-0: " in done.stderr
    assert "Next:         refusery verify out/releases/or-bench/2026.11.0" in done.stdout
    assert _in_out(tmp_path) == set(_TEXTS)
    assert _leaks(tmp_path, _said(done)) == []


def _echoing(status: int) -> Schedule:
    """From the eighth call on, errors that repeat everything: the texts and the key."""
    message = f"Bad input '{_SEED} {_PROMPT} {_ANSWER}' with key {_KEY}"

    def fault(call: Call) -> faults.Fault | None:
        return faults.api_error(status, message) if call.order >= 8 else None

    return fault


@pytest.mark.parametrize(
    "status",
    [400, pytest.param(401, marks=pytest.mark.slow), pytest.param(500, marks=pytest.mark.slow)],
)
def test_a_run_that_fails_on_errors_which_repeat_everything_leaks_nothing(
    server: Server, tmp_path: Path, status: int
) -> None:
    server.faults = _echoing(status)
    quick = ("--set", "models.writer.attempts=1", "--set", "models.a.attempts=1", "--debug")
    with prefect_server.used() as prefect:
        done = _run(tmp_path, server.base_url, *quick, prefect=prefect)
    assert done.returncode == 1
    assert _SEED in _in_out(tmp_path)
    assert _leaks(tmp_path, _said(done)) == []


@pytest.mark.slow
def test_a_refused_key_is_not_repeated(server: Server, tmp_path: Path) -> None:
    wrong = "sk-zqwrongmark-0d2a8c"
    server.faults = lambda call: faults.api_error(401, f"Incorrect API key provided: {wrong}")
    done = _run(tmp_path, server.base_url, key=wrong)
    assert done.returncode == 1
    everything = [_content(path) for path in tmp_path.rglob("*") if path.is_file()]
    assert not [each for each in (*everything, _said(done)) if wrong.encode() in each]


@pytest.mark.slow
def test_a_run_that_breaks_in_the_middle_leaks_nothing_even_in_its_traceback(
    server: Server, tmp_path: Path
) -> None:
    _prepare(tmp_path, server.base_url)
    stage = tmp_path / "out/runs/marked/2026.11.0/moderate-0"
    stage.parent.mkdir(parents=True)
    stage.write_text("a file where the stage wants its folder")
    done = _run(tmp_path, server.base_url, "--debug")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert _PROMPT in _in_out(tmp_path)
    assert _leaks(tmp_path, _said(done)) == []


@pytest.mark.slow
def test_a_run_that_is_killed_leaks_nothing(server: Server, tmp_path: Path) -> None:
    command = _prepare(tmp_path, server.base_url)
    with prefect_server.used() as prefect, (tmp_path / "said.txt").open("wb") as said:
        victim = subprocess.Popen(
            command, cwd=tmp_path, start_new_session=True,
            env=_environment(tmp_path, prefect=prefect),
            stdout=said, stderr=said,
        )  # fmt: skip

        def kill(call: Call) -> None:
            # A rewrite that is asked about is in the ledger.
            if _PROMPT.encode() in call.canonical and victim.poll() is None:
                os.killpg(victim.pid, signal.SIGKILL)

        server.faults = kill
        assert victim.wait(120) == -signal.SIGKILL
    assert _PROMPT in _in_out(tmp_path)
    assert _leaks(tmp_path, b"") == []
