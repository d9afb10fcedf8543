"""Models that are no longer served are refused by name and day before anything is asked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import ModelRetiredError
from pipelines.recipe import load
from pipelines.sources.engine import require_payable
from pipelines.sources.models import retired_since
from tests.small_recipe import small_recipe

_TODAY = date(2026, 11, 29)


def _since(folder: Path, *overrides: str, today: date = _TODAY) -> str | None:
    return retired_since(load(small_recipe(folder), list(overrides)), "gpt4o", today)


def test_the_day_is_the_recipes_else_the_tables_for_the_makers_own_api(tmp_path: Path) -> None:
    old = "models.gpt4o={provider: openai, model: gpt-4-0613}"
    assert _since(tmp_path, old) == "since 2026-10-23"
    assert _since(tmp_path, old, today=date(2026, 10, 22)) is None
    router = "models.gpt4o.base_url=https://openrouter.ai/api/v1"
    assert _since(tmp_path, old, router) is None
    assert _since(tmp_path, "models.gpt4o.retired=2026-11-29") == "since 2026-11-29"
    assert _since(tmp_path, "models.gpt4o.retired=2026-11-30") is None
    assert _since(tmp_path, "models.gpt4o.retired=true") == "retired"
    assert _since(tmp_path) is None
    assert retired_since(load(small_recipe(tmp_path)), "small", _TODAY) is None


def test_a_run_that_would_ask_one_is_refused_before_its_keys_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    recipe = load(small_recipe(tmp_path), ["models.gpt4o={provider: openai, model: gpt-4-0613}"])
    with pytest.raises(ModelRetiredError) as caught:
        require_payable(recipe, ["gpt4o"])
    assert "`gpt4o` (gpt-4-0613, since 2026-10-23)" in str(caught.value)
    assert caught.value.exit_code == 2
    require_payable(recipe, ["small"])
