"""`new` in a pseudo-terminal: what is asked, what is asked again, and what Ctrl-C leaves."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines.drafts.catalog import catalog
from pipelines.recipe import Evaluation, load
from refusery.cli.app import run
from tests.golden.command import ROOT

pytestmark = pytest.mark.slow

_GUARD_S = 300.0
"""No bound of the command's: how long a test waits on a machine that is busy."""


class _Terminal:
    """The command at a terminal, and somebody who reads and types there."""

    def __init__(self, process: subprocess.Popen[bytes], handle: int) -> None:
        """Nothing was read."""
        self.process = process
        self.said = ""
        self._handle = handle
        self._read_to = 0

    def answer(self, question: str, text: str) -> None:
        """Waits for a question that was not answered yet, and types an answer."""
        end = time.monotonic() + _GUARD_S
        while question not in self.said[self._read_to :]:
            assert self._read(), f"no {question!r} in {self.said!r}"
            assert time.monotonic() < end, self.said
        self._read_to = self.said.index(question, self._read_to) + len(question)
        os.write(self._handle, text.encode())

    def end(self, pressed: str = "") -> int:
        """The exit status, once all was read.

        A key that comes between a question and the wait for its answer is heard with the next one:
        like whoever sits there, this presses it again.
        """
        end, length = time.monotonic() + _GUARD_S, -1
        while self._read():
            assert time.monotonic() < end, self.said
            if pressed and length == len(self.said) and self.process.poll() is None:
                os.write(self._handle, pressed.encode())
            length = len(self.said)
        return self.process.wait(_GUARD_S)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._handle], [], [], 5.0)
        if not ready:
            return True
        try:
            data = os.read(self._handle, 4096)
        except OSError:  # the other side is closed
            return False
        self.said += data.decode(errors="replace")
        return bool(data)


@contextmanager
def _typing(folder: Path, *arguments: str, **environment: str) -> Iterator[_Terminal]:
    """`refusery new` at a terminal, ended with the block."""
    ours, theirs = pty.openpty()
    bare = {name: each for name, each in os.environ.items() if not name.endswith("_API_KEY")}
    surroundings = bare | {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "TERM": "dumb"}
    process = subprocess.Popen(
        [sys.executable, "-m", "refusery", "new", *arguments],
        cwd=folder,
        env=surroundings | environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=_take_terminal,
    )
    os.close(theirs)
    try:
        yield _Terminal(process, ours)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        os.close(ours)


def _take_terminal() -> None:
    """Makes standard input the terminal that Ctrl-C comes from."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@pytest.mark.parametrize("provider", catalog().providers)
def test_a_dialogue_gives_a_recipe_that_plans(
    provider: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _typing(tmp_path, "mine") as terminal:
        terminal.answer("Which benchmark", "or-bnech\n")
        terminal.answer("did you mean `or-bench`", "\n")
        terminal.answer("Which providers", f"{provider}\n")
        if provider == "own":
            terminal.answer("Which models of your server", "Qwen/Qwen3-32B\n")
            terminal.answer("Your server's address", "\n")
        terminal.answer("How many rows?", "1\n")
        terminal.answer("--rows must be", "100\n")
        if catalog().providers[provider].key_env is not None:
            terminal.answer("What may it cost", "\n")
        assert terminal.end() == 0, terminal.said
    assert "Next:" in terminal.said
    monkeypatch.chdir(tmp_path)
    assert load(Path("mine.yaml")).benchmark == "or-bench"
    assert run(["plan", "mine.yaml"]) == 0


def test_keys_that_are_there_are_the_default_and_data_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "set.csv").write_text("prompt\nHello there?\n", encoding="utf-8")
    with _typing(tmp_path, "mine", "--benchmark", "evaluate", OPENAI_API_KEY="x") as terminal:
        terminal.answer("OPENAI_API_KEY, set", "")
        terminal.answer("[openai]", "\n")
        terminal.answer("Which data", "gone.csv\n")
        terminal.answer("--data must be there", "set.csv\n")
        terminal.answer("How many prompts", "\n")
        terminal.answer("What may it cost", "3\n")
        assert terminal.end() == 0, terminal.said
    recipe = load(tmp_path / "mine.yaml")
    assert isinstance(recipe, Evaluation)
    assert recipe.budget is not None
    assert recipe.budget.max_usd == 3
    assert "The environment lacks" not in terminal.said


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["ctrl-c", "ctrl-d"])
def test_a_dialogue_that_is_broken_off_writes_nothing(key: str, tmp_path: Path) -> None:
    with _typing(tmp_path, "mine") as terminal:
        terminal.answer("Which benchmark", "\n")
        terminal.answer("Which providers", key)
        assert terminal.end(key) == 130, terminal.said
    assert "refusery: stopped; nothing was written" in terminal.said
    assert "Traceback" not in terminal.said
    assert list(tmp_path.iterdir()) == []
