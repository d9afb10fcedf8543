"""Tests lie where what they test lies: `tests/x/y` has the tests of `x/y`."""

from __future__ import annotations

from pathlib import Path

_TESTS = Path(__file__).parent
_ROOT = _TESTS.parent
_OF_NO_FOLDER = {
    "chaos": "whole runs in which everything goes wrong",
    "fuzz": "what reads texts, replies and files, found wherever it is",
    "golden": "what must not change, whatever moves",
    "servers": "the doubles of other people's servers",
    "test_servers": "that the doubles are true",
}
"""Folders of tests that stand for no folder of ours, and what they are for."""


def _folders() -> list[Path]:
    found = {path.parent.relative_to(_TESTS) for path in _TESTS.rglob("test_*.py")}
    return sorted(each for each in found if each.parts and each.parts[0] not in _OF_NO_FOLDER)


def test_each_folder_of_tests_has_its_folder_of_code() -> None:
    assert [str(each) for each in _folders() if not any((_ROOT / each).glob("*.py"))] == []


def test_each_package_has_tests() -> None:
    packages = {path.parent.name for path in _ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages - {each.parts[0] for each in _folders()} == set()


def test_the_folders_of_no_code_are_there() -> None:
    assert [each for each in _OF_NO_FOLDER if not (_TESTS / each).is_dir()] == []
