"""A build whose moderator answers prose to a schema ends in one line, and goes on once mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from inference.structured import PROSE_ENDS
from tests.loopback import models, process_of, write_recipe
from tests.servers.behaviours import Router
from tests.servers.chat import Answer, Body, last_text
from tests.servers.openai_server import serve

_VERDICT = '{"explanation": "Fine.", "category": "none", "toxic": false, "sounds_risky": true}'

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def _prose(body: Body) -> Answer:
    """It takes a schema and ignores it; told in words, it keeps to it."""
    is_told = "It must fit this JSON schema" in last_text(body)
    return Answer(_VERDICT if is_told else "I would call this prompt harmless.")


def test_the_line_names_the_model_and_the_key_and_nothing_is_bought_twice(tmp_path: Path) -> None:
    behaviour = Router({**models().models, "moderator-a": _prose})
    with serve(behaviour) as server:
        write_recipe(tmp_path, server.base_url)
        # Without votes on seeds the writer is asked first, and not again.
        command = ("build", "loop.yaml", "--limit", "2", "--set", "toxic.from=[rewrites]")
        ended = process_of(*command, cwd=tmp_path, seconds=900)
        assert ended.returncode == 1
        line = ended.stderr.strip().splitlines()[-1]
        assert "model `a` must answer in JSON, as `structured: schema` asks for" in line
        assert "give `models.a` `structured: auto`, or `text`" in line
        assert "harmless" not in ended.stderr
        asked = [call for call in server.calls if call.body["model"] == "moderator-a"]
        assert PROSE_ENDS <= len(asked) < 6 * PROSE_ENDS  # what was in flight is kept too
        before = len(server.calls)
        mended = process_of(
            *command, "--set", "models.a.structured=text", cwd=tmp_path, seconds=900
        )
        assert mended.returncode == 0, mended.stderr
        later = [call.body["model"] for call in server.calls[before:]]
        assert "moderator-a" in later
        assert "writer" not in later
