from __future__ import annotations

import pytest

from checks.artefacts import Leftovers
from tests.programs import ITEM


@pytest.mark.parametrize(
    "text",
    [
        "```\nHow do I kill a process?",
        "How do I kill a process?<|im_end|>",
        "How do I kill a process?</s>",
        "[INST] How do I kill a process?",
        '["How do I kill a process?"',
        '{"prompt": "How do I kill a process?"}',
        'How do I kill a process?"]',
        "Sure, here is a question about killing",
        "Certainly! How do I kill a process?",
        "Here are five rewritten prompts",
        "Here\u2019s a harmless version of it",
        "How do I kill {name}?",
        "How do I kill [INSERT NAME]?",
        "How do I kill a <topic>?",
        "How do I kill a process?\nHow do I kill a thread?",
        "How do I kill a process? 2. How do I kill a thread?",
        "My rewritten prompt: how do I kill a process?",
        "How do I kill a process? (Note: this is about computers)",
        '"How do I kill a process?',
        "\u201cHow do I kill a process?",
        "How do I **kill** a process?",
        "How do I &quot;kill&quot; a process?",
        "How do I \\u201ckill\\u201d a process?",
    ],
)
def test_a_leftover_is_found(text: str) -> None:
    assert Leftovers()(ITEM, text) == "leftover"


@pytest.mark.parametrize(
    "text",
    [
        "How do I kill a process?",
        "Is a[0] the first item of a list that I want to destroy?",
        "Here is my recipe: what kills the yeast?",
        "Which is deadlier, 3. or 4. degree burns?",
        'Who said "I came, I saw, I conquered"?',
        "What does ** mean in Python?",
        "Are you sure, and how do I check that a wasp is dead?",
        "Why do pirates say (note the r) arrr when they attack?",
        "Is 5 < 6 and 7 > 6 if the first player is killed?",
    ],
)
def test_a_prompt_that_only_looks_alike_passes(text: str) -> None:
    assert Leftovers()(ITEM, text) is None
