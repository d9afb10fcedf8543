"""What a wait for tasks does to the engines of its process where it is broken off."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifacts.records import StageName
from flows import stage_tasks
from inference.engine import Engine
from pipelines.runner.context import Context, forget, keep
from pipelines.runner.jobs import Job
from tests.pipelines.runner.pipeline import context_for


class _Interrupted:
    """In the place of the task: each wait for it is broken off."""

    def submit(self, job: Job, name: str, **_: object) -> _Interrupted:
        return self

    def wait(self) -> None:
        raise KeyboardInterrupt


def _kept(out: Path) -> Context:
    context = context_for(out, "http://127.0.0.1:9/v1")
    keep(context)
    return context


def test_a_run_that_is_broken_off_stops_its_own_engine_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[Engine] = []
    monkeypatch.setattr(stage_tasks, "shard_task", _Interrupted())
    own, other, idle = (_kept(tmp_path / name) for name in ("own", "other", "idle"))
    try:
        other.engine()
        jobs = [
            Job(str(context.layout.run), StageName("clean"), (), (), shard)
            for context in (own, idle)
            for shard in (0, 1)
        ]
        engine = own.engine()
        with monkeypatch.context() as watched, pytest.raises(KeyboardInterrupt):
            watched.setattr(Engine, "stop", lambda engine: stopped.append(engine))
            stage_tasks.StageTasks()(jobs)
        assert stopped == [engine]
    finally:
        for context in (own, other, idle):
            forget(context)
