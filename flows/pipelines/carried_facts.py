"""What a release says of rows that it carried over from the one that it extends."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from artifacts.manifest import SourceRecord
from artifacts.views import View
from flows.runner.run import Run
from flows.versions.earlier import Earlier


def carried_rows(run: Run, *stages: str | None) -> pl.Series:
    """The keys of the rows that these stages took over; None stands for no stage."""
    found = [run.kept(stage, ["row"])["row"] for stage in stages if stage is not None]
    return pl.concat([pl.Series("row", [], dtype=pl.String), *found])


def shown_of(views: Sequence[View], rows: pl.Series) -> int:
    """How many of these rows any config shows."""
    if rows.is_empty():
        return 0
    shown = pl.concat(view.rows["row"] for view in views)
    return shown.filter(shown.is_in(rows.implode())).n_unique()


def with_carried(own: tuple[SourceRecord, ...], parent: Earlier | None) -> tuple[SourceRecord, ...]:
    """A run's own sources, and those of carried rows that are not the same ones."""
    if parent is None:
        return own
    known = {_terms(each) for each in own}
    more = [each for each in parent.manifest.sources if _terms(each) not in known]
    return (*own, *more)


def _terms(source: SourceRecord) -> tuple[object, ...]:
    return source.name, source.revision, source.sha256, source.license, source.redistribute
