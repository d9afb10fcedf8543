from __future__ import annotations

import pytest

from moderators.offline.prototype_bank import Reading, Threshold


def reading(score: float, lead: float = 1.0, risky: float | None = None) -> Reading:
    risk = None if risky is None else Threshold(risky, 0.07)
    return Reading(Threshold(score, 0.1), "violence", lead, risk)


@pytest.mark.parametrize(
    ("reading", "doubtful"),
    [
        (reading(0.3), False),
        (reading(0.1049), True),
        (reading(0.0951), True),
        (reading(0.3047), False),
        (reading(0.30495), True),
        (reading(0.3, lead=0.004), True),
        (reading(0.05, lead=0.004), False),
        (reading(0.3, risky=0.073), True),
        (reading(0.3, risky=0.2), False),
    ],
)
def test_a_reading_is_doubtful_near_a_threshold_a_tie_or_a_rounding_edge(
    reading: Reading, doubtful: bool
) -> None:
    assert reading.doubtful is doubtful


def test_a_toxic_reading_is_a_vote_with_its_category_and_rounded_score() -> None:
    vote = reading(0.3049, risky=0.2).vote("nearest")
    assert (vote.label, vote.category, vote.score) == ("toxic", "violence", 0.3)
    assert vote.sounds_risky is True


def test_a_safe_reading_names_no_category() -> None:
    vote = reading(0.05, lead=0.001).vote("nearest")
    assert (vote.label, vote.category, vote.sounds_risky) == ("safe", None, None)
    assert "violence" not in vote.reason
