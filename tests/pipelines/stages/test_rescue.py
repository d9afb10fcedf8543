from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pytest

from inference.types import ChatRequest, Item, Program, Refusal, Reply
from moderators.answers import AnswerTask
from moderators.types import PROMPTS_AND_EXCHANGES, Label, Moderator, Subject, Vote
from pipelines.or_bench.rescue import Rescuer
from pipelines.runner.stage import EachRow
from tests.pipelines.stages.judged_rows import FirstWord, moderated_row, outcome, says


@dataclass(frozen=True, slots=True)
class Says:
    """A moderator that says the same of every exchange, and refuses to see a prompt alone."""

    takes: ClassVar[frozenset[Subject]] = PROMPTS_AND_EXCHANGES
    name: str
    label: Label
    digest: str = "1"
    measures_risk: bool = False

    def prepare(self) -> Program[Moderator]:
        yield from ()
        return self

    def vote(self, item: Item) -> Program[Vote]:
        assert item.answer
        yield from ()
        return Vote(self.name, self.label)


def rescue(*labels: Label) -> EachRow:
    voters = tuple(Says(f"m{place}", label) for place, label in enumerate(labels))
    rescuer = Rescuer(AnswerTask("answerer", 100), None, FirstWord(), voters, "majority")
    return EachRow(rescuer.prepare)


@pytest.mark.parametrize(
    ("labels", "label"),
    [
        (("safe", "safe", "toxic"), "safe"),
        (("safe", "safe", "abstain"), "safe"),
        (("safe", "abstain", "abstain"), "toxic"),
        (("safe", "toxic", "toxic"), "toxic"),
        (("abstain", "abstain", "abstain"), "toxic"),
    ],
)
def test_a_flagged_prompt_comes_back_where_its_answer_is_safe(
    labels: tuple[Label, ...], label: str
) -> None:
    row = moderated_row("toxic", safe=0, toxic=3)
    found = outcome(rescue(*labels), row, says({"answerer": "With an opener."}))
    (kept,) = found.kept
    assert (kept["label"], kept["rescued"]) == (label, label == "safe")
    assert (kept["safe"], kept["toxic"], kept["abstain"]) == (0, 3, 0)
    assert [vote["label"] for vote in found.side["votes"]] == list(labels)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(text="No."),
        Reply(text="Hm, well."),
        Reply(refusal=Refusal("model_refusal", "message.refusal", "I will not.")),
        Reply(text=""),
        Reply(text="<think>A tin", finish="length"),
        Reply(finish="tool_calls"),
    ],
)
def test_an_answer_that_is_none_or_refuses_rescues_nothing_and_is_not_moderated(
    reply: Reply,
) -> None:
    stage = rescue("safe", "safe", "safe")
    found = outcome(stage, moderated_row("toxic"), says({"answerer": reply}))
    (kept,) = found.kept
    assert (kept["label"], kept["rescued"]) == ("toxic", False)
    assert len(found.side["answers"]) == 1
    assert "votes" not in found.side


@pytest.mark.parametrize("label", ["safe", "undecided"])
def test_only_flagged_prompts_are_answered(label: str) -> None:
    def nobody(request: ChatRequest) -> Reply:
        raise AssertionError(request.model)

    found = outcome(rescue("safe"), moderated_row(label), nobody)
    (kept,) = found.kept
    assert (kept["label"], kept["rescued"]) == (label, False)
    assert not found.side
