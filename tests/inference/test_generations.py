"""The dated table of generations: every row is reached, sourced and sound."""

from __future__ import annotations

import re
from datetime import date

import pytest

from inference.generations import Generation, generation_of, generation_table, retirement_of

_ROWS = generation_table().generations


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("claude-haiku-4-5-20251001", "Claude 4.5 and older"),
        ("claude-3-opus-20240229", "Claude 4.5 and older"),
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", "Claude 4.5 and older"),
        ("claude-sonnet-4-6", "Claude 4.6"),
        ("anthropic/claude-opus-4.7", "Claude 4.7 and 4.8"),
        ("anthropic/claude-4.7-opus", "Claude 4.7 and 4.8"),
        ("claude-opus-4-8", "Claude 4.7 and 4.8"),
        ("claude-opus-5", "Claude 5"),
        ("claude-sonnet-5-20260601", "Claude 5"),
        ("claude-opus-5-5", "Claude 5.5"),
        ("claude-haiku-5-5", "Claude Haiku 5.5"),
        ("claude-sonnet-5.5", "Claude 5.5"),
        ("gpt-4.1-mini-2025-04-14", "GPT-4 and older"),
        ("gpt-4o-2024-11-20", "GPT-4 and older"),
        ("openai/gpt-5-mini-2025-08-07", "GPT-5"),
        ("gpt-5-chat-latest", "GPT-5 for chat"),
        ("gpt-5.1", "GPT-5.1"),
        ("gpt-5.5", "GPT-5.2 and later"),
        ("o3", "OpenAI o-series"),
        ("o4-mini-2025-04-16", "OpenAI o-series"),
        ("openai/gpt-oss-20b", "gpt-oss"),
        ("gemini-1.5-pro-latest", "Gemini 2.0 and older"),
        ("models/gemini-2.5-flash", "Gemini 2.5 Flash"),
        ("gemini-2.5-flash-lite", "Gemini 2.5 Flash-Lite"),
        ("gemini-2.5-pro", "Gemini 2.5 Pro"),
        ("gemini-3.1-flash-lite", "Gemini 3"),
        ("Qwen/Qwen3-8B", "Qwen3"),
        ("Qwen/Qwen3-30B-A3B-Thinking-2507", "Qwen3 that thinks"),
        ("Qwen/Qwen3-30B-A3B-Instruct-2507", "Qwen3 that does not think"),
        ("deepseek-ai/DeepSeek-R1", "DeepSeek R1"),
        ("deepseek-v4-flash", "DeepSeek V4"),
    ],
)
def test_a_models_name_leads_to_its_generation(model: str, name: str) -> None:
    found = generation_of(model)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "model", ["olmo-2", "mistral-small-2603", "smollm2-135m-instruct", "my-claude-3", "", "gtp-5"]
)
def test_of_other_models_nothing_is_said(model: str) -> None:
    assert generation_of(model) is None


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: row.name)
def test_a_row_is_sound(row: Generation) -> None:
    assert re.match(r"https://|facts/ecosystem\.md$", row.source)
    assert not (row.kinds and row.effort_by), "one protocol each"
    assert bool(row.efforts) == bool(row.effort_by or "adaptive" in row.kinds)
    assert row.thinking != "always" or not {"disabled", "none"} & {*row.kinds, *row.efforts}


def test_days_are_days_and_the_table_is_dated() -> None:
    table = generation_table()
    assert table.as_of >= date(2026, 11, 29)
    assert all(type(each.day) is date for each in table.retirements.values())
    assert all(each.source.startswith("https://") for each in table.retirements.values())
    assert retirement_of("anthropic/claude-3-opus-20240229") is not None
    assert retirement_of("claude-haiku-4-5-20251001") is None
