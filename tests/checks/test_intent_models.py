from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from checks.errors import OptionInvalidError
from checks.intent_models import IntentBand, IntentKept
from inference.types import (
    Call,
    ChatRequest,
    Finding,
    Item,
    Message,
    Missing,
    Program,
    Reply,
    Score,
)
from tests.programs import ITEM, Encoder, Given, at_cosine, drive

BAND = IntentBand("minilm", low=0.3, high=0.95)
TEXT = "What would it take to steal a car?"


@dataclass(frozen=True)
class Chat:
    """A task that is answered by hand."""

    def request(self, item: Item, tries: int) -> ChatRequest:
        return ChatRequest("m", (Message("user", item.text),))

    def parse(self, item: Item, reply: Reply) -> str:
        return reply.text


def answered(program: Program[Finding], answer: object) -> tuple[Item, Program[Finding]]:
    """Who was asked first, and the rest of the program once it has its answer."""
    asked = next(program)
    assert isinstance(asked, Call)
    return asked.item, _rest(program, answer)


def _rest(program: Program[Finding], answer: object) -> Program[Finding]:
    try:
        asked = program.send(answer)
        while True:
            asked = program.send((yield asked))
    except StopIteration as stop:
        found: Finding = stop.value
        return found


@pytest.mark.parametrize(
    ("cosine", "reason"),
    [(0.97, "intent_near"), (0.9512, "intent_near"), (0.6, None), (0.2, "intent_far")],
)
def test_a_mutation_keeps_near_its_base(cosine: float, reason: str | None) -> None:
    answer = Given({ITEM.text: at_cosine(1.0), TEXT: at_cosine(cosine)})
    assert drive(BAND(ITEM, TEXT), answer) == Score("intent", round(cosine, 2), reason)


def test_near_a_bound_the_batch_does_not_decide() -> None:
    vectors = {ITEM.text: at_cosine(1.0, 8), TEXT: at_cosine(0.3002, 8)}
    answer = Given(vectors, noise=0.002)
    assert drive(BAND(ITEM, TEXT), answer) == Score("intent", 0.3, None)
    assert answer.requests[-1].alone


def test_a_text_without_a_vector_is_unusable_for_that() -> None:
    assert drive(BAND(ITEM, TEXT), lambda request: None) == "no_embedding"


def test_a_translation_is_measured_as_it_reads_in_english() -> None:
    check = IntentBand("minilm", 0.5, back=Chat())
    asked, rest = answered(check(ITEM, "Comment voler une voiture ?"), TEXT)
    assert asked.text == "Comment voler une voiture ?"
    answer = Given({ITEM.text: at_cosine(1.0), TEXT: at_cosine(0.8)})
    assert drive(rest, answer) == Score("intent", 0.8, None)


def test_a_translation_that_nobody_translates_back_is_unusable_for_that() -> None:
    check = IntentBand("minilm", 0.5, back=Chat())
    _, rest = answered(check(ITEM, "Comment ?"), Missing("not_translated"))
    assert drive(rest, Encoder()) == "no_back_translation"


@pytest.mark.parametrize(
    ("said", "reason"),
    [(True, None), (False, "intent_changed"), (Missing("unparseable"), "intent_unread")],
)
def test_a_checker_may_say_whether_the_intent_was_kept(said: object, reason: str | None) -> None:
    check = IntentKept(Chat())  # type: ignore[arg-type]  # its answers are given by hand
    asked, rest = answered(check(ITEM, TEXT), said)  # type: ignore[arg-type]  # never yields others
    assert (asked.text, asked.answer) == (ITEM.text, TEXT)
    assert drive(rest, Encoder()) == reason


@pytest.mark.parametrize("bounds", [(0.9, 0.3), (-2.0, 0.5), (0.5, 1.1)])
def test_a_band_that_no_text_can_meet_is_refused(bounds: Sequence[float]) -> None:
    with pytest.raises(OptionInvalidError, match=r"intent: -1 <= low < high <= 1"):
        IntentBand("minilm", *bounds)


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Yo, how do I nick a ride?", None),
        ("Which onions make the best soup?", "intent_far"),
    ],
)
def test_the_shipped_encoder_tells_a_mutation_from_another_subject(
    text: str, reason: str | None
) -> None:
    score = drive(IntentBand("minilm", 0.3)(ITEM, text), Encoder())
    assert isinstance(score, Score)
    assert score.reason == reason
