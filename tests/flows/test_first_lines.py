"""What a build says first, where its main config is empty: in the terminal and in Prefect."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from base.formats import markdown_text
from tests import prefect_server
from tests.loopback import RECIPE, refusery, write_recipe
from tests.servers.behaviours import Router
from tests.servers.openai_server import serve
from tests.servers.voters import Moderator, Verdict
from tests.servers.writers import Writer

pytestmark = pytest.mark.timeout(600)

_SETTINGS = ("--set", "moderate.moderators=[a]", "--set", "seeds={from: shipped, per_category: 1}")
_SAYS = "rows are safe: moderator a called"


def _artifacts(key: str) -> list[str]:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey

    async def stored() -> list[str]:
        only = ArtifactFilter(key=ArtifactFilterKey(any_=[key]))
        async with get_client() as client:
            return [str(each.data) for each in await client.read_artifacts(artifact_filter=only)]

    with prefect_server.used():
        return asyncio.run(stored())


def test_an_empty_main_config_is_the_first_thing_that_is_said(tmp_path: Path) -> None:
    harsh = Router({"writer": Writer(), "moderator-a": Moderator(table={"": Verdict(True)})})
    with serve(harsh) as server:
        recipe = write_recipe(tmp_path, server.base_url, RECIPE)
        done = refusery("build", recipe, *_SETTINGS, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        first, *others = done.stdout.splitlines()
        assert first.startswith("Warning: ")
        assert f"has no rows; 0 of 30 {_SAYS} 30 of 30 toxic." in first
        assert not any("which has no rows" in line for line in others)
        assert any(markdown_text(first) in text for text in _artifacts("or-bench-summary"))
        card = (tmp_path / "out/releases/or-bench/2026.11.0/README.md").read_text()
        assert "`, has no rows**, and nothing is measured by it." in card
        again = refusery("build", recipe, *_SETTINGS, cwd=tmp_path)
        assert again.stdout.splitlines()[0] == first


def test_a_broken_gate_is_told_after_what_emptied_the_main_config(tmp_path: Path) -> None:
    harsh = Router({"writer": Writer(), "moderator-a": Moderator(table={"": Verdict(True)})})
    gate = ("--set", "gates={min_per_category: 1}")
    with serve(harsh) as server:
        recipe = write_recipe(tmp_path, server.base_url, RECIPE)
        done = refusery("build", recipe, *_SETTINGS, *gate, cwd=tmp_path)
    assert done.returncode == 1
    *_, warning, error = done.stderr.splitlines()
    assert warning.startswith("Warning: ")
    assert f"{_SAYS} 30 of 30 toxic." in warning
    assert "gates.min_per_category must be at least 1" in error
