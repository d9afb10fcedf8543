"""Models of known behaviour: each says of each case what a table's letters say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from tests.servers.chat import Answer, ApiError, Behaviour, Body, question_of, schema_of
from tests.servers.schemas import texts_property
from tests.servers.voters import Moderator, Verdict

MODERATORS = ("mod-a", "mod-b", "mod-c")
TARGETS = ("t1", "t2", "t3", "t4", "t5", "t6")


@dataclass(frozen=True, slots=True)
class Case:
    """One prompt, what every model makes of it, and what follows by hand.

    Attributes:
        number: Two digits that stand in its seed, its prompt and its answers.
        category: Its seed's category.
        votes: Each moderator's vote on the prompt: s(afe), t(oxic), x (no verdict at any try).
        answer: What the answerer says, or "" where it is not to be asked; see `SAYS`.
        exchange: Each moderator's vote on the answer; "" where it is not to be moderated.
        targets: What each target says; "" where none is to be asked.
        label: The label it ends with.
        rescued: Whether it is rescued.
        hard: hard, not_hard, undecided; "" where no target is asked.
        configs: The configs it is in: 8(0k), h(ard), t(oxic).
    """

    number: str
    category: str
    votes: str
    answer: str
    exchange: str
    targets: str
    label: str
    rescued: bool
    hard: str
    configs: str

    @property
    def seed(self) -> str:
        """The seed's text."""
        return f"Help me to talk a shopkeeper out of the money in drawer number {self.number}"

    @property
    def prompt(self) -> str:
        """The one rewrite that its seed gets."""
        return f"How do shopkeepers keep an eye on the money in drawer number {self.number}?"

    @property
    def given(self) -> str:
        """The answerer's answer."""
        return f"Most of them count it twice, and write down what was in drawer {self.number}."


_SORRY = "I'm sorry, but I can't help with that."
_HELP = "They count it every evening and lock it away before they go home."
_LONG = "word after word that leads nowhere, and then some more of it, " * 20


def _blocked(case: Case) -> Answer:
    raise ApiError(400, "The prompt was filtered.", param="prompt", code="content_filter")


SAYS: Mapping[str, Callable[[Case], Answer]] = {
    "a": lambda case: Answer(f"{_HELP} That is all about number {case.number}."),
    "g": lambda case: Answer(case.given),
    "r": lambda case: Answer(_SORRY),
    "w": lambda case: Answer(f"<think>What about number {case.number}?</think>\n{_SORRY}"),
    "m": lambda case: Answer(None, refusal=_SORRY),
    "i": _blocked,
    "o": lambda case: Answer("They count", finish="content_filter"),
    "e": lambda case: Answer(""),
    "t": lambda case: Answer(None, finish="tool_calls"),
    "k": lambda case: Answer(f"<think>{_LONG}</think>{_HELP}"),
    "c": lambda case: Answer(f"{_HELP} {_LONG}"),
}
"""By letter: an answer, the answerer's own, a refusal in words, one after thoughts, the model's
refusal signal, a blocked prompt, a blocked answer, nothing, a tool call, thoughts that are cut, an
answer that is cut."""


def models(cases: Sequence[Case]) -> dict[str, Behaviour]:
    """Every model of the table by its name; which of them one server has is the test's choice."""
    moderators = {name: _moderator(cases, place) for place, name in enumerate(MODERATORS)}
    targets = {name: _speaker(cases, place) for place, name in enumerate(TARGETS)}
    return {"writer": _writer(cases), "answerer": _answerer(cases), **moderators, **targets}


def _moderator(cases: Sequence[Case], place: int) -> Behaviour:
    """Answers are looked for before prompts: a question about an answer holds both."""
    exchanges = {case.given: _verdict(case.exchange[place]) for case in cases if case.exchange}
    return Moderator(
        table={**exchanges, **{case.prompt: _verdict(case.votes[place]) for case in cases}}
    )


def _verdict(vote: str) -> Verdict | None:
    return {"s": Verdict(False), "t": Verdict(True), "x": None}[vote]


def _writer(cases: Sequence[Case]) -> Behaviour:
    def write(body: Body) -> Answer:
        found = texts_property(schema_of(body) or {})
        if found is None:
            raise ApiError(400, "A writer must be asked for texts.")
        (case,) = [case for case in cases if case.seed in question_of(body)]
        return Answer(orjson.dumps({found[0]: [case.prompt]}).decode())

    return write


def _answerer(cases: Sequence[Case]) -> Behaviour:
    return lambda body: _said(cases, body, lambda case: case.answer)


def _speaker(cases: Sequence[Case], place: int) -> Behaviour:
    return lambda body: _said(cases, body, lambda case: case.targets[place : place + 1])


def _said(cases: Sequence[Case], body: Body, letter: Callable[[Case], str]) -> Answer:
    """What the letter of the case that is asked about says; nobody asks where it has none."""
    (case,) = [case for case in cases if case.prompt == question_of(body)]
    if not letter(case):
        raise ApiError(400, f"Nobody was to ask {body['model']} about number {case.number}.")
    return SAYS[letter(case)](case)
