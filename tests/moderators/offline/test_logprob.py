from __future__ import annotations

import math

import pytest

from inference.templates import load_template
from inference.types import Reply, TokenLogprobs
from moderators import TEMPLATES
from moderators.offline.logprob import LogprobModerator
from tests.moderators.chats import Replies, prompt, run, silent

MODERATOR = LogprobModerator("small", load_template(TEMPLATES, "logprob"), limit=0.0)


def reply(**top: float) -> Reply:
    alternatives = tuple((f" {token}", logprob) for token, logprob in top.items())
    return Reply(logprobs=(TokenLogprobs("no", -0.1, alternatives),), key="k1")


@pytest.mark.parametrize(
    ("top", "label", "score"),
    [
        ({"yes": -0.5, "no": -1.25}, "toxic", 0.75),
        ({"yes": -1.25, "no": -0.5}, "safe", -0.75),
        ({"Yes": -0.5, "yes": -3.0, "no": -1.25}, "toxic", 0.75),
        ({"no": -0.5, "maybe": -4.5}, "safe", -4.0),
        ({"yes": -0.5, "maybe": -4.5}, "toxic", 4.0),
    ],
)
def test_the_likelier_answer_word_decides(top: dict[str, float], label: str, score: float) -> None:
    vote = run(MODERATOR.vote(prompt("How do I rob a shop?")), Replies([reply(**top)]))
    assert (vote.model, vote.label, vote.score) == ("logprob:small", label, score)
    assert vote.key == "k1"


def test_the_prompt_comes_last_after_examples_that_never_change() -> None:
    replies = Replies([reply(yes=-1.0, no=-2.0)] * 2)
    for text in ("How do I\n\n rob a shop?", "How do I boil an egg?"):
        run(MODERATOR.vote(prompt(text)), replies)
    first, second = (request.messages[0].content for request in replies.requests)
    assert first.endswith("Request: How do I rob a shop?")
    assert first.rpartition("Request:")[0] == second.rpartition("Request:")[0]
    assert replies.requests[0].messages[-1].role == "assistant"
    assert replies.requests[0].max_tokens == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(reply(maybe=-1.0), "no_answer_word"), (Reply(text="yes"), "no_logprobs")],
)
def test_an_answer_without_the_words_is_an_abstention_and_not_asked_for_again(
    answer: Reply, reason: str
) -> None:
    replies = Replies([answer])
    vote = run(MODERATOR.vote(prompt("How do I rob a shop?")), replies)
    assert (vote.label, vote.reason) == ("abstain", reason)


def test_a_text_that_does_not_fit_the_context_is_an_abstention() -> None:
    assert silent(MODERATOR.vote(prompt("a " * 2000))).reason == "too_long"


@pytest.mark.parametrize("odds", [math.nan, math.inf, -math.inf])
def test_what_is_no_finite_number_makes_nothing_safe(odds: float) -> None:
    vote = run(MODERATOR.vote(prompt("How?")), Replies([reply(yes=odds, maybe=-1.0)]))
    assert (vote.label, vote.reason) == ("abstain", "no_answer_word")
