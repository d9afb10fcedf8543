"""What a recipe may say of a model's thoughts, requests and answers; each slip is one line."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.errors import RecipeError
from pipelines.recipe import load
from pipelines.recipe.models import AnthropicModel, OpenAIModel
from tests.small_recipe import small_recipe


def _loaded(folder: Path, provider: str, model: str, said: Mapping[str, Any]) -> object:
    given = json.dumps({"provider": provider, "model": model, **said}).replace("NaN", ".nan")
    return load(small_recipe(folder), [f"models.gpt4o={given}"]).models["gpt4o"]


@pytest.mark.parametrize(
    ("model", "said", "line"),
    [
        (
            "gpt-5-mini",
            {"reasoning": {"effort": "xhigh"}},
            "reasoning.effort must be one of minimal, low, medium, high for GPT-5 (got xhigh)",
        ),
        ("gpt-4.1", {"reasoning": {"effort": "low"}}, "reasoning.effort must be left out for"),
        ("gpt-5", {"reasoning": {"budget_tokens": 9}}, "reasoning.budget_tokens must be left out"),
        ("mine", {"reasoning": {"budget_tokens": 9}}, "for a model of no known generation"),
        ("gpt-5", {"reasoning": {}}, "reasoning must have one of effort, budget_tokens"),
        ("gpt-5", {"reasoning": {"effort": "huge"}}, "reasoning.effort must be none, minimal,"),
        (
            "gemini-2.5-flash",
            {"reasoning": {"budget_tokens": 512}, "max_tokens": 512},
            "reasoning.budget_tokens must be less than the model's max_tokens, 512 (got 512)",
        ),
        ("mine", {"extra_body": {"messages": []}}, "extra_body must not set"),
        ("mine", {"extra_body": {"model": "x", "n": 2}}, "(got model, n)"),
        ("mine", {"headers": {"Authorization": "x"}}, "headers must not set a header"),
        ("mine", {"headers": {"X-Api-Token": "abc"}}, "headers must hold no key"),
        ("mine", {"headers": {"X-A": "sk-proj-abcdefghijklmnop"}}, "headers must hold no key"),
        ("mine", {"headers": {"X-A": "Bearer abc"}}, "headers must hold no key"),
        ("mine", {"headers": {"X-A": "a\r\nB: c"}}, "headers must have values in printable"),
        ("mine", {"headers": {"X A": "a"}}, "a header's name of letters, digits and -"),
        ("mine", {"query": {"key": "abc"}}, "query must hold no key"),
        ("mine", {"query": {"a&b": "c"}}, "query must have names of"),
        ("mine", {"key_header": "a b"}, "key_header must be a header's name"),
        ("mine", {"key_header": "Host", "key_env": "K"}, "must not be a header that the program"),
        ("mine", {"key_header": "api-key"}, "key_header must come with key_env"),
        ("mine", {"extra_body": {"api_key": "abc"}}, "extra_body must hold no key"),
        (
            "mine",
            {"extra_body": {"a": [{"b": "sk-proj-abcdefghijklmnop"}]}},
            "extra_body must hold no key",
        ),
        ("mine", {"extra_body": {"a": {"b": math.nan}}}, "extra_body must hold numbers that JSON"),
        ("mine", {"retired": "yesterday"}, "a day or a month, such as 2026-01-05"),
        (
            "gemini-2.5-flash",
            {"reasoning": {"budget_tokens": 512}},
            "reasoning.budget_tokens must come with the model's max_tokens",
        ),
        ("mine", {"structured": "yaml"}, "structured must be auto, schema, json or text"),
    ],
)
def test_a_slip_is_one_line_with_its_rule(
    tmp_path: Path, model: str, said: Mapping[str, Any], line: str
) -> None:
    base_url = "http://127.0.0.1:8000/v1"
    with pytest.raises(RecipeError) as caught:
        _loaded(tmp_path, "openai", model, {"base_url": base_url, **said})
    told = str(caught.value)
    assert told.startswith("models.gpt4o")
    assert line in told
    assert "\n" not in told
    assert "abcdefghijklmnop" not in told
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("model", "said", "line"),
    [
        (
            "claude-haiku-4-5-20251001",
            {"thinking": {"type": "enabled", "budget_tokens": 2000}, "max_tokens": 2000},
            "thinking.budget_tokens must be less than the model's max_tokens, 2000 (got 2000)",
        ),
        (
            "claude-haiku-4-5-20251001",
            {"thinking": {"type": "adaptive"}},
            "thinking.type must be one of enabled, disabled for Claude 4.5 and older",
        ),
        (
            "claude-opus-4-7",
            {"thinking": {"type": "enabled", "budget_tokens": 2000}},
            "thinking.type must be one of adaptive for Claude 4.7 and 4.8 (got enabled)",
        ),
        (
            "claude-sonnet-5-5",
            {"thinking": {"type": "disabled"}},
            "thinking.type must be one of adaptive for Claude 5.5 (got disabled)",
        ),
        (
            "claude-sonnet-5",
            {"thinking": {"type": "adaptive", "effort": "none"}},
            "thinking.effort",
        ),
        ("claude-sonnet-4-6", {"thinking": {"type": "enabled"}}, "must have budget_tokens where"),
        (
            "claude-sonnet-5",
            {"thinking": {"type": "disabled", "effort": "low"}},
            "must have an effort with type adaptive alone",
        ),
        ("claude-sonnet-5", {"reasoning": {"effort": "low"}}, "unknown key `reasoning`"),
    ],
)
def test_thinking_is_as_the_generation_allows(
    tmp_path: Path, model: str, said: Mapping[str, Any], line: str
) -> None:
    with pytest.raises(RecipeError) as caught:
        _loaded(tmp_path, "anthropic", model, said)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_allowed_is_taken(tmp_path: Path) -> None:
    claude = _loaded(
        tmp_path,
        "anthropic",
        "claude-sonnet-5",
        {"thinking": {"type": "adaptive", "effort": "low"}},
    )
    assert isinstance(claude, AnthropicModel)
    gateway = {
        "base_url": "https://gateway.example.org/v1",
        "headers": {"X-Team": "safety"},
        "query": {"api-version": "2026-10-01"},
        "key_header": "api-key",
        "key_env": "GATEWAY_KEY",
        "extra_body": {"top_k": 20, "chat_template_kwargs": {"enable_thinking": False}},
        "family": "glm-of-mine",
        "structured": "auto",
    }
    model = _loaded(tmp_path, "openai", "zai/glm-5", gateway)
    assert isinstance(model, OpenAIModel)
    assert model.settings == {"extra_body": gateway["extra_body"], "structured": "auto"}


def test_the_models_of_the_readme_are_what_a_recipe_takes(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "recipes" / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"```yaml\n(models:.*?)```", page, re.DOTALL)
    assert shown is not None
    path = small_recipe(tmp_path)
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    said["models"] |= yaml.safe_load(shown[1])["models"]
    path.write_text(yaml.safe_dump(said), encoding="utf-8")
    models = load(path).models
    assert len(models) == len(said["models"])
    classic = models["classic"]
    assert isinstance(classic, OpenAIModel)
    assert classic.query == {"api-version": "2026-10-01"}


def test_a_day_in_a_body_is_sent_as_it_is_written(tmp_path: Path) -> None:
    path = small_recipe(tmp_path)
    said = "{provider: openai, model: mine, base_url: 'http://127.0.0.1:8000/v1', price: free, "
    recipe = load(path, [f"models.gpt4o={said} extra_body: {{since: [2026-01-01]}}}}"])
    model = recipe.models["gpt4o"]
    assert isinstance(model, OpenAIModel)
    assert model.extra_body == {"since": ["2026-01-01"]}
