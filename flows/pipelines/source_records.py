"""What a run's seeds were taken from, for its manifest."""

from __future__ import annotations

from artifacts.manifest import SourceRecord
from flows.recipe import OrBench
from flows.runner.run import Run
from flows.sources import seeds_source


def source_records(run: Run, seeds: str, recipe: OrBench) -> tuple[SourceRecord, ...]:
    """Every source of a run's seeds, by name, with its revision and how many rows it gave.

    Args:
        run: The run, whose seeds are finished.
        seeds: The stage with the seeds.
        recipe: What the run is, its names on the Hub pinned.
    """
    source = seeds_source(recipe)
    told = ["source", "license", "redistribute"]
    counted = run.kept(seeds, told).group_by(told).len().sort("source")
    return tuple(
        SourceRecord(
            name=row["source"],
            revision=source.commit if source else None,
            sha256=source.revision if source else None,
            license=row["license"],
            redistribute=row["redistribute"],
            rows=row["len"],
        )
        for row in counted.iter_rows(named=True)
    )
