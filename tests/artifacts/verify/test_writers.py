"""What writers gave is added up against their asks and the rows that they wrote."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from artifacts.records import StageEntry
from artifacts.schemas import FAILED, PARENTS, ROWS, WRITTEN, with_evidence
from artifacts.stage_tables import StageTables
from artifacts.verify.edges import check_expansion

_ASKED = [
    {"writer": "a", "asks": 2, "texts": 2, "kept": 1, "refused": 0},
    {"writer": "b", "asks": 1, "texts": 0, "kept": 0, "refused": 1},
    {"writer": "c", "asks": 1, "texts": 2, "kept": 1, "refused": 0},
]
_PARENT = {
    **{"row": "r", "root": "r", "category": "hate", "outcome": "expanded", "reason": None},
    **{"children": 2, "asks": 4},
}


def _problems(folder: Path, parent: dict[str, object], schema: pl.Schema = WRITTEN) -> list[str]:
    kept = [{"row": f"r{name}", "parent": "r", "root": "r", "writer": name} for name in "ac"]
    frames = {
        "kept": pl.DataFrame(kept, ROWS),
        "dropped": with_evidence(ROWS).to_frame(),
        "failed": FAILED.to_frame(),
        "parents": pl.DataFrame([parent], schema),
    }
    for name, frame in frames.items():
        frame.write_parquet(folder / name)
    entry = StageEntry("rewrite-0", "expand", ("clean_seeds",), 1)
    paths = {name: (folder / name,) for name in frames}
    return [*check_expansion(StageTables(entry, paths))]


def test_writers_that_add_up_are_sound(tmp_path: Path) -> None:
    assert _problems(tmp_path, {**_PARENT, "writers": _ASKED}) == []


def test_a_run_that_does_not_count_writers_is_sound(tmp_path: Path) -> None:
    parent = {name: _PARENT[name] for name in PARENTS}
    assert _problems(tmp_path, parent, PARENTS) == []


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"asks": 3}, "1 parent is of other asks than its writers count"),
        ({"kept": 2}, "2 counts are of a writer that its rows belie"),
        ({"writer": "b"}, "2 counts are of a writer that its rows belie"),
    ],
)
def test_what_its_rows_belie_is_named_with_the_edge(
    tmp_path: Path, changed: dict[str, object], says: str
) -> None:
    writers = [{**_ASKED[0], **changed}, *_ASKED[1:]]
    found = _problems(tmp_path, {**_PARENT, "writers": writers})
    assert found == [f"clean_seeds -> rewrite-0: {says}"]
