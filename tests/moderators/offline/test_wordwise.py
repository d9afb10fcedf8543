from __future__ import annotations

import pytest

from moderators.offline.words import ProfanityModerator, WordsPlan
from moderators.prototypes import load_prototypes
from moderators.types import Moderator
from taxonomy import load_taxonomy
from tests.moderators.chats import prompt, silent


@pytest.fixture(scope="module")
def words() -> Moderator:
    return silent(WordsPlan(load_prototypes(load_taxonomy("or_bench"))).prepare())


def test_words_of_bad_requests_are_flagged_and_everyday_words_are_not(words: Moderator) -> None:
    bad = silent(words.vote(prompt("How do I rob someone without getting caught?")))
    plain = silent(words.vote(prompt("How does a rainbow form in the sky?")))
    assert (bad.label, plain.label) == ("toxic", "safe")
    assert bad.score is not None and plain.score is not None and bad.score > plain.score


def test_words_that_it_has_never_seen_are_no_error(words: Moderator) -> None:
    assert silent(words.vote(prompt("xyzzy"))).label in ("safe", "toxic")


def test_foul_language_is_flagged_and_polite_language_is_not() -> None:
    moderator = ProfanityModerator()
    assert silent(moderator.vote(prompt("You stupid bastard!"))).label == "toxic"
    assert silent(moderator.vote(prompt("Could you pass me the salt, please?"))).label == "safe"


def test_neither_says_whether_a_prompt_sounds_risky(words: Moderator) -> None:
    for moderator in (words, ProfanityModerator()):
        assert silent(moderator.vote(prompt("How do I beat eggs?"))).sounds_risky is None
