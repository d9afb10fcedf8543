"""Near duplicates by the cosine of embeddings: exact, and the first seen is kept."""

from __future__ import annotations

from collections.abc import Sequence

from base.digests import digest_of
from checks.cosine import THRESHOLD_BAND, cosines_part, published
from curation.errors import require_share
from curation.pairs import Index, Pair, blocks
from curation.rows import Candidate, Dropped, Selection, places_by_group, selection
from curation.space import Space, embedded, settle
from inference.types import Program


def near_digest() -> str:
    """SHA-256, in hex, of all that the step depends on but its settings and the encoder."""
    return digest_of("near", cosines_part())


def dedup(rows: Sequence[Candidate], encoder: str, threshold: float) -> Program[Selection]:
    """Drops each row that is within `threshold` of an earlier kept row of its group.

    A row is compared with kept rows only: where a is near b and b near c, but a not near c, b is
    dropped and c stays. `duplicate_of` is the first kept row that is near.

    Args:
        rows: In the order that says which is first: (category, row).
        encoder: The encoder's name in the recipe.
        threshold: The cosine from which on two texts are duplicates, over 0.

    Raises:
        SettingInvalid: The threshold is out of its range.
        NoEmbedding: The encoder gave no vectors.
    """
    require_share("threshold", threshold)
    space = yield from embedded(encoder, [row.text for row in rows])
    dropped = yield from duplicates(rows, space, threshold)
    return selection((row.row for row in rows), dropped)


def duplicates(
    rows: Sequence[Candidate], space: Space, threshold: float
) -> Program[dict[int, Dropped]]:
    """The near duplicates by their places in `rows`; `space` holds the texts of the rows."""
    dropped: dict[int, Dropped] = {}
    for places in places_by_group(rows).values():
        near = yield from _first_seen(space, places, threshold)
        for place, pair in near.items():
            first = rows[pair.earlier].row
            dropped[place] = Dropped(
                rows[place].row, "near_duplicate", first, published(pair.score)
            )
    return dropped


def _first_seen(space: Space, places: Sequence[int], threshold: float) -> Program[dict[int, Pair]]:
    """Which of `places` (ascending) are near duplicates, each with the pair that decides it.

    Works in blocks against the rows kept so far, so that memory grows with the rows kept and not
    with the pairs.
    """
    kept = Index(space.vectors)
    dropped: dict[int, Pair] = {}
    for block in blocks(places):
        pairs = near_kept(kept, block, threshold)
        surely = {pair.later for pair in pairs if _is_sure(pair, threshold)}
        pairs += _near_each_other(space, [each for each in block if each not in surely], threshold)
        for pair in sorted((yield from settle(space, pairs, threshold))):
            if pair.later not in dropped and pair.earlier not in dropped:
                dropped[pair.later] = pair
        kept.add([place for place in block if place not in dropped])
    return dropped


def near_kept(kept: Index, block: Sequence[int], threshold: float) -> list[Pair]:
    """Each row of the block with what it may be near to, up to the first that is surely near."""
    pairs: list[Pair] = []
    decided = -1
    for pair in kept.near(block, threshold - THRESHOLD_BAND):
        if pair.later == decided:
            continue
        pairs.append(pair)
        if _is_sure(pair, threshold):
            decided = pair.later
    return pairs


def _near_each_other(space: Space, block: Sequence[int], threshold: float) -> list[Pair]:
    index = Index(space.vectors)
    index.add(block)
    return index.near(block, threshold - THRESHOLD_BAND)


def _is_sure(pair: Pair, threshold: float) -> bool:
    return pair.score > threshold + THRESHOLD_BAND
