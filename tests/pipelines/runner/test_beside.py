"""A stage that looks at other stages: it is given their rows, enters no edge, and follows them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from artifacts.records import StageName
from artifacts.schemas import ROWS, kept_and_dropped
from artifacts.verify.edges import check_run
from pipelines.runner.run import Run
from pipelines.runner.stage import Frames, Row, Stage, latest
from tests.given import given, opened

_TABLES = kept_and_dropped(ROWS)


def _row(key: str, text: str) -> Row:
    known = {"row": key, "root": key, "text": text, "category": "hate", "checks": []}
    return {**dict.fromkeys(ROWS), **known}


def _counting() -> Stage:
    """Puts what it sees beside into its rows' texts."""

    def work(rows: pl.DataFrame, seen: pl.DataFrame, absent: pl.DataFrame) -> Frames:
        texts = ",".join(seen["text"])
        return {"kept": rows.with_columns(text=pl.lit(f"{texts} and {absent.height}"))}

    return Stage(
        name=StageName("counting"),
        kind="annotate",
        whole=True,
        tables=_TABLES,
        version=1,
        inputs=(latest("own"),),
        beside=(latest("seen"), latest("counting")),
        covers=lambda round_: (),
        work=lambda round_: work,
    )


def _built(out: Path, *seen: str) -> tuple[Run, dict[str, int]]:
    stages = [
        given("own", _TABLES, [_row("o", "mine")]),
        given("seen", _TABLES, [_row(text, text) for text in seen]),
        _counting(),
    ]
    # What is given is not in a source's fingerprint: another text is another run's.
    with opened(out, stages, shards=4) as run:
        run.build()
        return run, {str(result.name): result.fresh for result in run.results}


def test_all_rows_of_all_shards_are_seen_and_a_stage_that_did_not_run_has_none(
    tmp_path: Path,
) -> None:
    run, _ = _built(tmp_path, "b", "a", "c")
    assert run.kept("counting")["text"].to_list() == ["a,b,c and 0"]
    assert check_run(run.context.layout.run).problems == ()
    (entry,) = [entry for entry in run.record.stages if entry.name == "counting"]
    assert entry.inputs == ("own",)


def test_what_is_seen_is_in_the_fingerprint(tmp_path: Path) -> None:
    _built(tmp_path, "a")
    assert _built(tmp_path, "a")[1] == {"own": 0, "seen": 0, "counting": 0}
    for file in (tmp_path / "runs/toy/2026.11.0/seen").iterdir():
        file.unlink()
    run, fresh = _built(tmp_path, "z")
    assert fresh == {"own": 0, "seen": 1, "counting": 1}
    assert run.kept("counting")["text"].to_list() == ["z and 0"]
