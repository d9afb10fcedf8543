"""Lists that calls for seeds are made from: what is wrong with them is said before any call."""

from __future__ import annotations

from pathlib import Path

import pytest

from refusery.cli.app import run
from tests.loopback import RECIPE, write_recipe

_TAXONOMY = """\
name: mine
version: "1"
source: mine
categories:
  - {name: fraud, title: Fraud, definition: About fraud., sensitive: false}
  - {name: theft, title: Theft, definition: About theft., sensitive: false}
  - {name: minors, title: Minors, definition: About minors., sensitive: true}
  - {name: none, title: None, definition: Nothing of these., sensitive: false}
"""
_FILES = "files: {cells: mine_cells.yaml}\n"
_LISTS = """\
roles: [a cook, a nurse]
settings: [at sea]
forms: [a wish]
sub_topics:
  fraud: [bogus tickets, false doctors]
"""
_WRITTEN = RECIPE.replace("{{from: shipped}}", "{{from: llm, writer: writer, per_category: 50}}")


def _recipe(folder: Path, lists: str | None) -> Path:
    files = "" if lists is None else _FILES
    (folder / "mine.yaml").write_text(_TAXONOMY + files, encoding="utf-8")
    if lists is not None:
        (folder / "mine_cells.yaml").write_text(_LISTS + lists, encoding="utf-8")
    (folder / "rewrite.md").write_text("Rewrite $seed", encoding="utf-8")
    written = _WRITTEN.replace("rewrite: {{", "rewrite: {{template: rewrite.md, ")
    return write_recipe(folder, "http://127.0.0.1:9/v1", f"taxonomy: mine.yaml\n{written}")


@pytest.mark.parametrize("verb", ["plan", "build"])
@pytest.mark.parametrize(
    ("lists", "said"),
    [
        (None, "the taxonomy lacks sub-topics for fraud, theft: fill files.cells of mine.yaml"),
        ("", "the taxonomy lacks sub-topics for theft: fill mine_cells.yaml"),
        (
            "  thefts: [bicycles]\n",
            "sub-topics must be for a category of mine (did you mean `theft`?)",
        ),
        ("  theft: []\n", "sub-topics of theft must be a list with entries"),
        (
            "  theft: [bicycles]\n  minors: [dares]\n",
            "a sensitive category must have no sub-topics: its seeds are only imported (got minors",
        ),
    ],
)
def test_what_is_wrong_with_the_lists_is_a_line_each_before_any_call(
    verb: str,
    lists: str | None,
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    recipe = _recipe(tmp_path, lists)
    out = ["--out", str(tmp_path / "out")] if verb == "build" else []
    assert run([verb, str(recipe), *out]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert any(said in line for line in lines)
    assert all(line.startswith("refusery: seeds.from: llm: the taxonomy lacks ") for line in lines)
    assert not (tmp_path / "out" / "runs").exists()


def test_a_plan_says_where_more_seeds_are_wanted_than_cells_can_bring(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By hand: fraud has 2 x 2 = 4 cells, theft 1 x 2 = 2; of 20 seeds each 80 and 40."""
    recipe = _recipe(tmp_path, "  theft: [bicycles]\n")
    assert run(["plan", str(recipe)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "seeds.per_category asks for 50 seeds" in said
    assert "there are at most: theft 40" in said
