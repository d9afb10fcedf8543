"""Rows that are near to something published elsewhere (`dedup.against`)."""

from __future__ import annotations

from collections.abc import Sequence

from base.digests import digest_of
from checks.cosine import cosines_part, published
from curation.errors import require_share
from curation.near import near_kept
from curation.pairs import Index, blocks
from curation.rows import Candidate, Dropped, Selection, selection
from curation.space import embedded, settle
from inference.types import Program


def against_digest() -> str:
    """SHA-256, in hex, of all that the step depends on but its settings and the encoder."""
    return digest_of("against", cosines_part())


def apart(
    rows: Sequence[Candidate], references: Sequence[Candidate], encoder: str, threshold: float
) -> Program[Selection]:
    """Drops each row that is within `threshold` of a reference; groups do not matter.

    `duplicate_of` is the `row` of the first reference that is near. References are only compared
    against: nothing of their text is in the evidence.

    Args:
        rows: The rows to select from.
        references: What they are held against; `row` is the reference's id.
        encoder: The encoder's name in the recipe.
        threshold: The cosine from which on two texts are near, over 0.

    Raises:
        SettingInvalid: The threshold is out of its range.
        NoEmbedding: The encoder gave no vectors.
    """
    require_share("threshold", threshold)
    both = (*references, *rows)
    space = yield from embedded(encoder, [each.text for each in both])
    index = Index(space.vectors)
    index.add(range(len(references)))
    dropped: dict[int, Dropped] = {}
    for block in blocks(range(len(references), len(both))):
        for pair in (yield from settle(space, near_kept(index, block, threshold), threshold)):
            evidence = Dropped(
                both[pair.later].row,
                "near_reference",
                both[pair.earlier].row,
                published(pair.score),
            )
            dropped.setdefault(pair.later - len(references), evidence)
    return selection((row.row for row in rows), dropped)
