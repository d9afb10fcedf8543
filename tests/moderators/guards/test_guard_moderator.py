from __future__ import annotations

from dataclasses import replace

import pytest

from inference.types import Item, Refusal, Reply, TokenLogprobs
from moderators.guards.moderator import GuardModerator
from moderators.guards.registry import guards
from taxonomy import load_taxonomy
from tests.moderators.chats import Replies, prompt, run, silent

TAXONOMY = load_taxonomy("or_bench")
GUARDS = guards(TAXONOMY)
LLAMA = GuardModerator("guard", GUARDS["llama-guard"], TAXONOMY.names)
SHIELD = GuardModerator("guard", GUARDS["shieldgemma"], TAXONOMY.names)


def first(word: str, yes: float, no: float, key: str = "k") -> Reply:
    alternatives = (("Yes", yes), ("No", no), (" no", no - 1))
    return Reply(word, key=key, logprobs=(TokenLogprobs(word, -0.1, alternatives),))


def test_a_verdict_is_a_vote_with_the_native_label_as_its_reason() -> None:
    vote = run(LLAMA.vote(prompt("x")), Replies([Reply("unsafe\nS14,S2", key="k1")]))
    assert (vote.model, vote.label, vote.category) == ("guard", "toxic", "illegal")
    assert (vote.reason, vote.key, vote.sounds_risky, vote.score) == (
        "unsafe: S14, S2", "k1", None, None,
    )  # fmt: skip


def test_a_category_that_the_taxonomy_lacks_is_left_out() -> None:
    moderator = replace(LLAMA, names=("violence",))
    vote = run(moderator.vote(prompt("x")), Replies([Reply("unsafe\nS2")]))
    assert (vote.label, vote.category) == ("toxic", None)


def test_an_unusable_answer_is_asked_for_again_by_a_draw_of_the_same_chat() -> None:
    replies = Replies([Reply("Hm."), Reply("Hm."), Reply("safe", key="k3")])
    vote = run(LLAMA.vote(prompt("x")), replies)
    assert (vote.label, vote.key) == ("safe", "k3")
    assert len({request.messages for request in replies.requests}) == 1
    asked = [(each.temperature, each.seed, each.sample) for each in replies.requests]
    assert asked == [(0.0, None, 0), (0.5, 1, 1), (0.5, 2, 2)]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply("It depends."), "unparseable"),
        (Reply(""), "empty"),
        (Reply("", finish="length"), "truncated"),
        (Reply("safe", refusal=Refusal("model_refusal", "refusal")), "moderator_refused"),
    ],
)
def test_answers_that_stay_unusable_are_an_abstention(reply: Reply, reason: str) -> None:
    vote = run(LLAMA.vote(prompt("x")), Replies([reply] * 3))
    assert (vote.label, vote.reason) == ("abstain", reason)


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (prompt("a" * 1_000_000), "too_long"),
        (Item("r", "short", "c", answer="word " * 30_000), "too_long"),
        (Item("r", "short", "c", answer=""), "no_answer"),
        (Item("r", "short", "c", answer=" \n"), "no_answer"),
    ],
)
def test_what_cannot_be_judged_is_an_abstention_and_nobody_is_asked(
    item: Item, reason: str
) -> None:
    for guard in GUARDS.values():
        vote = silent(GuardModerator("guard", guard, TAXONOMY.names).vote(item))
        assert (vote.label, vote.reason) == ("abstain", reason)


def test_one_violated_guideline_is_enough_and_the_likeliest_decides() -> None:
    replies = Replies([
        first("No", -3, -0.1),
        first("Yes", -0.4, -1.2, key="k2"),
        first("Yes", -0.1, -2.6, key="k3"),
        Reply("Perhaps"), Reply("Perhaps"), Reply("Perhaps"),
    ])  # fmt: skip
    vote = run(SHIELD.vote(prompt("x")), replies)
    assert (vote.label, vote.category, vote.key, vote.score) == ("toxic", "hate", "k3", 2.5)
    assert vote.reason == "Yes: Harassment; Yes: Hate Speech"


def test_no_violated_guideline_is_safe_with_the_nearest_ones_score() -> None:
    replies = Replies([first("No", -3, -0.1), *[first("No", -1.5, -0.5, key="k2")] * 3])
    vote = run(SHIELD.vote(prompt("x")), replies)
    assert (vote.label, vote.category, vote.score, vote.key) == ("safe", None, -1.0, "k2")


def test_a_guideline_without_an_answer_leaves_the_vote_open() -> None:
    replies = Replies([*[Reply("No")] * 3, *[Reply("Perhaps")] * 3])
    vote = run(SHIELD.vote(prompt("x")), replies)
    assert (vote.label, vote.reason) == ("abstain", "unparseable")


def test_a_server_without_log_probabilities_gives_no_score() -> None:
    vote = run(SHIELD.vote(prompt("x")), Replies([Reply("No")] * 4))
    assert (vote.label, vote.score) == ("safe", None)


def test_an_answer_is_as_long_as_its_dialect_needs_or_as_the_recipe_says() -> None:
    for limit, expected in ((None, 64), (9, 9)):
        replies = Replies([Reply("safe")])
        run(replace(LLAMA, max_tokens=limit).vote(prompt("x")), replies)
        assert replies.requests[0].max_tokens == expected


def test_every_dialect_has_a_digest_of_its_own_that_changes_with_its_limits() -> None:
    made = [GuardModerator("guard", guard, TAXONOMY.names) for guard in GUARDS.values()]
    made += [replace(LLAMA, model="other"), replace(LLAMA, tries=1), replace(LLAMA, max_tokens=9)]
    assert len({moderator.digest for moderator in made}) == len(made)
