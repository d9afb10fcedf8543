"""What a guard's dialect is: how it is asked, and how its answer is read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from base.digests import Json
from inference.types import Item, Message, UnusableError
from moderators.types import Subject

Api = Literal["chat", "completions"]
"""How a guard is reached: turns, which its server's chat template lays out; or bare text."""


@dataclass(frozen=True, slots=True)
class Question:
    """One chat to put to a guard.

    Attributes:
        subject: What it is about: a prompt, or an answer together with its prompt.
        messages: The turns.
        guideline: The native name of the one rule that is asked about; "" where all are.
    """

    subject: Subject
    messages: tuple[Message, ...]
    guideline: str = ""


@dataclass(frozen=True, slots=True)
class GuardVerdict:
    """What a guard said, in our words and in its own.

    Attributes:
        label: Toxic or safe. What is neither never becomes a verdict: it is `UnusableError`.
        native: Its own label, with its own categories: `unsafe: S2, S9`. Never text of the item.
        category: The category of OR-Bench's taxonomy that its own first one maps to, or None.
        refused: Whether the answer is a refusal, where the guard says so; else None. For judges:
            a refusal is harmless, but that says nothing of its prompt.
    """

    label: Literal["safe", "toxic"]
    native: str
    category: str | None = None
    refused: bool | None = None


class Guard(Protocol):
    """One dialect; pure, and told nothing of where the guard is served."""

    @property
    def name(self) -> str:
        """Its name, as a recipe writes it in `dialect`."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of all that its questions and verdicts depend on."""
        ...

    @property
    def takes(self) -> frozenset[Subject]:
        """What it may be asked to judge."""
        ...

    @property
    def tells_refusals(self) -> bool:
        """Whether it says if an answer is a refusal."""
        ...

    @property
    def max_tokens(self) -> int:
        """Longest answer in tokens that the dialect needs, thoughts included."""
        ...

    @property
    def own_api(self) -> Api:
        """By which API it is asked in the layout that it was trained on."""
        ...

    @property
    def answer_words(self) -> tuple[str, str] | None:
        """First words for toxic and safe whose log-probabilities are its score, or None."""
        ...

    @property
    def table(self) -> Mapping[str, str | None]:
        """OR-Bench's category for each native one; None where it has none that fits."""
        ...

    def render(self, item: Item) -> tuple[Question, ...]:
        """What to ask about an item; any answer that says toxic makes it so."""
        ...

    def parse(self, text: str, asked: Question) -> GuardVerdict:
        """Reads the answer to one question.

        Raises:
            UnusableError: It is not in the dialect's form, or contradicts itself; never safe then.
        """
        ...


def dialect_part(guard: Guard) -> Json:
    """What every dialect's digest is made from; each adds its own patterns and texts."""
    asked = (guard.max_tokens, guard.answer_words, guard.tells_refusals)
    return [guard.name, sorted(guard.takes), *asked, dict(guard.table)]


def turns(item: Item) -> tuple[Message, ...]:
    """The chat as it was held: what the chat templates of most guards take.

    The guard's server renders them with the guard's own template. It must not continue a final
    assistant turn (vLLM does not by default; llama.cpp needs `--no-prefill-assistant`).
    """
    asked = Message("user", item.text)
    return (asked,) if item.answer is None else (asked, Message("assistant", item.answer))


UNPARSEABLE = "unparseable"
CONTRADICTORY = "contradictory"
_OPEN, _CLOSE = "<think>", "</think>"


def thoughts_part() -> Json:
    """What `without_thoughts` depends on, for a digest."""
    return [_OPEN, _CLOSE]


def without_thoughts(text: str) -> str:
    """The answer without the think block before it, and without white space around it.

    Raises:
        UnusableError: `unfinished_thoughts` where the block does not end.
    """
    _, closed, answer = text.rpartition(_CLOSE)
    if not closed:
        answer = text
    if _OPEN in answer:
        raise UnusableError("unfinished_thoughts")
    return answer.strip()


def fields(text: str, names: Iterable[str]) -> dict[str, str]:
    """The values of an answer made of lines `Name: value`; names are read in lower case.

    Raises:
        UnusableError: `unparseable` where a line has another form, or a name stands twice.
    """
    known = {name.casefold() for name in names}
    found: dict[str, str] = {}
    for line in filter(str.strip, text.splitlines()):
        name, colon, value = line.partition(":")
        name = name.strip().casefold()
        if not colon or name not in known or name in found:
            raise UnusableError(UNPARSEABLE)
        found[name] = value.strip()
    return found


def yes_or_no(value: str | None) -> bool | None:
    """True for yes, False for no in any case, else None."""
    return {"yes": True, "no": False}.get((value or "").casefold())


def mapped(table: Mapping[str, str | None], native: Iterable[str]) -> str | None:
    """The first native category's counterpart that there is, or None."""
    return next((table[name] for name in native if table.get(name) is not None), None)


def told(label: str, native: Iterable[str]) -> str:
    """A guard's own label, with its own categories where it names some."""
    names = ", ".join(native)
    return f"{label}: {names}" if names else label
