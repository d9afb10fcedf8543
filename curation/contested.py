"""Near duplicates across categories, where labels may disagree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from base.digests import digest_of
from checks.drift import THRESHOLD_BAND, cosines_part, published
from checks.ngrams import Ngrams
from curation import characters
from curation.characters import Measure, Overlap
from curation.errors import require_share
from curation.near import Index, Pair, Space, blocks, duplicates, embedded, rescore_borderline
from curation.rows import Candidate, Dropped, selection
from inference.types import Program


def contested_digest() -> str:
    """SHA-256, in hex, of all that the step depends on but its settings and the encoder."""
    return digest_of("contested", cosines_part())


@dataclass(frozen=True, slots=True)
class Contest:
    """Two kept rows that are near and yet have different labels."""

    row: str
    other: str
    score: float


@dataclass(frozen=True, slots=True)
class Contested:
    """Every row of the input, kept or dropped, and the kept pairs whose labels differ."""

    kept: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    contested: tuple[Contest, ...]


def dedup_labelled(
    rows: Sequence[Candidate], encoder: Measure, threshold: float
) -> Program[Contested]:
    """Drops near duplicates of one label, whatever their categories; reports the contested ones.

    Two near rows of different labels say that a moderator erred on one of them, not that one is
    superfluous: both are kept and counted.

    Args:
        rows: In the order that says which is first, (category, row); `group` is the label.
        encoder: The encoder's name in the recipe, or how texts are cut into characters.
        threshold: The cosine, or Jaccard index, from which on two texts are duplicates, over 0.

    Raises:
        SettingInvalidError: The threshold is out of its range.
        NoEmbeddingError: The encoder gave no vectors.
    """
    require_share("threshold", threshold)
    if isinstance(encoder, Ngrams):
        dropped = characters.duplicates(rows, encoder, threshold)
        texts, kept = [row.text for row in rows], _kept(rows, dropped)
        labels = [row.group for row in rows]
        found = characters.overlaps(
            texts,
            encoder,
            threshold,
            places=kept,
            against=kept,
            skip=lambda later, earlier: labels[later] == labels[earlier],
        )
        return _contested(rows, dropped, found)
    space = yield from embedded(encoder, [row.text for row in rows])
    dropped = yield from duplicates(rows, space, threshold)
    pairs = yield from _across(space, _kept(rows, dropped), [row.group for row in rows], threshold)
    return _contested(rows, dropped, pairs)


def _kept(rows: Sequence[Candidate], dropped: Mapping[int, Dropped]) -> list[int]:
    return [place for place in range(len(rows)) if place not in dropped]


def _contested(
    rows: Sequence[Candidate], dropped: dict[int, Dropped], pairs: Iterable[Pair | Overlap]
) -> Contested:
    selected = selection((row.row for row in rows), dropped)
    contested = tuple(
        Contest(rows[pair.later].row, rows[pair.earlier].row, published(pair.score))
        for pair in pairs
    )
    return Contested(selected.kept, selected.dropped, contested)


def _across(
    space: Space, kept: Sequence[int], labels: Sequence[str], threshold: float
) -> Program[list[Pair]]:
    """All near pairs of kept rows with different labels, by the later row, then the earlier."""
    index = Index(space.vectors)
    found: list[Pair] = []
    for block in blocks(kept):
        index.add(block)
        near = index.near(block, threshold - THRESHOLD_BAND)
        other = [pair for pair in near if labels[pair.earlier] != labels[pair.later]]
        found += yield from rescore_borderline(space, other, threshold)
    return found
