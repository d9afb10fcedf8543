"""What a build came to beside what its release says of itself: for whoever looks on, in no file."""

from collections.abc import Mapping
from dataclasses import dataclass, field

ABSTAINED, SKIPPED = "abstained", "skipped"
"""What votes are called that name no class, and those that nobody was asked for."""

MODERATED, SORTED = "moderated", "sorted"
"""What votes are about: whether a prompt is toxic, or which category a request belongs to."""

_MANY_SHARE, _MANY = 0.1, 2


def cut_often(cut: int, replies: int) -> bool:
    """Whether so many replies were cut that a person should know: a tenth, and two at least."""
    return cut >= max(_MANY, _MANY_SHARE * replies)


@dataclass(frozen=True, slots=True)
class VoterCounts:
    """How one moderator, or one classifier of requests, voted on this version's own rows.

    Attributes:
        name: The name that its votes carry.
        votes: Votes by class, then `abstained` and `skipped`.
    """

    name: str
    votes: Mapping[str, int]

    @property
    def rows(self) -> int:
        """Rows that came to the vote."""
        return sum(self.votes.values())


@dataclass(frozen=True, slots=True)
class AnswerCounts:
    """What one model answered in one part of the recipe.

    Attributes:
        part: The part: `moderate`, `panel`, `rewrite`, ...
        name: The model, or the name that its answers carry.
        asked: Rows that it was asked about.
        cut: Replies that ended at the token limit; None where that was not counted.
        missing: Rows of which it gave nothing that could be used.
        replies: Replies that were used, repeated questions included; None where not counted.
        max_tokens: The longest answer, where it is known.
        is_vote: Whether it votes, so that what is cut is an abstention.
    """

    part: str
    name: str
    asked: int
    cut: int | None
    missing: int
    replies: int | None = None
    max_tokens: int | None = None
    is_vote: bool = False

    @property
    def is_cut_often(self) -> bool:
        """Whether a person should know of it."""
        return self.replies is not None and cut_often(self.cut or 0, self.replies)


@dataclass(frozen=True, slots=True)
class CarriedLabels:
    """The carried rows that others labelled than who labelled this version's own.

    Attributes:
        version: The version that they were carried from.
        rows: These rows, of the main config.
        total: All rows of the main config.
        before: Who labelled them.
        now: Who labels this version's own rows.
    """

    version: str
    rows: int
    total: int
    before: tuple[str, ...]
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BuildFacts:
    """What a build came to.

    Attributes:
        about: What was voted on, `moderated` or `sorted`; None where nobody voted.
        voted: This version's own rows that came to the vote.
        labels: For each step that labels them, in words: rows by label.
        passed: Those of them that the last of these steps calls safe, or puts into a category.
        fit: Those of these that may be released: with `sounds_risky: required` fewer.
        released: This version's own rows in the main config.
        voters: How each moderator or classifier voted.
        answers: Cut and missing answers, by part and model.
        carried: The carried rows that others labelled; None where there are none.
    """

    about: str | None = None
    voted: int = 0
    labels: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    passed: int = 0
    fit: int = 0
    released: int = 0
    voters: tuple[VoterCounts, ...] = ()
    answers: tuple[AnswerCounts, ...] = ()
    carried: CarriedLabels | None = None
