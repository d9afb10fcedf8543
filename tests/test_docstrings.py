"""What a docstring says is raised is an error that there is."""

import ast
import builtins
import re
import subprocess
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_OUT = ("tests/", "benchmarks/", "requirements/", "docs/")
_OTHERS = {"Exit", "JSONDecodeError", "HfHubHTTPError", "ValidationError"}
"""Errors of libraries that docstrings name."""


def _sources() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=_ROOT, capture_output=True, text=True, check=True
    )
    return [_ROOT / name for name in listed.stdout.split() if not name.startswith(_OUT)]


def _raised(text: str) -> set[str]:
    """The names of a docstring's section Raises."""
    _, found, section = text.partition("Raises:\n")
    if not found:
        return set()
    indent = re.match(r" *", section)
    assert indent is not None
    start = re.escape(indent.group())
    body = re.split(r"\n\s*\n", section, maxsplit=1)[0]
    return set(re.findall(rf"^{start}(\w+):", body, re.MULTILINE))


@pytest.fixture(scope="module")
def known() -> set[str]:
    classes = {
        node.name
        for path in _sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    return classes | set(dir(builtins)) | _OTHERS


def test_each_error_that_a_docstring_names_is_there(known: set[str]) -> None:
    wrong: list[str] = []
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names = _raised(ast.get_docstring(node) or "") - known
                where = path.relative_to(_ROOT).as_posix()
                wrong += [f"{where}:{node.name}: {each}" for each in sorted(names)]
    assert wrong == []
