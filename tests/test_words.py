"""The words of the house: names in code are the field's own, and private ones do not come back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_PACKAGES = sorted(
    path.parent.name for path in _ROOT.glob("*/__init__.py") if path.parent.name != "tests"
)

GONE = frozenset(
    {
        *("refused", "fault", "line", "gate", "turn", "pace", "pause", "purse", "hold"),
        *("leaving", "leave", "settle", "settled", "standing", "kin", "relatives", "coat", "lots"),
        *("lot", "atom", "atoms", "asker"),
    }
)
"""Words that names have no more, with what stands in their place: see the words of HOUSE."""

MEANT = {
    "line": "a line of a text or of a file",
    "lines": "lines of a text",
    "refused": "whether a model refused: what this project counts",
    "gate": "the key `gates` of a recipe and the option `--gate` of publish: users' interface",
    "turn": "a turn of a chat, as in the published column `turns`",
    "relatives": "the manifest's field of that name",
    "pause": "the option `--pause` of serve",
    "hold_out": "held-out data, and the option of that name",
    "leave_one_out": "the field's word for it",
    "leaves_out": "plain English",
}
"""Names, or words in them, that are meant in plain English or are users' interface; why."""


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg


def _words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)]


def _private(name: str) -> set[str]:
    bare = name.strip("_").lower()
    if bare in MEANT:
        return set()
    return {word for word in _words(name) if word in GONE and word not in MEANT}


@pytest.mark.parametrize("package", _PACKAGES)
def test_no_name_has_a_word_that_is_gone(package: str) -> None:
    found = []
    for path in sorted((_ROOT / package).rglob("*.py")):
        names = {path.stem, *_names(ast.parse(path.read_text(encoding="utf-8")))}
        found += [f"{path.relative_to(_ROOT)}: {name}" for name in names if _private(name)]
    assert found == []


def test_few_words_are_excepted() -> None:
    assert len(MEANT) <= 15


_IN_TEXT = re.compile(r"\b(purse|coat|leaving|kin|settle|standing|lots|atom|asker)s?\b", re.I)


@pytest.mark.parametrize(
    "path",
    [
        *sorted(_ROOT.glob("*.md")),
        *sorted(_ROOT.glob("docs/*.md")),
        *sorted(_ROOT.glob("recipes/*.md")),
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
