"""Near duplicates across categories, where labels may disagree."""

from collections.abc import Sequence
from dataclasses import dataclass

from base.digests import digest_of
from checks.drift import THRESHOLD_BAND, cosines_part, published
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


def dedup_labelled(rows: Sequence[Candidate], encoder: str, threshold: float) -> Program[Contested]:
    """Drops near duplicates of one label, whatever their categories; reports the contested ones.

    Two near rows of different labels say that a moderator erred on one of them, not that one is
    superfluous: both are kept and counted.

    Args:
        rows: In the order that says which is first, (category, row); `group` is the label.
        encoder: The encoder's name in the recipe.
        threshold: The cosine from which on two texts are duplicates, over 0.

    Raises:
        SettingInvalidError: The threshold is out of its range.
        NoEmbeddingError: The encoder gave no vectors.
    """
    require_share("threshold", threshold)
    space = yield from embedded(encoder, [row.text for row in rows])
    dropped = yield from duplicates(rows, space, threshold)
    selected = selection((row.row for row in rows), dropped)
    kept = [place for place in range(len(rows)) if place not in dropped]
    pairs = yield from _across(space, kept, [row.group for row in rows], threshold)
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
