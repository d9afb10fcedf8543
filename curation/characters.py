"""Near duplicates by characters, where no encoder knows the language.

Candidates come from MinHash and locality-sensitive hashing (Broder 1997; Indyk and Motwani 1998;
the library is datasketch). Each is confirmed by the exact Jaccard index, so that nothing is dropped
that is not near; a near pair is missed with a probability of at most `MISSED` at the threshold, and
with less above it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from base.digests import digest_of
from checks.drift import published, published_part
from checks.ngrams import Ngrams, jaccard
from curation.errors import SettingInvalidError
from curation.rows import Candidate, Dropped, places_by_group

Measure: TypeAlias = "str | Ngrams"
"""What tells near texts: the encoder of that name, by cosine; or n-grams, by Jaccard index."""

MISSED = 0.001
"""The largest probability that a pair just at the threshold is no candidate."""

LEAST = 0.06
"""The smallest threshold, in hundredths, at which any bands miss a pair so seldom."""

_PERMUTATIONS = 128
_SEED = 1
_SCHEME = "affine32"


def characters_digest(ngrams: Ngrams) -> str:
    """SHA-256, in hex, of all that nearness by characters depends on but its threshold."""
    hashed = (_PERMUTATIONS, _SEED, _SCHEME, MISSED)
    return digest_of("characters", ngrams.digest, *hashed, published_part())


@dataclass(frozen=True, slots=True)
class Bands:
    """How signatures are cut for look-up: two texts are candidates where one band is the same.

    Attributes:
        number: Bands.
        rows: Hashes in a band.
    """

    number: int
    rows: int

    @classmethod
    def at(cls, threshold: float) -> "Bands":
        """The fewest candidates with which a pair at the threshold is missed seldom enough.

        Raises:
            SettingInvalidError: The threshold is below `LEAST`: no bands are fine enough.

        Example:
            >>> bands = Bands.at(0.6)
            >>> bands.number, bands.rows, round(bands.missed(0.6), 6)
            (42, 3, 3.6e-05)
        """
        if threshold < LEAST:
            raise SettingInvalidError(f"a Jaccard threshold must be at least {LEAST}", threshold)
        cuts = [cls(_PERMUTATIONS // rows, rows) for rows in range(1, _PERMUTATIONS // 2 + 1)]
        return [each for each in cuts if each.missed(threshold) <= MISSED][-1]

    def missed(self, index: float) -> float:
        """The probability that a pair of this Jaccard index is no candidate."""
        return float((1.0 - index**self.rows) ** self.number)


class Characters:
    """Texts as n-grams, searched among those that were added."""

    def __init__(self, ngrams: Ngrams, texts: Sequence[str], threshold: float) -> None:
        """Cuts and hashes every text; none is added yet.

        Raises:
            SettingInvalidError: The threshold is below `LEAST`.
        """
        from datasketch import MinHash, MinHashLSH  # loads numerical libraries

        self._cut = [ngrams.cut(text) for text in texts]
        self._threshold = threshold
        bands = Bands.at(threshold)
        params = (bands.number, bands.rows)
        self._index = MinHashLSH(num_perm=_PERMUTATIONS, params=params)
        coded = ([gram.encode("utf-8", "replace") for gram in sorted(cut)] for cut in self._cut)
        self._hashes = [
            *MinHash.generator(coded, num_perm=_PERMUTATIONS, seed=_SEED, scheme=_SCHEME)
        ]

    def add(self, places: Iterable[int]) -> None:
        """Adds the texts at these places, each once."""
        for place in places:
            self._index.insert(place, self._hashes[place])

    def near(self, place: int) -> Iterator[tuple[int, float]]:
        """The added texts of earlier places that are near to one, by place, with their index."""
        for other in sorted(self._index.query(self._hashes[place])):
            if other < place:
                index = jaccard(self._cut[place], self._cut[other])
                if index >= self._threshold:
                    yield other, index


def duplicates(rows: Sequence[Candidate], ngrams: Ngrams, threshold: float) -> dict[int, Dropped]:
    """The near duplicates by their places in `rows`, as `curation.near.duplicates` gives them.

    Args:
        rows: In the order that says which is first.
        ngrams: How their texts are cut.
        threshold: The Jaccard index from which on two texts are near.
    """
    texts = [row.text for row in rows]
    dropped: dict[int, Dropped] = {}
    for places in places_by_group(rows).values():
        kept = Characters(ngrams, [texts[place] for place in places], threshold)
        for own, place in enumerate(places):
            near = next(kept.near(own), None)
            if near is None:
                kept.add((own,))
                continue
            first = rows[places[near[0]]].row
            dropped[place] = Dropped(rows[place].row, "near_duplicate", first, published(near[1]))
    return dropped


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two texts by their places, the earlier one first seen, and their Jaccard index."""

    later: int
    earlier: int
    score: float


def overlaps(
    texts: Sequence[str],
    ngrams: Ngrams,
    threshold: float,
    *,
    places: Sequence[int],
    against: Sequence[int],
    skip: Callable[[int, int], bool] = lambda later, earlier: False,
) -> Iterator[Overlap]:
    """Every near pair of one of `places` and an earlier place among `against`, by place.

    Args:
        texts: All texts.
        ngrams: How they are cut.
        threshold: The Jaccard index from which on two texts are near.
        places: The texts to look at.
        against: What they are held against.
        skip: Pairs that do not count.
    """
    found = Characters(ngrams, texts, threshold)
    found.add(dict.fromkeys(against))
    for later in places:
        for earlier, score in found.near(later):
            if not skip(later, earlier):
                yield Overlap(later, earlier, score)
