from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.sources.template_reference import by_file, by_places
from pipelines.sources.templates import KEYS, shipped_text
from tests.golden.in_process import call


def test_the_shipped_prompts_are_written_out_as_they_are(tmp_path: Path) -> None:
    done = call("templates", "mine", cwd=tmp_path)
    assert done.status == 0, done.err
    lines = done.out.splitlines()
    for name, keys in by_file(KEYS.values()).items():
        written = tmp_path / "mine" / f"{name.rpartition('/')[2]}.md"
        assert written.read_text(encoding="utf-8") == shipped_text(name)
        assert [line.split() for line in lines].count([f"mine/{written.name}", keys]) == 1
    assert lines[-1] == f"written: {len([*(tmp_path / 'mine').iterdir()])} files to mine"


def test_places_that_keys_share_are_said_once(tmp_path: Path) -> None:
    done = call("templates", "mine", cwd=tmp_path)
    assert done.out.count("$second_base") == done.out.count("$first_variant") == 1
    for keys in by_places(KEYS.values()):
        assert any(line.split()[:1] == [keys] and "$" in line for line in done.out.splitlines())


def test_what_the_page_types_works_one_after_another(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "templates.md").read_text(encoding="utf-8")
    commands = re.findall(r"^\$ refusery (templates .*)$", page, re.M)
    assert len(commands) == 2
    for command in commands:
        assert call(*command.split(), cwd=tmp_path).status == 0
    (named,) = re.findall(r"^rewrite: .*template: (\S+)}$", page, re.M)
    assert (tmp_path / named).is_file()


def test_one_key_alone_is_written(tmp_path: Path) -> None:
    done = call("templates", ".", "--only", "moderate.template", cwd=tmp_path)
    assert done.status == 0, done.err
    names = sorted(each.name for each in tmp_path.iterdir())
    assert names == ["prompt_moderator_lenient.md", "prompt_moderator_paper.md"]
    assert "$prompt*" in done.out
    assert done.out.splitlines()[-1] == "written: 2 files to ."


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
