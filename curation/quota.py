"""A sample of a given size, balanced over categories or not, the same in whatever order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Literal

from curation.errors import SettingInvalid
from curation.rows import Dropped, Selection, selection

Balance = Literal["none", "cap", "quota"]


def sample(categories: Mapping[str, str], size: int, seed: int, balance: Balance) -> Selection:
    """Draws `size` rows by the hash of (seed, row), so that their order does not count.

    `none` draws from all rows alike. `cap` draws from each category up to one common number, the
    largest with which the sample holds no more than `size`: small categories go in whole and large
    ones fill up. `quota` draws size / categories from each and leaves a category short that has
    fewer. What does not divide evenly goes one each to the categories that the seed puts first.

    Args:
        categories: Each row's category by its key or id.
        size: How many rows to keep; fewer where there are not so many.
        seed: What the draw depends on besides the keys.
        balance: How the categories share the sample.

    Raises:
        SettingInvalid: The size is negative.
    """
    if size < 0:
        raise SettingInvalid("size: size >= 0", size)
    drawn = _drawn(categories, size, seed, balance)
    dropped = {
        place: Dropped(row, "not_sampled")
        for place, row in enumerate(categories)
        if row not in drawn
    }
    return selection(categories, dropped)


def _drawn(categories: Mapping[str, str], size: int, seed: int, balance: Balance) -> set[str]:
    order = sorted(categories, key=lambda row: _lot(seed, row))
    if balance == "none":
        return set(order[:size])
    members: dict[str, list[str]] = {}
    for row in order:
        members.setdefault(categories[row], []).append(row)
    ranked = sorted(members, key=lambda category: _lot(seed, category))
    if balance == "quota":
        shares = _even(ranked, size)
    else:
        shares = _filled({category: len(members[category]) for category in ranked}, size)
    return {row for category in ranked for row in members[category][: shares[category]]}


def _even(ranked: list[str], size: int) -> dict[str, int]:
    """Size divided by categories, the rest one each to the first."""
    each, rest = divmod(size, max(1, len(ranked)))
    return {category: each + (place < rest) for place, category in enumerate(ranked)}


def _filled(counts: Mapping[str, int], size: int) -> dict[str, int]:
    """One common cap, smallest categories first, so that what they leave goes to the larger."""
    shares: dict[str, int] = {}
    waiting = list(counts)
    left = size
    while waiting:
        each = left // len(waiting)
        whole = [category for category in waiting if counts[category] <= each]
        if not whole:
            return shares | _even(waiting, left)
        shares |= {category: counts[category] for category in whole}
        left -= sum(counts[category] for category in whole)
        waiting = [category for category in waiting if category not in shares]
    return shares


def _lot(seed: int, name: str) -> str:
    return hashlib.sha256(json.dumps([seed, name]).encode("ascii")).hexdigest()
