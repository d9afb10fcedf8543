"""`docs/tour.md`, block by block in one process: what it shows is what comes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.refusery.pages import blocks, shown

_TOUR = Path(__file__).parents[2] / "docs" / "tour.md"


@pytest.mark.embedded
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_block_gives_what_the_page_shows(
    server: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    names: dict[str, object] = {}
    wanted: list[tuple[int, str]] = []
    given: list[tuple[int, str]] = []
    for block in blocks(_TOUR):
        if block.kind == "yaml":
            assert block.file is not None
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
        elif block.kind == "python":
            given.append((block.line, shown(block.text, names)))
        else:
            wanted.append((given[-1][0], block.text))
    assert wanted == [each for each in given if each[1]]
    assert len(wanted) >= 12
