"""What people's words on a row come to: by more than half of those who decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flows.review.released import Released
from flows.review.words import Table, Word

_LONGEST_NOTE = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """What people say of one row.

    Attributes:
        id: The row's id.
        verdict: What more than half of those say who call it toxic or safe (in a fine-grained
            set: reject or accept it); None where nobody does, or as many as not.
        rejected: Whether more than half of those want it out who say whether they do.
        tied: Whether they are split evenly on either; a tied row stays.
        decided: Whether there is a majority on either.
        reason: Why it is out, in the notes' words where there are any; "" for a row that stays.
    """

    id: str
    verdict: bool | None
    rejected: bool
    tied: bool
    decided: bool
    reason: str


def find(tables: Sequence[Table], released: Released) -> tuple[Finding, ...]:
    """A finding for each row that anybody was asked about, ordered by id."""
    words: dict[str, list[Word]] = {}
    for table in tables:
        for word in table.words.values():
            words.setdefault(word.id, []).append(word)
    names = ("rejected", "accepted") if released.has_styles else ("called toxic", "called safe")
    return tuple(_finding(id, words[id], names) for id in sorted(words))


def _finding(id: str, words: Sequence[Word], names: tuple[str, str]) -> Finding:
    verdicts = [word.verdict for word in words if word.verdict is not None]
    rejects = [word.reject for word in words if word.reject is not None]
    verdict, rejected = majority(verdicts), majority(rejects)
    split = (bool(verdicts) and verdict is None) or (bool(rejects) and rejected is None)
    return Finding(
        id,
        verdict,
        rejected is True,
        split and rejected is not True,
        verdict is not None or rejected is not None,
        _reason(words, names) if rejected else "",
    )


def majority(votes: Iterable[bool]) -> bool | None:
    """What more than half of the votes say; None without votes, and for a tie."""
    counted = list(votes)
    twice = 2 * sum(counted)
    return None if twice == len(counted) else twice > len(counted)


def ratings(tables: Sequence[Table], findings: Sequence[Finding]) -> list[list[bool | None]]:
    """Verdicts, a row for each finding and a column for each person; None for no verdict."""
    return [[_verdict(table.words, found.id) for table in tables] for found in findings]


def _verdict(words: Mapping[str, Word], id: str) -> bool | None:
    return words[id].verdict if id in words else None


def _reason(words: Sequence[Word], names: tuple[str, str]) -> str:
    asked = [word for word in words if word.reject is not None]
    against = [word for word in asked if word.reject]
    notes = [word.note for word in against if word.note]
    if notes:
        return "; ".join(dict.fromkeys(notes))[:_LONGEST_NOTE]
    said = {names[0] if word.verdict else names[1] for word in against if word.verdict is not None}
    what = said.pop() if len(said) == 1 else "rejected"
    people = "person" if len(asked) == 1 else "people"
    return f"{what} by {len(against)} of {len(asked)} {people}"
