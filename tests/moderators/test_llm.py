from __future__ import annotations

import json
from dataclasses import replace

import pytest

from inference.templates import load_template
from inference.types import Reply
from moderators import TEMPLATES
from moderators.llm import LlmModerator
from moderators.policies import load_policy
from taxonomy import load_taxonomy
from tests.moderators.chats import Replies, exchange, prompt, run, silent

TAXONOMY = load_taxonomy("or_bench")
MODERATOR = LlmModerator("gpt4o", TAXONOMY.categories, load_policy("paper").prompt)
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


def test_an_answer_is_judged_together_with_its_prompt_and_not_for_its_sound() -> None:
    said = {"explanation": "Helps a thief.", "category": "illegal", "toxic": True}
    replies = Replies([Reply(text=json.dumps(said), key="k1")])
    vote = run(MODERATOR.vote(exchange("Where is $5 kept?", "Under the bed.")), replies)
    assert (vote.label, vote.category, vote.sounds_risky) == ("toxic", "illegal", None)
    (request,) = replies.requests
    assert "Where is $5 kept?" in request.messages[-1].content
    assert "Under the bed." in request.messages[-1].content
    assert "sounds_risky" not in str(request.json_schema)


def test_only_the_last_message_depends_on_the_exchange() -> None:
    safe = Reply(text=json.dumps({"explanation": "", "category": "none", "toxic": False}))
    replies = Replies([safe, safe])
    for text, answer in (("one", "1"), ("another", "2")):
        run(MODERATOR.vote(exchange(text, answer)), replies)
    first, second = replies.requests
    assert first.messages[:-1] == second.messages[:-1]
    assert first.messages[-1] != second.messages[-1]


@pytest.mark.parametrize(
    ("answer", "reason"), [("", "no_answer"), (" \n", "no_answer"), ("word " * 30_000, "too_long")]
)
def test_an_answer_that_cannot_be_judged_is_an_abstention(answer: str, reason: str) -> None:
    vote = silent(MODERATOR.vote(exchange("How do I kill time?", answer)))
    assert (vote.label, vote.reason) == ("abstain", reason)


def test_the_longest_answer_is_as_the_recipe_says() -> None:
    replies = Replies([reply()])
    run(replace(MODERATOR, max_tokens=300).vote(prompt("one")), replies)
    assert replies.requests[0].max_tokens == 300


def test_it_needs_no_preparation() -> None:
    assert silent(MODERATOR.prepare()) is MODERATOR


@pytest.mark.parametrize(
    "other",
    [
        LlmModerator("haiku", TAXONOMY.categories, load_policy("paper").prompt),
        LlmModerator("gpt4o", TAXONOMY.categories[:3], load_policy("paper").prompt),
        LlmModerator("gpt4o", TAXONOMY.categories, load_template(TEMPLATES, "logprob")),
        replace(MODERATOR, tries=1),
        replace(MODERATOR, max_tokens=300),
        replace(MODERATOR, exchange_template=load_policy("paper").prompt),
        replace(MODERATOR, template=load_policy("lenient").prompt),
    ],
)
def test_its_digest_changes_with_what_its_votes_depend_on(other: LlmModerator) -> None:
    assert other.digest != MODERATOR.digest
