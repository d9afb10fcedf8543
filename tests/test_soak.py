"""The long proofs: every part names tests that are there, and no test marked `soak` is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import soak

_TESTS = Path(__file__).parent


def _named() -> list[str]:
    return [test for tests in soak.PARTS.values() for test in tests]


def test_each_test_of_a_part_is_there() -> None:
    for test in _named():
        file, _, name = test.partition("::")
        text = (_TESTS / file).read_text(encoding="utf-8")
        assert f"def {name.partition('[')[0] or 'test_'}" in text, test


def test_each_file_with_a_long_proof_has_a_part() -> None:
    marked = {
        path.relative_to(_TESTS).as_posix()
        for path in _TESTS.rglob("test_*.py")
        if "mark.soak" in path.read_text(encoding="utf-8") and path != Path(__file__)
    }
    assert marked
    assert marked - {test.partition("::")[0] for test in _named()} == set()


def test_without_a_part_they_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert soak.main([]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in listed] == list(soak.PARTS)


def test_a_part_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert soak.main(["scael"]) == 2
    assert "(got scael)" in capsys.readouterr().out


def test_a_part_goes_on_after_what_has_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(soak, "ROOT", tmp_path)
    monkeypatch.setattr(soak, "PARTS", {"two": ("test_one.py", "test_two.py")})
    monkeypatch.setattr(soak, "_commit", lambda: "abc")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # they take most of a start
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_one.py").write_text("def test_it(): pass\n")
    (tmp_path / "tests" / "test_two.py").write_text("def test_it(): assert False\n")
    assert soak.main(["two"]) == 1
    (tmp_path / "tests" / "test_two.py").write_text("def test_it(): pass\n")
    assert soak.main(["two"]) == 0
    assert "passed before: test_one.py" in capsys.readouterr().out
    assert soak.main([]) == 0
    assert capsys.readouterr().out == "two: 2 of 2 passed at this commit\n"
