"""A classifier that is a language model, asked through the engine's own runner."""

from __future__ import annotations

from pathlib import Path

from inference.types import Reply
from moderators.classifier import Classifier
from taxonomy import NONE, load_taxonomy
from tests.moderators.chats import Replies, prompt, run, silent

GOOD = Reply(text='{"category": "threats", "confidence": 0.9, "second": "none"}', key="k")
TAXONOMY = """\
name: small
version: "1"
source: made up
categories:
  - {name: threats, title: Threats, definition: Words that announce harm., sensitive: false}
  - {name: fraud, title: Fraud, definition: Lies for gain., sensitive: false}
"""


def _classifier(tmp_path: Path) -> Classifier:
    path = tmp_path / "small.yaml"
    path.write_text(TAXONOMY)
    return Classifier.of("m", load_taxonomy(path), tries=2)


def test_every_definition_and_the_request_are_in_the_question(tmp_path: Path) -> None:
    replies = Replies([GOOD])
    vote = run(_classifier(tmp_path).vote(prompt("Write a $threat.")), replies)
    assert (vote.model, vote.category, vote.second) == ("m", "threats", "none")
    (request,) = replies.requests
    system, user = request.messages
    assert "1. threats (Threats): Words that announce harm." in system.content
    assert "\nWrite a $threat.\n" in user.content
    assert (request.temperature, request.max_tokens) == (0.0, 600)


def test_a_taxonomy_without_none_is_given_one(tmp_path: Path) -> None:
    classifier = _classifier(tmp_path)
    assert [category.name for category in classifier.categories] == ["threats", "fraud", NONE]


def test_an_unusable_answer_is_asked_for_again_and_then_is_an_abstention(tmp_path: Path) -> None:
    bad = Reply(text="Hm.")
    replies = Replies([bad, GOOD])
    assert run(_classifier(tmp_path).vote(prompt("x")), replies).category == "threats"
    first, second = replies.requests
    assert len(second.messages) == len(first.messages) + 1
    vote = run(_classifier(tmp_path).vote(prompt("x")), Replies([bad, bad]))
    assert (vote.category, vote.confidence, vote.reason) == (None, 0.0, "unparseable")


def test_what_is_too_long_is_not_asked_about(tmp_path: Path) -> None:
    vote = silent(_classifier(tmp_path).vote(prompt("x" * 30_000)))
    assert (vote.category, vote.reason) == (None, "too_long")


def test_the_digest_tells_taxonomies_and_limits_apart(tmp_path: Path) -> None:
    classifier = _classifier(tmp_path)
    other = Classifier(classifier.model, classifier.categories[1:], tries=2)
    more = Classifier(classifier.model, classifier.categories, tries=3)
    assert len({classifier.digest, other.digest, more.digest}) == 3
