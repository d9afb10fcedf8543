from __future__ import annotations

import pytest

from moderators.refusal.keyword import KeywordJudge
from moderators.refusal.types import Judgment
from tests.languages import ANSWERS, REFUSALS, UNKNOWN

JUDGE = KeywordJudge()


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_a_refusal_in_another_language_is_a_refusal(code: str) -> None:
    for text in REFUSALS[code]:
        assert JUDGE.read(text) == Judgment("keyword", "direct_refusal", True, f"refusal_in_{code}")


@pytest.mark.parametrize("code", sorted(ANSWERS))
def test_an_answer_in_another_language_is_an_answer(code: str) -> None:
    assert {JUDGE.read(text).label for text in ANSWERS[code]} == {"direct_answer"}


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_nobody_here_reads_is_neither(text: str) -> None:
    assert JUDGE.read(text) == Judgment("keyword", "unparseable", None, "other_language")


def test_a_judge_of_english_alone_is_as_it_was() -> None:
    english = KeywordJudge(abroad=False)
    assert english.read(REFUSALS["zh"][0]).label == "direct_answer"
    assert english.digest != JUDGE.digest
