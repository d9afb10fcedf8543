"""The words of the house: names in code are the field's own, and private ones do not come back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_PACKAGES = sorted(
    path.parent.name for path in _ROOT.glob("*/__init__.py") if path.parent.name != "tests"
)

GONE = frozenset(
    {
        *("refused", "fault", "line", "gate", "turn", "pace", "pause", "purse", "hold"),
        *("leaving", "leave", "settle", "settled", "standing", "kin", "relative", "coat", "lot"),
        *("atom", "asker"),
    }
)
"""Words that names have no more, in the singular, with what stands in their place: see HOUSE."""

WORDS = {
    "line": "a line of a text, of a file or of a terminal",
    "refused": "what a model did, which this project counts; what a server or the Hub did",
    "turn": "a turn of a chat, as in the published column `turns`",
}
"""Words that are meant in plain English wherever they stand in a name, and why."""

NAMES = {
    "gate": "who may see a repository of the Hub, as in the option `--gated`",
    "gates": "the recipe's key of that name, and its part",
    "check_gates": "the recipe's `gates`",
    "require_gates": "the recipe's `gates`",
    "gates_table": "the recipe's `gates`",
    "gatebrokenerror": "the recipe's `gates`",
    "qualitygateoutcome": "a quality gate, in full",
    "holds": "plain English: whether what must hold does",
    "leaves_out": "plain English",
    "hold_out": "held-out data, and the option of that name",
    "leave_one_out": "the field's word for it",
}
"""Whole names that are meant in plain English or are users' interface, and why."""


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg


def _words(name: str) -> Iterator[str]:
    """The words of a name, in the singular."""
    for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name):
        yield word.lower().removesuffix("s")


def _private(name: str) -> bool:
    bare = name.strip("_").lower()
    gone = {word for word in _words(name) if word in GONE}
    return bool(gone - set(WORDS)) and bare not in NAMES


@cache
def _all_names() -> tuple[tuple[Path, str], ...]:
    return tuple(
        (path.relative_to(_ROOT), name)
        for package in _PACKAGES
        for path in sorted((_ROOT / package).rglob("*.py"))
        for name in {path.stem, *_names(ast.parse(path.read_text(encoding="utf-8")))}
    )


def test_no_name_has_a_word_that_is_gone() -> None:
    assert [f"{path}: {name}" for path, name in _all_names() if _private(name)] == []


def test_few_words_and_names_are_excepted_and_each_is_needed() -> None:
    assert len(WORDS) + len(NAMES) <= 15
    names = {name for _, name in _all_names()}
    assert set(NAMES) - {name.strip("_").lower() for name in names} == set()
    assert set(WORDS) - {word for name in names for word in _words(name)} == set()


_IN_TEXT = re.compile(r"\b(purse|coat|leaving|kin|settle|standing|lots|atom|asker)s?\b", re.I)


@pytest.mark.parametrize(
    "path",
    [
        *sorted(_ROOT.glob("*.md")),
        *sorted(_ROOT.glob("docs/*.md")),
        *sorted(_ROOT.glob("recipes/*.md")),
        *sorted(_ROOT.glob("artifacts/**/templates/*.*")),
    ],
    ids=lambda path: path.name,
)
def test_no_page_has_a_word_that_is_gone(path: Path) -> None:
    found = [
        f"{number}: {line}"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if _IN_TEXT.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("package", _PACKAGES)
def test_no_message_has_a_word_that_is_gone(package: str) -> None:
    found = []
    for path in sorted((_ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and _IN_TEXT.search(text):
                found.append(f"{path.relative_to(_ROOT)}:{node.lineno}: {text[:60]}")
    assert found == []
