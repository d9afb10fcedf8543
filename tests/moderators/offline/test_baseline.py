from __future__ import annotations

import pytest

from moderators.offline.vectors import BaselinePlan
from taxonomy import Category
from tests.moderators.chats import prompt
from tests.programs import Given, drive

CATEGORIES = (
    Category("illegal", "Illegal", "crimes"),
    Category("violence", "Violence", "injuries"),
    Category("none", "None", "harmless"),
)
VECTORS = {"crimes": [1.0, 0.0, 0.0], "injuries": [0.0, 1.0, 0.0], "harmless": [0.0, 0.0, 1.0]}


@pytest.mark.parametrize(
    ("vector", "label", "category"),
    [
        ([0.8, 0.0, 0.6], "toxic", "illegal"),
        ([0.0, 0.8, 0.6], "toxic", "violence"),
        ([0.6, 0.0, 0.8], "safe", None),
    ],
)
def test_the_nearest_definition_decides(
    vector: list[float], label: str, category: str | None
) -> None:
    answer = Given(VECTORS | {"asked": vector})
    moderator = drive(BaselinePlan("minilm", CATEGORIES).prepare(), answer)
    vote = drive(moderator.vote(prompt("asked")), answer)
    assert (vote.model, vote.label, vote.category) == ("baseline", label, category)


def test_a_tie_with_the_harmless_definition_is_computed_alone_and_is_safe() -> None:
    answer = Given(VECTORS | {"asked": [0.70710678, 0.0, 0.70710678]}, noise=0.001)
    moderator = drive(BaselinePlan("minilm", CATEGORIES).prepare(), answer)
    assert drive(moderator.vote(prompt("asked")), answer).label == "safe"
    assert answer.requests[-1].alone
