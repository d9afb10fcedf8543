"""What a run's seeds or base rows were taken from, for its manifest."""

from __future__ import annotations

from collections.abc import Iterable

from artifacts.manifest import SourceRecord
from flows.runner.run import Run
from flows.sources import Source


def source_records(run: Run, stage: str, files: Iterable[Source]) -> tuple[SourceRecord, ...]:
    """Every source of a run's seeds or base rows, by name, and how many rows it gave.

    Args:
        run: The run, whose stage is finished.
        stage: The stage with the seeds or the base rows.
        files: The files among the sources, those on the Hub pinned.
    """
    known = {source.name: source for source in files}
    told = ["source", "license", "redistribute"]
    counted = run.kept(stage, told).group_by(told).len().sort("source")
    return tuple(
        SourceRecord(
            name=row["source"],
            revision=known[row["source"]].commit if row["source"] in known else None,
            sha256=known[row["source"]].revision if row["source"] in known else None,
            license=row["license"],
            redistribute=row["redistribute"],
            rows=row["len"],
        )
        for row in counted.iter_rows(named=True)
    )
