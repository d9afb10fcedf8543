from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from artifacts.errors import ReleaseTakenError
from artifacts.manifest import read_manifest, write_manifest
from artifacts.schemas import LABELS
from artifacts.tables import read_table, write_table
from checks.identity import content_id
from tests.artifacts.small_run import SmallRun
from tests.pipelines.versions.first_edition import as_first_edition


def _first_edition(run: SmallRun) -> dict[Path, bytes]:
    run.publish()
    texts = [f"What makes {key} so easy to take?" for key in ("a0", "b0")]
    as_first_edition(run.release, {content_id(text): text for text in texts})
    return {path: path.read_bytes() for path in run.release.rglob("*.*") if path.is_file()}


def test_a_release_of_the_first_edition_stays_as_it_is_where_its_rows_are_the_same(
    run: SmallRun,
) -> None:
    before = _first_edition(run)
    manifest = run.publish()
    assert "seed" in manifest.configs[0].columns
    assert {path: path.read_bytes() for path in before} == before


def _without_labels(run: SmallRun) -> dict[Path, bytes]:
    """A release as it was made before writers named levels and forms."""
    run.publish()
    manifest = read_manifest(run.release)
    configs = []
    for config in manifest.configs:
        columns = {name: kind for name, kind in config.columns.items() if name not in LABELS}
        files = []
        for file in config.files:
            rows = read_table(run.release / file.name, [*columns])
            record = write_table(run.release / file.name, rows, rows.schema)
            files.append(replace(record, name=file.name))
        configs.append(replace(config, columns=columns, files=tuple(files)))
    write_manifest(run.release, replace(manifest, configs=tuple(configs)))
    return {path: path.read_bytes() for path in run.release.rglob("*.*") if path.is_file()}


def test_a_release_without_levels_and_forms_stays_as_it_is_where_its_rows_are_the_same(
    run: SmallRun,
) -> None:
    before = _without_labels(run)
    manifest = run.publish()
    assert not {*LABELS} & {*manifest.configs[0].columns}
    assert {path: path.read_bytes() for path in before} == before
    other = run.kept("subsets").with_columns(writer=pl.lit("somebody else"))
    with pytest.raises(ReleaseTakenError, match="other data of or-bench"):
        run.publish(other)


@pytest.mark.parametrize("column", ["root", "writer"])
def test_a_release_of_the_first_edition_with_other_rows_is_taken(
    run: SmallRun, column: str
) -> None:
    before = _first_edition(run)
    kept = run.kept("subsets")
    with pytest.raises(ReleaseTakenError, match="other data of or-bench"):
        run.publish(kept.with_columns(pl.lit("b0").alias(column)))
    assert {path: path.read_bytes() for path in before} == before
