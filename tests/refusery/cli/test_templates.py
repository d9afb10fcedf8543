from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.sources.templates import KEYS, shipped_text
from tests.golden.in_process import call


def test_the_shipped_prompts_are_written_out_as_they_are(tmp_path: Path) -> None:
    done = call("templates", "mine", cwd=tmp_path)
    assert done.status == 0, done.err
    for key in KEYS.values():
        assert key.name in done.out
        for name in key.shipped:
            written = tmp_path / "mine" / f"{name.rpartition('/')[2]}.md"
            assert written.read_text(encoding="utf-8") == shipped_text(name)


def test_one_key_alone_is_written(tmp_path: Path) -> None:
    done = call("templates", ".", "--only", "moderate.template", cwd=tmp_path)
    assert done.status == 0, done.err
    names = sorted(each.name for each in tmp_path.iterdir())
    assert names == ["prompt_moderator_lenient.md", "prompt_moderator_paper.md"]
    assert "$prompt*" in done.out


def test_what_somebody_has_changed_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "seeds.md").write_text("mine")
    done = call("templates", ".", cwd=tmp_path)
    assert done.status == 2
    assert "must not be there already" in done.err
    assert [each.name for each in tmp_path.iterdir()] == ["seeds.md"]


@pytest.mark.parametrize("key", ["rewrite", "rewrite.templat"])
def test_an_unknown_key_is_one_line(tmp_path: Path, key: str) -> None:
    done = call("templates", "--only", key, cwd=tmp_path)
    assert done.status == 2
    assert "rewrite.template" in done.err
