"""What people's words on a release come to: findings by majority, and the figures of a review."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from artifacts.version_facts import ReviewFacts
from measures.intervals import Interval, wilson
from measures.raters import krippendorff_alpha
from people.consensus import compared, majority
from people.release_review import ReleaseSheet, Word
from people.released import Released

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


def find(sheets: Sequence[ReleaseSheet], released: Released) -> tuple[Finding, ...]:
    """A finding for each row that anybody was asked about, ordered by id."""
    words: dict[str, list[Word]] = {}
    for sheet in sheets:
        for word in sheet.words.values():
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


def ratings(sheets: Sequence[ReleaseSheet], findings: Sequence[Finding]) -> list[list[bool | None]]:
    """Verdicts, a row for each finding and a column for each person; None for no verdict."""
    return [[_verdict(sheet.words, found.id) for sheet in sheets] for found in findings]


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


def review_facts(
    sheets: Sequence[ReleaseSheet], findings: Sequence[Finding], released: Released
) -> ReviewFacts:
    """What manifest and card say of a review."""
    return ReviewFacts(
        of=released.release.pinned,
        sampled=sheets[0].mark.origin.sampled,
        decided=sum(found.decided for found in findings),
        rejected=sum(found.rejected for found in findings),
        people=sum(any(word.decides for word in sheet.words.values()) for sheet in sheets),
        residual=dict(_residual(sheets, findings, released)),
        agreement=krippendorff_alpha(ratings(sheets, findings)) if len(sheets) > 1 else None,
        moderators=dict(_moderators(findings, released)),
        ties=tuple(found.id for found in findings if found.tied),
    )


def _residual(
    sheets: Sequence[ReleaseSheet], findings: Sequence[Finding], released: Released
) -> Iterator[tuple[str, tuple[int, int, Interval | None]]]:
    """By config: rows with a verdict, those that are wrong, and the interval of their share.

    Only of configs all of whose rows could have been drawn: the sample says nothing of the others.
    """
    names = list(released.configs)
    pool = released.ids_of([names[place - 1] for place in sheets[0].mark.origin.configs])
    for name, ids in released.configs.items():
        if ids and ids <= pool:
            own = [found for found in findings if found.id in ids and found.verdict is not None]
            wrong = sum(_is_wrong(found, released) for found in own)
            yield name, (len(own), wrong, wilson(wrong, len(own)))


def _is_wrong(found: Finding, released: Released) -> bool:
    """Whether people call the row by another name than the set does."""
    return found.verdict is not (released.rows[found.id].toxic or False)


def _moderators(
    findings: Sequence[Finding], released: Released
) -> Iterator[tuple[str, tuple[float | None, int, float | None, int]]]:
    """Each moderator's rates; an abstention is neither, and rests on no row."""
    pairs: dict[str, list[tuple[bool, bool]]] = {}
    for found in findings:
        for model, label in released.rows[found.id].votes.items():
            own = pairs.setdefault(model, [])
            if found.verdict is not None and label in ("safe", "toxic"):
                own.append((found.verdict, label == "toxic"))
    for model in sorted(pairs):
        truths, verdicts = [pair[0] for pair in pairs[model]], [pair[1] for pair in pairs[model]]
        rates = compared(truths, verdicts).confusion
        yield model, (rates.tpr, rates.positives, rates.fpr, rates.negatives)
