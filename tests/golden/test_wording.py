"""The whole wording of what every verb prints on a fixed input, one file a verb in `printed/`.

Unlike its numbers it may change once, in one commit that changes nothing else:
`GOLDEN=wording python -m pytest tests/golden/test_wording.py` writes the files anew, and their
diff is what the note shows. Times, ports, folders, hashes and the sizes of files are masked.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.golden.command import ROOT
from tests.golden.in_process import call
from tests.golden.saying import Said, said_once
from tests.golden.verbs import ALL
from tests.golden.world import World

pytestmark = pytest.mark.embedded

_PRINTED = Path(__file__).parent / "printed"
_CHANGED = (
    "what this verb prints reads differently now; its wording may change once, in one commit of "
    "its own, by `GOLDEN=wording python -m pytest tests/golden/test_wording.py`"
)
_MASKS = (
    (re.compile(re.escape(str(ROOT))), "{checkout}"),
    (re.compile(r"127\.0\.0\.1:\d{4,5}"), "127.0.0.1:{port}"),
    (re.compile(r"\(\d+\.\d s\)"), "({seconds} s)"),
    (re.compile(r"\bcommit [0-9a-f]{8}\b"), "commit {hash}"),
    (re.compile(r"[\d,]+ bytes"), "{size} bytes"),
    (re.compile(r"^ (\S+ +(?:add|change|remove|keep)\w*) +[\d,]+ *$", re.MULTILINE), r" \1 {size}"),
    (re.compile(r"(bytes to upload, at most +)[\d,]+"), r"\1{size}"),
    (re.compile(r"(?<= )\d+\.\d\d(?= +\d+\.\d{4} )"), "{seconds}"),
    (re.compile(r" {2,}"), "  "),
    (re.compile(r" +$", re.MULTILINE), ""),
)
_WAITING = re.compile(r"^.* rows, [\d,.]+/s.*\n", re.MULTILINE)
"""A line that comes where something takes long."""


@pytest.fixture(scope="module")
def said(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Said]]:
    """What came of the calls of each verb, in their order."""
    return said_once(world, tmp_path_factory)


@pytest.mark.parametrize("verb", ALL)
def test_a_verb_reads_as_it_always_did(verb: str, said: dict[str, list[Said]]) -> None:
    assert_same(verb, "\n".join(map(_section, said[verb])))


def test_the_help_reads_as_it_always_did(tmp_path: Path) -> None:
    lines = [[], *([verb] for verb in ALL), ["review", "export"], ["review", "import"]]
    assert_same("help", "\n".join(_helps(lines, tmp_path)))


def assert_same(name: str, found: str) -> None:
    """Compares with a file of `printed/`, or writes it where the environment says so."""
    path = _PRINTED / f"{name}.txt"
    if os.environ.get("GOLDEN") == "wording":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert path.exists(), _CHANGED
    assert found == path.read_text(encoding="utf-8"), _CHANGED


def _section(said: Said) -> str:
    out = "(JSON)\n" if said.out.startswith("{\n") else said.out
    err = _WAITING.sub("", said.err)
    text = "".join(f"{each.rstrip()}\n" for each in out.rstrip("\n").split("\n"))
    text += "".join(f"2> {each}\n" for each in err.splitlines())
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    status = f" [{said.status}]" if said.status else ""
    return f"$ refusery {said.line}{status}\n{text.lstrip(chr(10))}"


def _helps(lines: list[list[str]], folder: Path) -> Iterator[str]:
    for line in lines:
        shown = call(*line, "--help", cwd=folder).out
        bare = re.sub(r" +$", "", shown, flags=re.MULTILINE)
        yield f"$ refusery {' '.join([*line, '--help'])}\n{bare}"
