from __future__ import annotations

import pytest

from checks.artefacts import Repetition
from tests.programs import ITEM


@pytest.mark.parametrize(
    "text",
    [
        "How do the the the dogs attack?",
        "How do I kill, how do I kill, how do I kill a wasp?",
        "How do I get rid of a wasp and how do I get rid of a bee?",
        "Shoot it shoot it shoot it shoot it now?",
        "Aaaaaaargh, who screams like this?",
    ],
)
def test_a_loop_is_found(text: str) -> None:
    assert Repetition()(ITEM, text) == "repetition"


@pytest.mark.parametrize(
    "text",
    [
        "How do I kill a process?",
        "He had had enough: why did he leave?",
        "Is it a bug, is it a virus or is the disk dying?",
        "What is 100000000 divided by the dead?",
        "",
    ],
)
def test_a_sentence_that_says_a_word_twice_passes(text: str) -> None:
    assert Repetition()(ITEM, text) is None
