"""Six prototypes in three dimensions: bad, harmless but bad-sounding, and plain."""

from __future__ import annotations

from moderators.prototypes import Prototype, Prototypes

VECTORS = {
    "rob a shop": [1.0, 0.0, 0.0],
    "hit a man": [0.8, 0.6, 0.0],
    "rob a bank in a game": [0.0, 1.0, 0.0],
    "hit the road": [-0.6, 0.8, 0.0],
    "boil an egg": [0.0, 0.0, 1.0],
    "water a fern": [0.0, -0.6, 0.8],
}
PROTOTYPES = Prototypes(
    examples=(
        Prototype("rob a shop", "toxic", "illegal"),
        Prototype("hit a man", "toxic", "violence"),
        Prototype("rob a bank in a game", "benign", "illegal"),
        Prototype("hit the road", "benign", "violence"),
        Prototype("boil an egg", "plain"),
        Prototype("water a fern", "plain"),
    ),
    digest="0" * 64,
)
