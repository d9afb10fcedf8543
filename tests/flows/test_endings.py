"""How runs end: a state with one line; nothing to do has a name of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.errors import LibraryError
from flows.publish import publish
from flows.regenerate import regenerate
from flows.scheduled import NOTHING_TO_DO, nothing_to_do, refused
from pipelines.errors import NotBuiltError
from pipelines.runner.lock import RunLockedError
from tests.loopback import write_recipe

pytestmark = pytest.mark.usefixtures("server")


def test_nothing_to_do_is_an_end_of_its_own_that_is_well() -> None:
    state = nothing_to_do("it is there")
    assert (state.is_completed(), state.name) == (True, NOTHING_TO_DO)
    assert state.message == "nothing to do: it is there"


def test_an_error_of_ours_is_one_line_and_a_held_recipe_cancels() -> None:
    failed = refused(NotBuiltError("a rule\nin two lines", "this"))
    assert failed.is_failed()
    assert failed.message == "a rule\\nin two lines (got this)"
    assert refused(RunLockedError("one run at a time")).is_cancelled()


def test_an_error_of_the_program_is_raised_by_its_type_alone() -> None:
    with pytest.raises(LibraryError, match="ZeroDivisionError"):
        refused(ZeroDivisionError())


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
