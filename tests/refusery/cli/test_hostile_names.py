"""Names in releases, tables and recipes of others, as a terminal is given them."""

from __future__ import annotations

import json
import os
import pty
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from artifacts.manifest import MANIFEST
from refusery.cli.app import run
from tests.artifacts.diff.two_releases import both

# Window title, clipboard, clear screen, the same in C1, the other direction, a hidden text.
ACTS = (
    "\x1b]0;PWNED-TITLE\x07\x1b]52;c;cHduZWQ=\x1b\\\x1b[2J\x9d0;t\x9c\u202eexe\u2066\u200f"
    "\U000e0041"
)
NAME = f"evil{ACTS}name"
_RECIPE = str(Path(__file__).parents[3] / "recipes" / "or_bench.embedded.yaml")


def _quoted(name: str) -> str:
    """The name between quotes of YAML."""
    return "".join(
        sign if sign.isascii() and sign.isprintable() else f"\\U{ord(sign):08x}" for sign in name
    ).replace("\x1b\\", "\x1b\\\\")


def _renamed(release: Path, change: Callable[[dict[str, object]], None]) -> Path:
    """The release, whose manifest somebody has changed."""
    path = release / MANIFEST
    manifest = json.loads(path.read_text("utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return release


def _file_name(manifest: dict[str, object]) -> None:
    configs = manifest["configs"]
    assert isinstance(configs, list)
    configs[0]["files"][0]["name"] = f"{configs[0]['name']}/{NAME}.parquet"


def _config_name(manifest: dict[str, object]) -> None:
    configs = manifest["configs"]
    assert isinstance(configs, list)
    configs[0]["name"] = NAME
    manifest["run"] = NAME


def _category(manifest: dict[str, object]) -> None:
    configs = manifest["configs"]
    assert isinstance(configs, list)
    configs[0]["categories"] = {NAME: 3}
    manifest["license"] = NAME


def _does_nothing(printed: str) -> None:
    assert all(sign.isprintable() or sign in "\r\n" for sign in printed), ascii(printed)


@pytest.mark.parametrize("change", [_file_name, _config_name, _category])
def test_names_of_a_manifest_do_nothing(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[dict[str, object]], None],
) -> None:
    old, new = both(tmp_path)
    _renamed(new, change)
    run(["verify", str(new)])
    run(["diff", str(old), str(new)])
    run(["diff", "--json", str(old), str(new)])
    printed = capsys.readouterr()
    assert change is _category or "\\x1b]0;PWNED-TITLE" in printed.out + printed.err
    _does_nothing(printed.out + printed.err)


def test_values_and_columns_of_a_table_do_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "t.jsonl"
    rows = [{"item": "a", f"promt{ACTS}": label, "b": NAME} for label in (NAME, "x", "y")]
    table.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert run(["agree", str(table), "--columns", f"promt{ACTS},b"]) == 0
    assert run(["agree", str(table), "--columns", f"promt{ACTS},b", "--json"]) == 0
    assert run(["moderate", str(table), "--recipe", _RECIPE, "--column", "promt"]) == 2
    printed = capsys.readouterr()
    assert "evil\\x1b]0;PWNED-TITLE" in printed.out
    assert "promt\\x1b]0;PWNED-TITLE" in printed.out
    _does_nothing(printed.out + printed.err)


@pytest.mark.parametrize("verb", ["plan", "doctor"])
@pytest.mark.parametrize(
    "text",
    [
        'benchmark: or-bench\n"{name}": 1\n',
        'benchmark: or-bench\nmodels: {{"{name}": {{provider: "{name}"}}}}\n',
        'benchmark: or-bench\nmodels: {{"{name}": {{provider: openai, base_url: "http://127.0.0.1:9/v1",'
        ' model: "{name}", price: free}}}}\nseeds: {{from: shipped}}\nrewrite: {{writer: "{name}",'
        ' per_seed: 1, checks: []}}\nmoderate: {{moderators: ["{name}", {{kind: words}},'
        " {{kind: profanity}}]}}\ndedup: {{threshold: null}}\nrelease: {{version: 2026.11.0}}\n",
    ],
)
def test_keys_of_a_recipe_do_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str, text: str
) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(text.format(name=_quoted(NAME)), encoding="utf-8")
    run([verb, str(path)])
    printed = capsys.readouterr()
    assert "x1b" in printed.out + printed.err
    _does_nothing(printed.out + printed.err)


@pytest.mark.slow
def test_a_real_terminal_is_given_no_escape_of_others(tmp_path: Path) -> None:
    _, new = both(tmp_path)
    _renamed(new, _file_name)
    child, file = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-m", "refusery", "verify", str(new)])
    printed = b""
    try:
        while part := os.read(file, 65_536):
            printed += part
    except OSError:  # the terminal is gone
        pass
    os.waitpid(child, 0)
    assert b"PWNED-TITLE" in printed
    for sign in (b"\x1b]", b"\x1b[2J", b"\x07", "\u202e".encode(), "\x9d".encode()):
        assert sign not in printed
