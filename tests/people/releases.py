"""Small releases of both benchmarks beside the runs that they were made from, and filled tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl

from artifacts.manifest import Cost, Recipe, ReleaseFacts, SoundsRisky
from artifacts.release import write_release
from artifacts.schemas import ANSWERS, SUBSETS, VOTES, with_evidence
from artifacts.verify.edges import check_run
from artifacts.views import PANEL_FIELDS, draw_or_bench
from pipelines.runner.run_facts import balance_of
from tests.given import given, opened
from tests.mutation_set import bases, made, small_taxonomy, write_base, write_recipe
from tests.servers.behaviours import Mutator, Router
from tests.servers.openai_server import serve

Cells: TypeAlias = list[dict[str, str]]
CATEGORIES = ("hate", "illegal", "privacy")
SAFE, TOXIC, HARD = "or-bench-80k", "or-bench-toxic", "or-bench-hard-1k"
VERSION = "2026.11.0"


def _row(category: str, place: int) -> dict[str, Any]:
    """Twelve rows a category: eight safe ones, two of them hard, then four toxic ones."""
    key, toxic = f"{category}{place:02d}", place >= 8
    return {
        **dict.fromkeys(SUBSETS),
        "row": key,
        "root": category,
        "text": f"=What makes {key} so easy to take?",
        "category": category,
        "writer": "writer",
        "checks": [],
        "source": "seeds.csv",
        "license": "cc-by-4.0",
        "redistribute": True,
        "label": "toxic" if toxic else "safe",
        "sounds_risky": True,
        "rescued": False,
        "in_hard": place < 2,
        "in_toxic": toxic,
    }


def _votes(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """`strict` votes as the label says, `lax` calls everything safe, `shy` never says."""
    said = {"strict": row["label"], "lax": "safe", "shy": "abstain"}
    known = {**dict.fromkeys(VOTES), "row": row["row"], "root": row["root"]}
    return [{**known, "model": model, "label": label} for model, label in said.items()]


def write_or_bench(out: Path) -> Path:
    """The release's folder: 24 safe rows of three categories, 6 of them hard, and 12 toxic ones."""
    rows = [_row(category, place) for category in CATEGORIES for place in range(12)]
    votes = pl.DataFrame([vote for row in rows for vote in _votes(row)], VOTES)
    kept = pl.DataFrame(rows, SUBSETS)
    schemas = {"kept": SUBSETS, "dropped": with_evidence(SUBSETS)}
    with opened(out, [given("subsets", schemas, rows)]) as run:
        run.build()
        layout = run.context.layout
    configs: dict[str, dict[str, Any]] = {
        SAFE: {"label": "safe"},
        HARD: {"in_hard": True},
        TOXIC: {"in_toxic": True},
    }
    answers = pl.Schema({name: ANSWERS[name] for name in ("row", *PANEL_FIELDS)}).to_frame()
    seeds = pl.DataFrame(schema={"row": pl.String, "text": pl.String})
    views = [
        draw_or_bench(
            name, "subsets", where, kept=kept, votes=votes, answers=answers, seeds=seeds
        )
        for name, where in configs.items()
    ]  # fmt: skip
    facts = ReleaseFacts(
        benchmark="or-bench",
        version=VERSION,
        created="2026-11-21T10:00:00Z",
        demo=False,
        license="cc-by-4.0",
        run=layout.run_name,
        recipe=Recipe.of("toy", "benchmark: or-bench\n"),
        models=(),
        categories=CATEGORIES,
        funnel=check_run(layout.run).edges,
        contested=0,
        undecided=0,
        sounds_risky=SoundsRisky(24, 24),
        cost=Cost(0, 0, 0, 0.0),
        balance=balance_of(views, CATEGORIES),
    )
    write_release(layout.release, views, facts)
    return layout.release


def write_sorry_bench(folder: Path, styles: str = "slang, translate-zh-cn, caesar") -> Path:
    """The release's folder: two categories of ten base requests, each in these styles."""
    write_base(folder, bases(2))
    with serve(Router({"writer": Mutator()})) as server:
        recipe = write_recipe(
            folder,
            server.base_url,
            f"  styles: [{styles}]\n",
            taxonomy=small_taxonomy(folder, 2),
        )
        with made(recipe, folder / "out") as found:
            return found.folder


def read(path: Path) -> Cells:
    """The rows of a table as a spreadsheet shows them."""
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def save(path: Path, rows: Cells, encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    """The rows as a spreadsheet saves them."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding, errors="replace"))
    return path


def filled(path: Path, say: Callable[[dict[str, str]], Mapping[str, str]]) -> Path:
    """Fills in what somebody says of each row."""
    return save(path, [{**row, **say(row)} for row in read(path)])


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
