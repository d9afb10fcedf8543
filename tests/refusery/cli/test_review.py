"""`refusery review` as a user runs it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.base_set import DOUBTFUL, classifiers, loaded, opened, write_recipe, write_tables
from tests.loopback import refusery
from tests.servers.openai_server import serve

pytestmark = pytest.mark.embedded


def test_a_review_goes_out_and_comes_back_without_a_prompt_on_the_terminal(tmp_path: Path) -> None:
    write_tables(tmp_path)
    with serve(classifiers()) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        with opened(loaded(recipe), tmp_path / "out"):
            pass
    out = refusery("review", "export", recipe, "--out", "review.csv", cwd=tmp_path)
    assert out.returncode == 0, out.stderr
    assert "5  missing" in out.stdout
    text = (tmp_path / "review.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    decided = io.StringIO(newline="")
    writer = csv.DictWriter(decided, list(rows[0]), delimiter=";")
    writer.writeheader()
    for row in rows:
        if row["prompt"] == DOUBTFUL:
            row.update(decision="accept", category="fake-news", note="déjà vu")
        writer.writerow(row)
    (tmp_path / "review.csv").write_bytes(decided.getvalue().encode("cp1252"))
    back = refusery(
        *("review", "import", "review.csv", "--recipe", recipe, "--out", "decisions.csv"),
        cwd=tmp_path,
    )
    assert back.returncode == 0, back.stderr
    assert "read as Latin-1" in back.stdout
    assert "1 accept; 1 in another category" in back.stdout
    assert "déjà vu" in (tmp_path / "decisions.csv").read_text(encoding="utf-8-sig")
    assert DOUBTFUL not in out.stdout + out.stderr + back.stdout + back.stderr


def test_a_run_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    write_tables(tmp_path)
    recipe = write_recipe(tmp_path, "http://127.0.0.1:9/v1")
    done = refusery("review", "export", recipe, "--out", "review.csv", cwd=tmp_path)
    assert done.returncode == 1
    assert "build the recipe first" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
