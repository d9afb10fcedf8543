"""An engine that cannot be opened leaves nothing open, and one without a run leaves no budget."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path
from typing import NoReturn

import pytest

from inference.errors import LedgerError
from inference.ledger import Ledger
from pipelines.recipe import load
from pipelines.sources import engine
from pipelines.sources.engine import open_engine
from tests.small_recipe import small_recipe


def _held(folder: Path) -> list[str]:
    """What this process holds of a folder's files and of ledgers' threads."""
    handles = Path("/proc/self/fd")
    links = []
    for handle in os.listdir(handles) if handles.is_dir() else ():
        try:
            links.append(os.readlink(handles / handle))
        except FileNotFoundError:
            continue  # that of the listing itself
    threads = [thread.name for thread in threading.enumerate() if thread.name == "ledger"]
    return [link for link in links if link.startswith(str(folder))] + threads


@pytest.mark.parametrize("part", ["LedgerBudget", "to_specs"])
def test_an_engine_whose_parts_cannot_be_made_leaves_its_ledger_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    def fails(*_: object) -> NoReturn:
        raise LedgerError("the ledger must be readable")

    monkeypatch.setattr(engine, part, fails)
    recipe = load(small_recipe(tmp_path), ["budget={max_usd: 1}"])
    before = _held(tmp_path)
    with pytest.raises(LedgerError, match="must be readable"):
        open_engine(recipe, tmp_path / "ledger.sqlite", tmp_path / "embeddings", "a-run")
    assert _held(tmp_path) == before


@pytest.mark.parametrize("broken", ["no ledger", "newer schema"])
def test_a_ledger_that_is_refused_is_left_closed(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger(path).close()
    path.with_name("ledger.sqlite.count").write_text("5\n")
    if broken == "no ledger":
        path.write_bytes(b"not a database" * 100)
    else:
        with sqlite3.connect(path) as database:
            database.execute("UPDATE meta SET value = '99' WHERE name = 'schema_version'")
        database.close()
    before = _held(tmp_path)
    with pytest.raises(LedgerError):
        Ledger(path)
    assert _held(tmp_path) == before


@pytest.mark.parametrize(("run", "left"), [(None, []), ("a-run", ["a-run"])])
def test_a_budget_that_no_run_goes_on_with_leaves_the_ledger_with_its_engine(
    tmp_path: Path, run: str | None, left: list[str]
) -> None:
    recipe = load(small_recipe(tmp_path), ["budget={max_usd: 1}"])
    path = tmp_path / "ledger.sqlite"
    with open_engine(recipe, path, tmp_path / "embeddings", run):
        pass
    with sqlite3.connect(path) as database:
        assert [name for (name,) in database.execute("SELECT run FROM budgets")] == left
    database.close()
