"""`refusery serve` and its runs at a signal: all of them end, with the shell's own status."""

from __future__ import annotations

import signal
import uuid
from pathlib import Path

import pytest

from refusery.interruption import STOPPED
from tests.flows.scheduled import scheduler
from tests.loopback import models, write_recipe
from tests.refusery.signalled import ended, started, until
from tests.servers.faults import hangs
from tests.servers.openai_server import serve
from tests.servers.schedules import always

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_ends_with_its_runs_while_their_models_are_slow(tmp_path: Path, number: int) -> None:
    with serve(models(), faults=always(hangs())) as server, scheduler(tmp_path) as prefect:
        recipe = write_recipe(tmp_path, server.base_url)
        with started("serve", recipe, cwd=tmp_path, environment=prefect.environment) as child:
            until(lambda: "publish" in prefect.deployments(), child)
            id = prefect.deployments()["regenerate-loop"]["id"]
            wanted = {"idempotency_key": uuid.uuid4().hex}
            prefect.ask(f"/deployments/{id}/create_flow_run", wanted)
            until(lambda: server.calls, child)
            done = ended(child, number)
    assert done.status == 128 + number, done.err
    assert done.line == f"refusery: {STOPPED}"
    assert "Traceback" not in done.err
    assert len(done.children) >= 1
    assert done.orphans() == []
    print(f"ended {done.seconds:.1f} s after the signal")  # noqa: T201
