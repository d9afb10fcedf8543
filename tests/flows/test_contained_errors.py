"""What Prefect keeps of a run that a library's error ended: the error's type, and no row."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import prefect_server
from tests.golden.in_process import call
from tests.loopback import write_recipe

_MARKER = "xylophone-of-errors"


@pytest.mark.parametrize("where", ["stage_tasks.run_job", "building.run_opened"])
def test_prefect_keeps_the_type_of_a_librarys_error_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def fails(*_: object) -> None:
        raise ValueError(f"could not convert string to float: '{_MARKER}'")

    monkeypatch.setattr(f"flows.{where}", fails)
    recipe = write_recipe(tmp_path, "http://127.0.0.1:9/v1")
    with prefect_server.used():
        done = call("build", recipe, cwd=tmp_path)
    assert done.status == 1
    assert "failed: ValueError in " in done.err.splitlines()[-1]
    (written,) = (tmp_path / "out" / "errors").iterdir()
    kept = prefect_server.stored()
    assert b"failed (got ValueError)" in kept
    for text in (done.err.encode(), written.read_bytes(), kept):
        assert _MARKER.encode() not in text
