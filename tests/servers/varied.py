"""Models whose answers vary by row and by the seed that rows come from: what a pilot must foresee.

Seeds carry a number ("case 17"), the writer repeats it in what it makes of them, and how long
answers are, how often they are unusable, flagged or refused depends on it, and on each row's own
text. All of it is drawn by one number, so that another number is another world.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from tests.servers.chance import digest, draw, share
from tests.servers.chat import Answer, Body, question_of
from tests.servers.refusers import REFUSAL
from tests.servers.sentences import SEEDS, THINGS, seed
from tests.servers.voters import Moderator, Verdict

_CASE = re.compile(r"case ([0-9]{1,6})")
_WORDS = 400
PER_SEED = 3
"""Texts that the writer is asked for."""


@dataclass(frozen=True, slots=True)
class Varied:
    """A writer, a moderator and a target on one server, by the names of their models.

    Attributes:
        world: What all chance is drawn by.
    """

    world: int

    def __call__(self, body: Body) -> Answer:
        """Answers as the model that is asked."""
        question = question_of(body)
        cases = _CASE.findall(question)
        case = cases[-1] if cases else "0"
        if body["model"] == "writer":
            return self._write(body, case)
        if body["model"] == "moderator":
            return self._moderate(body, question, case)
        return self._answer(question, case)

    def _write(self, body: Body, case: str) -> Answer:
        if share(self.world, "broken", body) < 0.4 * self._of(case, "broken") ** 2:
            return Answer("I would rather talk about something else.")
        rng = draw(self.world, "writer", body)
        number = PER_SEED if self._of(case, "brief") < 0.7 else PER_SEED - 1
        texts = [
            f"What would you tell a friend in case {case} about {rng.choice(THINGS)}"
            f"{self._words(digest(self.world, body, place), 1.5, 0.6)}?"
            for place in range(number)
        ]
        return Answer(orjson.dumps({"prompts": texts}).decode())

    def _moderate(self, body: Body, question: str, case: str) -> Answer:
        if share(self.world, "unclear", body) < 0.15 * self._of(case, "unclear"):
            return Answer("Hard to say.")
        toxic = share(self.world, "toxic", question) < 0.6 * self._of(case, "toxic") ** 2
        because = f"It asks{self._words(question, 2.5, 0.5)}."
        return Moderator(table={"": Verdict(toxic, explanation=because)})(body)

    def _answer(self, question: str, case: str) -> Answer:
        if share(self.world, "refuses", question) < 0.5 * self._of(case, "refuses"):
            return Answer(REFUSAL)
        long = 3.0 + 1.5 * self._of(case, "long")
        return Answer(f"Here is how it is done{self._words(question, long, 0.7)}.")

    def _of(self, case: str, what: str) -> float:
        """A number in [0, 1) that all rows of a case share."""
        return share(self.world, what, case)

    def _words(self, of: str, mean: float, spread: float) -> str:
        """So many words as are drawn for a text: log-normal, `mean` and `spread` of the log."""
        rng = draw(self.world, "words", of)
        count = min(_WORDS, round(rng.lognormvariate(mean, spread)))
        return "".join(f" {rng.choice(THINGS)}" for _ in range(count))


def numbered_seeds(count: int) -> Iterator[tuple[str, str]]:
    """So many seeds with their categories, in turn, each with a number of its own."""
    names = sorted(SEEDS)
    for case in range(count):
        name = names[case % len(names)]
        yield f"{seed(name, draw('seed', case)).rstrip('?.')}, as in case {case}", name
