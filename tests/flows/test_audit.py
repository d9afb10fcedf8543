"""The weekly audit inside a real Prefect."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client

from flows.audit import audit
from tests.artifacts.small_run import make_run

pytestmark = [pytest.mark.embedded, pytest.mark.slow]


def test_the_newest_release_is_audited_once_and_then_left_alone(
    server: None, tmp_path: Path
) -> None:
    made = make_run(tmp_path / "out")
    made.publish(version="2026.11.0")
    folder = made.out / "releases" / "or-bench"
    (folder / "1.0").rename(folder / "2026.11.0")
    first = audit("or-bench", str(made.out), return_state=True)
    assert first.is_completed(), first.message
    again = audit("or-bench", str(made.out), return_state=True)
    assert again.name == "NothingToDo"
    none = audit("sorry-bench", str(made.out), return_state=True)
    assert none.name == "NothingToDo"
    next((folder / "2026.11.0" / "or-bench-80k").glob("*.parquet")).unlink()
    broken = audit("or-bench", str(made.out), return_state=True)
    assert broken.is_failed()
    assert "the file is missing" in str(broken.message)

    async def stored() -> list[str]:
        async with get_client() as client:
            return [str(each.data) for each in await client.read_artifacts()]

    artifacts = asyncio.run(stored())
    assert artifacts
    assert "What makes" not in "".join(artifacts)
