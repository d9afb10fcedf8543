"""What the pages for people name is there: files, folders, tables and functions; recipes load."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.recipe import load

_ROOT = Path(__file__).parents[1]
_PAGES = [*sorted(_ROOT.glob("*.md")), *sorted(_ROOT.glob("docs/*.md"))]
_NOW = [page for page in _PAGES if page.name != "CHANGELOG.md"]
"""Pages on the tree as it is; the change log tells of names that are gone."""

_FOLDERS = "|".join(sorted(path.name for path in _ROOT.iterdir() if path.is_dir()))
_PATH = re.compile(rf"(?<![\w/.])(?:{_FOLDERS})/[\w./-]*")
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
_IN_FILE = re.compile(r"`(\w+)`(?: and a field of `(\w+)`)? (?:of|in) `([\w/]+\.py)`")


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _quoted(text: str) -> Iterator[str]:
    """What stands between back ticks, blocks of code left out."""
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))


@pytest.mark.parametrize("page", _NOW, ids=lambda page: page.name)
def test_each_file_and_folder_that_a_page_names_is_there(page: Path) -> None:
    named = {path for quoted in _quoted(_text(page)) for path in _PATH.findall(quoted)}
    made = {path for path in named if path.startswith("out/")}
    assert sorted(path for path in named - made if not (_ROOT / path).exists()) == []


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)
def test_each_link_of_a_page_leads_to_a_file(page: Path) -> None:
    links = set(_LINK.findall(_text(page)))
    assert sorted(link for link in links if not (page.parent / link).exists()) == []


def test_each_table_and_function_stands_in_the_file_that_it_is_said_to() -> None:
    named = [
        (name, file)
        for *names, file in _IN_FILE.findall(_text(_ROOT / "CONTRIBUTING.md"))
        for name in names
        if name
    ]
    assert len(named) > 12
    gone = [
        f"{name} in {file}"
        for name, file in named
        if not re.search(
            rf"^(?:def |class )?{name}\b(?:\(|:| =)", (_ROOT / file).read_text("utf-8"), re.M
        )
    ]
    assert gone == []


def test_the_first_page_is_short_and_its_recipe_is_right(tmp_path: Path) -> None:
    page = _text(_ROOT / "README.md")
    assert len(page.splitlines()) <= 150
    (recipe,) = re.findall(r"```yaml\n(benchmark.*?)```", page, re.S)
    (tmp_path / "my.yaml").write_text(recipe, encoding="utf-8")
    assert load(tmp_path / "my.yaml").benchmark == "or-bench"
    assert len(recipe.splitlines()) <= 15
