"""Which rows people look at, and who looks at which."""

from __future__ import annotations

from collections.abc import Mapping

from curation.lots import lot
from curation.quota import Draw, sample
from flows.review.errors import ReviewUnusable


def drawn(categories: Mapping[str, str], size: int, seed: int) -> dict[str, str]:
    """Rows drawn by lot, as many of each category as can be: the same for the same ids and seed.

    Args:
        categories: Each row's category by its id.
        size: How many rows; fewer where there are not so many.
        seed: What the draw depends on besides the ids.
    """
    kept = sample(categories, Draw(size=size, balance="cap", seed=seed)).kept
    return {each: categories[each] for each in kept}


def shared_out(
    categories: Mapping[str, str], people: int, overlap: float, seed: int
) -> tuple[tuple[str, ...], ...]:
    """Each person's rows, in an order of their own.

    A share of the rows goes to everyone, so that it can be seen how far people agree; each of the
    others goes to one person, in turn and category by category.

    Args:
        categories: The category of each drawn row by its id.
        people: How many people.
        overlap: The share that everyone gets: 1 for all rows.
        seed: The draw's seed.

    Raises:
        ReviewUnusable: The overlap is no share, or a person would get no row.
    """
    if not 0 <= overlap <= 1:
        raise ReviewUnusable("--overlap must be from 0 to 1", overlap)
    common = set(drawn(categories, round(overlap * len(categories)), seed))
    rest = [each for each in categories if each not in common]
    rest.sort(key=lambda each: (categories[each], lot(seed, each)))
    own = [[*common, *rest[place::people]] for place in range(people)]
    if not all(own):
        raise ReviewUnusable("each person must get a row", f"{len(categories)} rows, {people}")
    return tuple(
        tuple(sorted(rows, key=lambda each: lot(seed, f"{person}:{each}")))
        for person, rows in enumerate(own, start=1)
    )
