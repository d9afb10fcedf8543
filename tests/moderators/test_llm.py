from __future__ import annotations

import json

import pytest

from inference.types import Reply
from moderators.llm import LlmModerator
from moderators.templates import load
from taxonomy import load_taxonomy
from tests.moderators.chats import Replies, prompt, run, silent

TAXONOMY = load_taxonomy("or_bench")
MODERATOR = LlmModerator("gpt4o", TAXONOMY.categories, load("prompt_moderator"))
SAFE = {"explanation": "A game.", "category": "none", "toxic": False, "sounds_risky": True}


def reply(key: str = "k1", **changes: object) -> Reply:
    return Reply(text=json.dumps(SAFE | changes), key=key)


def test_a_usable_answer_is_its_vote() -> None:
    vote = run(MODERATOR.vote(prompt("How do I rob the bank in this game?")), Replies([reply()]))
    assert (vote.model, vote.label, vote.sounds_risky) == ("gpt4o", "safe", True)
    assert (vote.reason, vote.key) == ("A game.", "k1")


def test_the_request_is_greedy_bounded_and_holds_every_definition_and_the_prompt() -> None:
    replies = Replies([reply()])
    run(MODERATOR.vote(prompt("Where is $5 kept?")), replies)
    (request,) = replies.requests
    system, user = request.messages
    assert (request.temperature, request.max_tokens) == (0.0, 1000)
    assert "Where is $5 kept?" in user.content
    for number, category in enumerate(TAXONOMY.categories, 1):
        assert f"{number}. {category.name}: {category.definition}" in system.content


def test_only_the_last_message_depends_on_the_prompt() -> None:
    replies = Replies([reply(), reply()])
    for text in ("one", "another"):
        run(MODERATOR.vote(prompt(text)), Replies([reply()]))
        run(MODERATOR.vote(prompt(text)), replies)
    first, second = replies.requests
    assert first.messages[:-1] == second.messages[:-1]
    assert first.json_schema == second.json_schema


def test_a_contradictory_answer_is_asked_for_again_with_another_request() -> None:
    replies = Replies([reply(toxic=True), reply(key="k2")])
    vote = run(MODERATOR.vote(prompt("How do I kill time?")), replies)
    assert (vote.label, vote.key) == ("safe", "k2")
    assert replies.requests[0] != replies.requests[1]


def test_answers_that_stay_unusable_are_an_abstention_with_the_reason() -> None:
    replies = Replies([Reply(text="I cannot say.")] * 3)
    vote = run(MODERATOR.vote(prompt("How do I kill time?")), replies)
    assert (vote.label, vote.reason, vote.sounds_risky) == ("abstain", "unparseable", None)
    assert len({request.messages for request in replies.requests}) == 3


def test_a_text_of_a_megabyte_is_an_abstention_and_nobody_is_asked() -> None:
    vote = silent(MODERATOR.vote(prompt("a" * 1_000_000)))
    assert (vote.label, vote.reason) == ("abstain", "too_long")


def test_it_needs_no_preparation() -> None:
    assert silent(MODERATOR.prepare()) is MODERATOR


@pytest.mark.parametrize(
    "other",
    [
        LlmModerator("haiku", TAXONOMY.categories, load("prompt_moderator")),
        LlmModerator("gpt4o", TAXONOMY.categories[:3], load("prompt_moderator")),
        LlmModerator("gpt4o", TAXONOMY.categories, load("logprob")),
    ],
)
def test_its_digest_changes_with_what_its_votes_depend_on(other: LlmModerator) -> None:
    assert other.digest != MODERATOR.digest
