"""How varied texts are: openings, repeated wording, meaning."""

import math
import unicodedata
import zlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice

import numpy as np
from numpy.typing import ArrayLike, NDArray


def words_of(text: str) -> Iterator[str]:
    """The words of a text: split at white space, case-folded, punctuation at their ends off.

    What is punctuation alone is no word. Scripts written without spaces give one word a clause.
    """
    marks = _punctuation()
    for piece in text.casefold().split():
        if piece.isalnum():  # most are, and stripping is slow
            yield piece
        elif word := piece.strip(marks):
            yield word


@cache
def _punctuation() -> str:
    """Punctuation and symbols of every script up to the surrogates, and the full-width forms."""
    ranges = (range(0xD800), range(0xFE00, 0x10000))
    marks = (chr(code) for codes in ranges for code in codes)
    return "".join(mark for mark in marks if unicodedata.category(mark)[0] in "PS")


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
    said = [split for text in texts if (split := list(words_of(text)))]
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
    def over(cls, counts: Sequence[Counter[Gram]]) -> "_Tops":
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


CHUNK = 8192
"""Rows of vectors that are widened to double precision at a time."""


def openings(texts: Iterable[str], words: int = 3) -> Counter[str]:
    """How many texts begin with the same words, case and punctuation aside.

    A text with fewer words counts with those it has; one without any is not counted.

    Raises:
        ValueError: Words are fewer than 1.
    """
    if words < 1:
        raise ValueError(f"words must be >= 1 (got {words})")
    found = Counter(" ".join(islice(words_of(text), words)) for text in texts)
    del found[""]
    return found


def distinct_n(texts: Iterable[str], n: int) -> float | None:
    """Different n-grams of words over all n-grams, 0 to 1; None where no text has n words.

    It falls as a set grows: only sets of one size compare.

    Raises:
        ValueError: n is less than 1.
    """
    if n < 1:
        raise ValueError(f"n must be >= 1 (got {n})")
    codes: dict[str, int] = {}
    said: list[int] = []
    sizes: list[int] = []
    for text in texts:
        before = len(said)
        said.extend(codes.setdefault(word, len(codes)) for word in words_of(text))
        sizes.append(len(said) - before)
    owners = np.repeat(np.arange(len(sizes)), sizes)[: max(len(said) - n + 1, 0)]
    ends = np.repeat(np.arange(len(sizes)), sizes)[n - 1 :]
    grams = _gram_codes(np.array(said, dtype=np.int64), len(codes), n)[owners == ends]
    return len(np.unique(grams)) / len(grams) if len(grams) else None


def _gram_codes(said: NDArray[np.int64], vocabulary: int, n: int) -> NDArray[np.int64]:
    """A number for the n-gram that begins at each word: as numbers, millions are counted fast."""
    grams = said
    for order in range(1, n):
        grams = np.unique(grams[:-1] * vocabulary + said[order:], return_inverse=True)[1]
    return grams


def compression_ratio(texts: Iterable[str]) -> float | None:
    """Bytes of all texts, one a line, over their bytes after zlib: the higher, the more repeated.

    zlib looks back 32 KB, so it sees repeats among neighbours: give texts in a fixed order, and
    compare sets in the same one. None without any byte.
    """
    packer = zlib.compressobj(level=6)
    plain = packed = 0
    for text in texts:
        line = text.encode("utf-8", "surrogatepass") + b"\n"
        plain += len(line) - 1
        packed += len(packer.compress(line))
    return plain / (packed + len(packer.flush())) if plain else None


def vendi_score(vectors: ArrayLike) -> float | None:
    """Vendi score: how many unlike texts the set is worth, 1 (all the same) to n (all orthogonal).

    The exponential of the entropy of the eigenvalues of K / n, where K holds the cosines of all
    pairs; they are also those of the smaller of the two Gram matrices, which alone is built.

    Args:
        vectors: (texts, dimensions), of any length but 0.

    Returns:
        None without rows.

    Raises:
        ValueError: The array has not two dimensions, or a vector is zero or not finite.
    """
    rows = np.asarray(vectors)
    if not rows.size:
        return None
    if rows.ndim != 2:
        raise ValueError(f"vectors must have two dimensions (got {rows.ndim})")
    lengths = np.concatenate(
        [np.linalg.norm(part.astype(np.float64), axis=1) for part in _parts(rows)]
    )
    if not (np.isfinite(lengths) & (lengths > 0)).all():
        raise ValueError("vectors must be finite and not zero")
    shares = np.linalg.eigvalsh(_gram(rows, lengths)) / len(rows)
    shares = shares[shares > 0]
    shares /= shares.sum()  # the trace is 1 but for rounding
    return float(np.exp(-(shares * np.log(shares)).sum()))


def _gram(rows: NDArray[np.float32], lengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Products of normalised rows with each other, or of dimensions where those are fewer."""
    if len(rows) <= rows.shape[1]:
        unit = rows / lengths[:, None]
        return np.asarray(unit @ unit.T)
    gram = np.zeros((rows.shape[1], rows.shape[1]))
    for part, sizes in zip(_parts(rows), _parts(lengths), strict=True):
        unit = part / sizes[:, None]
        gram += unit.T @ unit
    return gram


def _parts(rows: NDArray[np.floating]) -> list[NDArray[np.floating]]:
    return [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
