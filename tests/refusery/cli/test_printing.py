"""How the command shows where things are."""

from __future__ import annotations

from pathlib import Path

import pytest

from refusery.cli.printing import shown_path


def test_a_path_is_said_from_where_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown_path(tmp_path / "out" / "a") == "out/a"
    assert shown_path(tmp_path.parent) == str(tmp_path.parent)
