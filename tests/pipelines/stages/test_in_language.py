from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.recipe import OrBench, load
from pipelines.stages.makers import in_language
from tests.small_recipe import TEXT, small_recipe


@dataclass(frozen=True)
class _Speaks:
    language: str = "English"


@dataclass(frozen=True)
class _Silent:
    count: int = 1


def _recipe(folder: Path, code: str) -> OrBench:
    text = TEXT.replace(", {kind: nearest}", "")
    loaded = load(small_recipe(folder, text), [f"language={code}"])
    assert isinstance(loaded, OrBench)
    return loaded


def test_a_task_that_has_a_place_for_the_language_is_told_its_name(tmp_path: Path) -> None:
    assert in_language(_recipe(tmp_path, "zh"), _Speaks()) == _Speaks("Simplified Chinese")
    assert in_language(_recipe(tmp_path, "ta"), _Speaks()) == _Speaks("Tamil")


def test_english_is_the_tasks_own(tmp_path: Path) -> None:
    task = _Speaks("English (US)")
    assert in_language(_recipe(tmp_path, "en"), task) is task


def test_a_task_without_one_is_as_it_was(tmp_path: Path) -> None:
    assert in_language(_recipe(tmp_path, "zh"), _Silent()) == _Silent()
