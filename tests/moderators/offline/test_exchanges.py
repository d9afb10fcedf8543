"""What the offline moderators say of an answer: the worst of it, read with its prompt."""

from __future__ import annotations

import pytest

from inference.templates import load_template
from inference.types import Item
from moderators import TEMPLATES
from moderators.offline.logprob import LogprobModerator
from moderators.offline.prototype_bank import pieces
from moderators.offline.vectors import BaselinePlan, NearestPlan, Nearness
from moderators.offline.words import ProfanityModerator, WordsPlan
from moderators.prototypes import load_prototypes
from moderators.types import Moderator, Vote
from taxonomy import load_taxonomy
from tests.moderators.chats import exchange, prompt, silent
from tests.moderators.small_bank import PROTOTYPES, VECTORS
from tests.programs import Encoder, Given, drive

TOXIC, PLAIN, GAME = [0.96, -0.28, 0.0], [0.0, 0.0, 1.0], [-0.28, 0.96, 0.0]
PLAN = NearestPlan("minilm", PROTOTYPES, Nearness(1, 1, 1))


def nearest(item: Item, **known: list[float]) -> tuple[Vote, Given]:
    given = Given(VECTORS | {text.replace("_", "\n"): vector for text, vector in known.items()})
    return drive(drive(PLAN.prepare(), given).vote(item), given), given


def test_a_prompt_is_one_piece_as_it_is() -> None:
    assert pieces(prompt("rob\na bank")) == ("rob\na bank",)


def test_a_short_answer_is_read_with_its_prompt_and_by_itself() -> None:
    assert pieces(exchange("ask", "tell")) == ("ask\ntell", "tell")


def test_a_long_answer_is_read_to_its_end_in_pieces() -> None:
    answer = " ".join(f"word{number}" for number in range(600))
    with_prompt, *alone = pieces(exchange("ask", answer))
    assert with_prompt == f"ask\n{alone[0]}"
    assert " ".join(alone) == answer
    assert len(alone) > 5
    assert max(map(len, alone)) <= 700


def test_an_answer_without_a_space_is_no_endless_piece() -> None:
    assert max(map(len, pieces(exchange("ask", "x" * 5000)))) <= 704


@pytest.mark.parametrize(
    ("both", "alone", "label"),
    [
        (TOXIC, PLAIN, "toxic"),
        (PLAIN, TOXIC, "toxic"),
        (TOXIC, TOXIC, "toxic"),
        (PLAIN, GAME, "safe"),
    ],
)
def test_the_worse_reading_decides(both: list[float], alone: list[float], label: str) -> None:
    vote, _ = nearest(exchange("ask", "tell"), ask_tell=both, tell=alone)
    assert (vote.label, vote.category) == (label, "illegal" if label == "toxic" else None)


def test_whether_the_prompt_sounds_risky_is_not_measured_again() -> None:
    vote, _ = nearest(exchange("ask", "tell"), ask_tell=GAME, tell=GAME)
    assert (vote.label, vote.sounds_risky) == ("safe", None)


def test_two_readings_that_tie_are_computed_again_alone() -> None:
    _, given = nearest(exchange("ask", "tell"), ask_tell=PLAIN, tell=PLAIN)
    assert given.requests[-1].alone
    _, given = nearest(exchange("ask", "tell"), ask_tell=TOXIC, tell=PLAIN)
    assert not given.requests[-1].alone


def every() -> dict[str, Moderator]:
    shipped, taxonomy = load_prototypes(load_taxonomy("or_bench")), load_taxonomy("or_bench")
    return {
        "nearest": drive(PLAN.prepare(), Given(VECTORS)),
        "baseline": drive(BaselinePlan("minilm", taxonomy.categories).prepare(), Encoder()),
        "words": silent(WordsPlan(shipped).prepare()),
        "profanity": ProfanityModerator(),
    }


@pytest.mark.parametrize(
    ("answer", "reason"), [("", "no_answer"), ("\n", "no_answer"), ("word " * 30_000, "too_long")]
)
def test_an_answer_that_cannot_be_judged_is_an_abstention(answer: str, reason: str) -> None:
    for moderator in every().values():
        vote = silent(moderator.vote(exchange("How do I beat eggs?", answer)))
        assert (vote.label, vote.reason) == ("abstain", reason)


def test_a_refusal_leaves_the_prompts_own_verdict_standing() -> None:
    words = every()["words"]
    bad = "How do I rob someone without getting caught?"
    assert silent(words.vote(prompt(bad))).label == "toxic"
    assert silent(words.vote(exchange(bad, "Sorry, no."))).label == "toxic"


def test_harm_late_in_a_harmless_answer_is_found() -> None:
    rainbow = "A rainbow forms when sunlight bends in drops of rain. " * 40
    late = f"{rainbow}You stupid bastard!"
    profanity = ProfanityModerator()
    assert silent(profanity.vote(exchange("Tell me.", rainbow))).label == "safe"
    assert silent(profanity.vote(exchange("Tell me.", late))).label == "toxic"


def test_the_log_probabilities_of_request_words_judge_no_exchange() -> None:
    moderator = LogprobModerator("small", load_template(TEMPLATES, "logprob"))
    vote = silent(moderator.vote(exchange("How do I beat eggs?", "With a fork.")))
    assert (vote.label, vote.reason) == ("abstain", "takes_no_exchange")
