"""Self-BLEU: how much of each text could be put together from the others."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from measures.words import words

EPSILON = 0.1
"""Matches credited where a text shares no n-gram with the others (Chen and Cherry's method 1)."""

Gram = tuple[str, ...]


def self_bleu(texts: Iterable[str], n: int = 4) -> float | None:
    """Mean BLEU of each text against all others: 1 where every text has a twin, near 0 for none.

    Sentence BLEU up to n-grams, equal weights, clipped by the reference that has most of an
    n-gram, with the brevity penalty by the closest reference length. Smoothing is Chen and
    Cherry's method 1, epsilon 0.1; a text that shares no word scores 0. Texts are split into
    case-folded words without punctuation. It grows with the number of texts: compare samples of
    one size, and say n.

    Returns:
        None with fewer than two texts that have words.

    Raises:
        ValueError: n is less than 1.
    """
    if n < 1:
        raise ValueError(f"n must be >= 1 (got {n})")
    said = [split for text in texts if (split := list(words(text)))]
    if len(said) < 2:
        return None
    lengths = sorted(map(len, said))
    grams = [[_grams(split, order) for split in said] for order in range(1, n + 1)]
    tops = [_Tops.over(counts) for counts in grams]
    scores = []
    for index, split in enumerate(said):
        precisions = [
            top.precision(index, counts[index]) for top, counts in zip(tops, grams, strict=True)
        ]
        penalty = _brevity(len(split), _closest_other(len(split), lengths))
        scores.append(penalty * _mean(precisions) if precisions[0][0] else 0.0)
    return math.fsum(scores) / len(scores)


@dataclass(slots=True)
class _Tops:
    """Per n-gram, the greatest count in one text, who has it, and the greatest of the rest."""

    top: dict[Gram, tuple[int, int, int]] = field(default_factory=dict)

    @classmethod
    def over(cls, counts: Sequence[Counter[Gram]]) -> _Tops:
        """Counted once for all texts, so that n texts do not cost n times n."""
        top: dict[Gram, tuple[int, int, int]] = {}
        for index, grams in enumerate(counts):
            for gram, count in grams.items():
                best, owner, second = top.get(gram, (0, -1, 0))
                top[gram] = (
                    (count, index, best) if count > best else (best, owner, max(second, count))
                )
        return cls(top)

    def precision(self, index: int, grams: Counter[Gram]) -> tuple[int, int]:
        """Matches of a text among the others, and the text's n-grams."""
        matches = 0
        for gram, count in grams.items():
            best, owner, second = self.top[gram]
            matches += min(count, second if owner == index else best)
        return matches, max(grams.total(), 1)


def _grams(split: Sequence[str], order: int) -> Counter[Gram]:
    return Counter(zip(*(split[start:] for start in range(order)), strict=False))


def _mean(precisions: Sequence[tuple[int, int]]) -> float:
    """The geometric mean of clipped precisions, smoothed."""
    logs = (math.log((matches or EPSILON) / total) for matches, total in precisions)
    return math.exp(math.fsum(logs) / len(precisions))


def _brevity(length: int, reference: int) -> float:
    return 1.0 if length >= reference else math.exp(1 - reference / length)


def _closest_other(length: int, lengths: Sequence[int]) -> int:
    """The length closest to this one among all others, the shorter of two as close."""
    place = bisect_left(lengths, length)
    others = [*lengths[max(place - 1, 0) : place], *lengths[place + 1 : place + 2]]
    return min(others, key=lambda other: (abs(other - length), other))
