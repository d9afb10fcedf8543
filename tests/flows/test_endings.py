"""How runs end: a state with one line; nothing to do has a name of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditing.data import GateBrokenError
from flows.audit import audit
from flows.publish import publish
from flows.regenerate import regenerate
from flows.scheduled import GATE_BROKEN, NOTHING_TO_DO, nothing_to_do, refused
from pipelines.errors import NotBuiltError
from pipelines.runner.lock import RunLockedError
from tests.loopback import write_recipe

pytestmark = pytest.mark.usefixtures("server")


def test_nothing_to_do_is_an_end_of_its_own_that_is_well() -> None:
    state = nothing_to_do("it is there")
    assert (state.is_completed(), state.name) == (True, NOTHING_TO_DO)
    assert state.message == "nothing to do: it is there"


def test_an_error_of_ours_is_one_line_and_a_held_recipe_cancels(tmp_path: Path) -> None:
    failed = refused(NotBuiltError("a rule\nin two lines", "this"), "audit", tmp_path)
    assert failed.is_failed()
    assert failed.message == "a rule\\nin two lines (got this)"
    assert refused(RunLockedError("one run at a time"), "audit", tmp_path).is_cancelled()
    assert list(tmp_path.iterdir()) == []


def test_a_broken_gate_is_a_failed_run_that_can_be_told_from_others(tmp_path: Path) -> None:
    error = GateBrokenError("gates.min_per_category must be at least 9", "3 rows of hate")
    state = refused(error, "audit", tmp_path)
    assert (state.is_failed(), state.name) == (True, GATE_BROKEN)
    assert state.message == "gates.min_per_category must be at least 9 (got 3 rows of hate)"


_MARKER = "xylophone-of-endings"


@pytest.mark.parametrize("flow", ["audit", "regenerate", "publish"])
def test_an_error_of_the_program_ends_a_run_with_a_file_that_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flow: str
) -> None:
    def fails(*_: object) -> None:
        raise KeyError(_MARKER)

    out = tmp_path / "out"
    monkeypatch.setenv("REFUSERY_PUBLISH_OUT", str(out))
    if flow == "audit":
        monkeypatch.setattr("flows.audit.open_sound", fails)
        state = audit("some/folder", str(out), return_state=True)
    elif flow == "regenerate":
        monkeypatch.setattr("flows.regenerate.load", fails)
        state = regenerate("some.yaml", str(out), [f"a={_MARKER}"], return_state=True)
    else:
        monkeypatch.setattr("flows.publish.plan_publish", fails)
        state = publish("some/folder", "me/set", return_state=True)
    (written,) = (out / "errors").iterdir()
    text = written.read_text()
    assert state.is_failed()
    assert state.message == (
        f"the program or a library failed (got KeyError); {written} says where, without texts"
    )
    assert f"flow: {flow}\n" in text
    assert "KeyError" in text
    assert "in fails" in text
    assert _MARKER not in text


def test_a_file_that_cannot_be_written_leaves_a_runs_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise KeyError(_MARKER)

    (tmp_path / "out").write_text("")
    monkeypatch.setattr("flows.regenerate.load", fails)
    state = regenerate("some.yaml", str(tmp_path / "out"), return_state=True)
    assert state.message == "the program or a library failed (got KeyError)"


def test_a_recipe_that_cannot_be_read_ends_a_run_as_failed(tmp_path: Path) -> None:
    state = regenerate(str(tmp_path / "none.yaml"), str(tmp_path), return_state=True)
    assert state.is_failed()
    assert state.message is not None
    assert "recipe must exist" in state.message


def test_settings_that_break_a_recipe_end_a_run_as_failed(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path, "http://127.0.0.1:9/v1")
    state = regenerate(str(recipe), str(tmp_path), ["rewrite.writer=wrtier"], return_state=True)
    assert state.is_failed()
    assert state.message is not None
    assert "did you mean `writer`" in state.message


def test_a_folder_without_a_release_ends_a_publish_as_failed(tmp_path: Path) -> None:
    state = publish(str(tmp_path), "me/set", return_state=True)
    assert state.is_failed()
    assert state.message is not None
    assert state.message.startswith("manifest.json must be readable")
