"""The figures of a review: residual toxicity, agreement, and moderators against people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from artifacts.version_facts import ReviewFacts
from flows.review.findings import Finding, ratings
from flows.review.released import Released
from flows.review.words import Table
from measures.binary import Confusion, confusion
from measures.intervals import Interval, wilson
from measures.raters import krippendorff_alpha


def review_facts(
    tables: Sequence[Table], findings: Sequence[Finding], released: Released
) -> ReviewFacts:
    """What manifest and card say of a review."""
    return ReviewFacts(
        of=released.release.pinned,
        sampled=tables[0].mark.sampled,
        decided=sum(found.decided for found in findings),
        rejected=sum(found.rejected for found in findings),
        people=sum(any(word.decides for word in table.words.values()) for table in tables),
        residual=dict(_residual(tables, findings, released)),
        agreement=krippendorff_alpha(ratings(tables, findings)) if len(tables) > 1 else None,
        moderators=dict(_moderators(findings, released)),
        ties=tuple(found.id for found in findings if found.tied),
    )


def _residual(
    tables: Sequence[Table], findings: Sequence[Finding], released: Released
) -> Iterator[tuple[str, tuple[int, int, Interval | None]]]:
    """By config: rows with a verdict, those that are wrong, and the interval of their share.

    Only of configs all of whose rows could have been drawn: the sample says nothing of the others.
    """
    names = list(released.configs)
    pool = released.ids_of([names[place - 1] for place in tables[0].mark.configs])
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
        yield model, _rates(confusion(pairs[model]))


def _rates(found: Confusion) -> tuple[float | None, int, float | None, int]:
    return found.tpr, found.positives, found.fpr, found.negatives
