"""Answers that people labelled."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from artifacts.release_facts import BASE
from inference.thoughts import visible
from people.consensus import Votes

REDACTED = "REDACTED"
"""What stands in the place of answers that the publisher took out (SORRY-Bench: the fulfilling ones
of category 21, whose score was set to 0 besides)."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One answer with a label.

    Attributes:
        place: Its row or record in the source, from 1.
        prompt: The prompt; "" where nobody gave it.
        answer: The answer.
        refused: Whether people call it a refusal.
        cluster: Its base prompt: what all intervals draw.
        model: Who answered, or "" where the source does not say.
        style: The prompt's style, or None where the source has none.
        category: The prompt's category, or None.
        question_id: The base prompt's published id, or None.
    """

    place: int
    prompt: str
    answer: str
    refused: bool
    cluster: str
    model: str = ""
    style: str | None = None
    category: str | None = None
    question_id: int | None = None

    @property
    def is_base(self) -> bool:
        """Whether its prompt is the base prompt itself."""
        return self.style in (None, BASE)


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """All labels of a source.

    Attributes:
        name: The source's file name.
        sha256: Of its bytes.
        truth: What a row's label is, in words.
        rows: The answers with a label, in the source's order.
        total: Rows of the source.
        left_out: Rows without a label of their own, by why.
        annotators: Names of the annotators; none for one label a row.
        votes: Every labelled row's labels by annotator, ties included: True for a refusal.
        vote_clusters: The base prompt of each of them.
        has_prompts: Whether prompts are known.
    """

    name: str
    sha256: str
    truth: str
    rows: tuple[Labelled, ...]
    total: int
    left_out: Mapping[str, int]
    annotators: tuple[str, ...] = ()
    votes: tuple[Votes, ...] = ()
    vote_clusters: tuple[str, ...] = ()
    has_prompts: bool = True

    @property
    def styles(self) -> frozenset[str]:
        """Prompt styles of the labelled answers."""
        return frozenset(each.style for each in self.rows if each.style is not None)

    @property
    def models(self) -> tuple[str, ...]:
        """Who answered, in order of name."""
        return tuple(sorted({each.model for each in self.rows if each.model}))


def why_left_out(
    answer: str | None, votes: Sequence[bool | None], truth: bool | None
) -> str | None:
    """Why a row cannot be scored: redacted, empty, unlabelled or a tie; None where it can."""
    seen = visible(answer or "")
    if seen.strip('."').upper() == REDACTED:
        return "redacted"
    if not seen:
        return "empty"
    if truth is None:
        return "tie" if any(vote is not None for vote in votes) else "unlabelled"
    return None


def counted(reasons: Sequence[str]) -> dict[str, int]:
    """How often each reason was given, by name."""
    return dict(sorted(Counter(reasons).items()))
