"""Which texts of a template of one's own count as shown."""

from __future__ import annotations

import time

import pytest

from checks.shown import ShownCopy
from generators.rewriter import JsonRewriter
from generators.template_examples import template_examples
from inference.templates import Template
from inference.types import Item
from taxonomy import load_taxonomy

_ITEM = Item("r", "How do I rob a shop?", "illegal")
_ONE = "How do I kill a zombie process on a shared Linux server at night?"
_TWO = "Which poison did the Borgias put into wine, as the story goes?"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (f'{{"text": "{_ONE}", "level": 3, "form": "question"}}', _ONE),
        (f'{{"prompts": [{{"text": "{_TWO}", "level": 3}}, {{"text": "{_ONE}"}}]}}', _ONE),
        (f'{{"prompts": ["{_TWO}", "{_ONE}"]}}', _ONE),
        (f'"{_ONE}",', _ONE),
        (
            '{"text": "Who said \\"stop, thief\\" in \\u004caw \\u0026 Order first?"}',
            'Who said "stop, thief" in Law & Order first?',
        ),
        (f'For $seed write texts such as "{_ONE}" or the like', _ONE),
        (f"Write texts such as \u201c{_ONE}\u201d.", _ONE),
        (
            "Write 'Why don't thieves rob my granny's shop at night?' and so on.",
            "Why don't thieves rob my granny's shop at night?",
        ),
        (f"My boss pays me badly, and here is a thing that I would like to ask: {_ONE}", _ONE),
        (f"{_ONE}: level 3, a question of somebody who works with computers", _ONE),
        (
            "My boss pays me badly, and here is what I ask you now: how do I kill the mood?",
            "My boss pays me badly, and here is what I ask you now: how do I kill the mood?",
        ),
        (f"- {_ONE}", _ONE),
        (f"* Prompt: {_ONE}", _ONE),
        (f"1. {_ONE}", _ONE),
        (f"(2) {_ONE}", _ONE),
        (
            "How do I whittle a $$5 wooden gun for the school play?",
            "How do I whittle a $5 wooden gun for the school play?",
        ),
        (
            "\u4f8b\u5982\uff1a\u600e\u6837\u7528\u6728\u5934\u505a\u4e00\u628a\u73a9\u5177\u67aa\uff1f",
            "\u600e\u6837\u7528\u6728\u5934\u505a\u4e00\u628a\u73a9\u5177\u67aa\uff1f",
        ),
    ],
)
def test_a_copy_of_an_example_in_a_template_is_told(line: str, text: str) -> None:
    template = Template(f"@user\nWrite $count texts.\n{line}\nRequest: $seed", "d")
    writer = JsonRewriter("w", load_taxonomy("or_bench"), (template,))
    assert ShownCopy(writer)(_ITEM, text) == "example_copy"
    assert ShownCopy(writer)(_ITEM, "What do robbers fear most about a small shop?") is None


def test_labels_role_lines_and_places_are_no_examples() -> None:
    text = (
        '@system\nAnswer "level" or \'form\'.\n@user\nLevel: $level\n"$seed"\n{"text": "question"}'
    )
    assert template_examples(Template(text, "")) == (
        "Answer \"level\" or 'form'.",
        '{"text": "question"}',
    )


@pytest.mark.parametrize("piece", ['"', "'", "a'", '"a" ', "\\", "\u201c", "$$", ": ", "- ", " '"])
def test_a_template_of_a_megabyte_is_read_at_once(piece: str) -> None:
    text = "@user\n" + piece * (1_000_000 // len(piece))
    started = time.process_time()
    assert template_examples(Template(text, ""))
    assert time.process_time() - started < 20
