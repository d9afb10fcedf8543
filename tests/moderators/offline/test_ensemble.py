from __future__ import annotations

import csv
from pathlib import Path

import pytest

from moderators.offline.vectors import KernelPlan
from moderators.prototypes import load_prototypes
from moderators.types import Moderator
from moderators.votes import Decision
from taxonomy import load_taxonomy, shipped_seeds
from tests.moderators.chats import prompt
from tests.moderators.ensembles import decisions, ensemble, vectors
from tests.programs import Encoder, drive

pytestmark = pytest.mark.embedded
QUESTIONS = Path(__file__).parents[3] / "benchmarks" / "data" / "plain_questions.csv"


@pytest.fixture(scope="module")
def members() -> tuple[Moderator, ...]:
    return ensemble(load_prototypes(load_taxonomy("or_bench")))


@pytest.fixture(scope="module")
def seeds(members: tuple[Moderator, ...]) -> list[Decision]:
    return decisions(members, [seed.text for seed in shipped_seeds("or_bench")])


@pytest.fixture(scope="module")
def questions(members: tuple[Moderator, ...]) -> list[Decision]:
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        return decisions(members, [row["prompt"] for row in csv.DictReader(file)])


def share(found: list[bool]) -> float:
    return sum(found) / len(found)


@pytest.mark.slow
def test_most_shipped_seeds_are_flagged_and_hardly_any_plain_question(
    seeds: list[Decision], questions: list[Decision]
) -> None:
    assert share([each.label == "toxic" for each in seeds]) >= 0.85
    assert share([each.label == "toxic" for each in questions]) <= 0.1


@pytest.mark.slow
def test_seeds_sound_risky_and_plain_questions_mostly_do_not(
    seeds: list[Decision], questions: list[Decision]
) -> None:
    risky = share([bool(each.sounds_risky) for each in seeds])
    assert risky >= 0.9
    assert share([bool(each.sounds_risky) for each in questions]) <= risky - 0.6


@pytest.mark.slow
def test_a_vote_is_the_same_in_whatever_batch_its_prompt_is_embedded() -> None:
    prototypes = load_prototypes(load_taxonomy("or_bench"))
    moderator = drive(KernelPlan("minilm", prototypes).prepare(), vectors)
    encoder = Encoder()
    for seed in shipped_seeds("or_bench")[::12]:
        alone = drive(moderator.vote(prompt(seed.text)), encoder)
        assert drive(moderator.vote(prompt(seed.text)), vectors) == alone
