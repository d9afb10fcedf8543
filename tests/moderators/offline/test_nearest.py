from __future__ import annotations

import pytest

from checks.errors import NoEmbeddingError
from moderators.offline.vectors import NearestPlan, Nearness
from tests.moderators.chats import prompt
from tests.moderators.small_bank import PROTOTYPES, VECTORS
from tests.programs import Given, drive

NEARNESS = Nearness(nearest=1, nearest_plain=1, nearest_in_category=1)
PLAN = NearestPlan("minilm", PROTOTYPES, NEARNESS)


def given(noise: float = 0.0, **prompts: list[float]) -> Given:
    return Given(VECTORS | prompts, noise)


def test_prototypes_are_embedded_once_as_one_list() -> None:
    answer = given(rob=[1.0, 0.0, 0.0])
    moderator = drive(PLAN.prepare(), answer)
    for _ in range(3):
        drive(moderator.vote(prompt("rob")), answer)
    assert [len(request.texts) for request in answer.requests] == [6, 1, 1, 1]
    assert answer.requests[0].together


@pytest.mark.parametrize(
    ("vector", "label", "category", "risky"),
    [
        ([0.96, -0.28, 0.0], "toxic", "illegal", True),
        ([0.6, 0.0, -0.8], "toxic", "illegal", True),
        ([-0.28, 0.96, 0.0], "safe", None, True),
        ([0.0, 0.0, 1.0], "safe", None, False),
    ],
)
def test_the_nearest_prototypes_decide_label_category_and_sound(
    vector: list[float], label: str, category: str | None, risky: bool
) -> None:
    answer = given(asked=vector)
    vote = drive(drive(PLAN.prepare(), answer).vote(prompt("asked")), answer)
    assert (vote.label, vote.category, vote.sounds_risky) == (label, category, risky)
    assert vote.model == "nearest"


def test_near_the_threshold_the_batch_does_not_decide() -> None:
    vector = [0.4627, 0.8865, 0.0]
    votes = set()
    for skip in range(4):
        answer = given(noise=0.002, asked=vector)
        answer._random.normal(size=skip)
        moderator = drive(PLAN.prepare(), answer)
        votes.add(drive(moderator.vote(prompt("asked")), answer))
        assert answer.requests[-1].alone
    assert len(votes) == 1


def test_a_prompt_that_got_no_vector_is_an_abstention() -> None:
    moderator = drive(PLAN.prepare(), given())
    vote = drive(moderator.vote(prompt("asked")), lambda request: None)
    assert (vote.label, vote.reason) == ("abstain", "no_embedding")


def test_prototypes_that_got_no_vectors_end_the_run() -> None:
    with pytest.raises(NoEmbeddingError):
        drive(PLAN.prepare(), lambda request: None)


def test_the_digest_changes_with_a_threshold() -> None:
    assert PLAN.digest != NearestPlan("minilm", PROTOTYPES, Nearness(nearest=2)).digest
