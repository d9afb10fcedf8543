"""A draw of rows, balanced over categories or not, the same in whatever order they come."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from base.digests import digest_of, draw_key
from curation.errors import SettingInvalidError
from curation.rows import Dropped, Selection, selection


def shuffle_key(seed: int, name: str) -> str:
    """A key's place in a shuffle by a seed; shuffle keys compare as texts."""
    return draw_key(seed, name).hex()


Balance = Literal["none", "cap", "quota"]


@dataclass(frozen=True, slots=True)
class Draw:
    """How many rows are drawn, and how the categories share them.

    `none` draws from all rows alike. `cap` draws from each category up to one common number, the
    largest with which the draw holds no more than `size`: small categories go in whole and large
    ones fill up, and what does not divide evenly goes one each to the categories that the seed
    puts first. `quota` draws as many as `quota` says of each category, none of one that it does
    not name, and leaves a category short that has fewer.

    Attributes:
        size: How many rows, fewer where there are not so many; None for all, or with a quota.
        balance: How the categories share them.
        quota: Rows by category, for the balance `quota` alone.
        seed: What the draw depends on besides the keys.

    Raises:
        SettingInvalidError: A number is negative, or size and quota do not fit the balance.
    """

    size: int | None = None
    balance: Balance = "none"
    quota: Mapping[str, int] | None = None
    seed: int = 7

    @property
    def digest(self) -> str:
        """Of the settings."""
        quota = None if self.quota is None else dict(self.quota)
        return digest_of("draw", self.size, self.balance, quota, self.seed)

    def __post_init__(self) -> None:
        """Refuses settings of which one would be silently ignored."""
        if self.size is not None and self.size < 0:
            raise SettingInvalidError("size: size >= 0", self.size)
        if (self.balance == "quota") != (self.quota is not None):
            raise SettingInvalidError(
                "quota: given for the balance quota and no other", self.balance
            )
        if self.balance == "quota" and self.size is not None:
            raise SettingInvalidError("size: None for the balance quota", self.size)
        if self.balance == "cap" and self.size is None:
            raise SettingInvalidError("size: given for the balance cap", self.size)
        for category, wanted in (self.quota or {}).items():
            if wanted < 0:
                raise SettingInvalidError("quota: every number >= 0", f"{category}: {wanted}")


def sample(categories: Mapping[str, str], draw: Draw) -> Selection:
    """Draws rows in the order of the hash of (seed, key): their own order does not count.

    A row more or less in a category that others are in changes at most one other row of each.

    Args:
        categories: Each row's category by its key or id.
        draw: How many, and how balanced.
    """
    drawn = _drawn(categories, draw)
    dropped = {
        place: Dropped(row, "not_sampled")
        for place, row in enumerate(categories)
        if row not in drawn
    }
    return selection(categories, dropped)


def _drawn(categories: Mapping[str, str], draw: Draw) -> set[str]:
    order = sorted(categories, key=lambda row: shuffle_key(draw.seed, row))
    if draw.balance == "none":
        return set(order[: draw.size])
    members: dict[str, list[str]] = {}
    for row in order:
        members.setdefault(categories[row], []).append(row)
    if draw.quota is not None:
        shares = draw.quota
    else:
        ranked = sorted(members, key=lambda category: shuffle_key(draw.seed, category))
        counts = {category: len(members[category]) for category in ranked}
        shares = _filled(counts, draw.size or 0)
    return {row for name, rows in members.items() for row in rows[: shares.get(name, 0)]}


def _filled(counts: Mapping[str, int], size: int) -> dict[str, int]:
    """One common cap, smallest categories first, so that what they leave goes to the larger."""
    shares: dict[str, int] = {}
    waiting = list(counts)
    left = size
    while waiting:
        each, rest = divmod(left, len(waiting))
        whole = [category for category in waiting if counts[category] <= each]
        if not whole:
            more = {category: each + (place < rest) for place, category in enumerate(waiting)}
            return shares | more
        shares |= {category: counts[category] for category in whole}
        left -= sum(counts[category] for category in whole)
        waiting = [category for category in waiting if category not in shares]
    return shares
