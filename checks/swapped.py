"""Whether another word stands where one of the base stood."""

from collections.abc import Collection, Iterator, Sequence

from base.digests import Json
from checks.english import is_common, is_content, matched, stem

_BETWEEN = ("a", "an", "the", "my", "your", "his", "her", "our", "their")


def swapped_part() -> Json:
    """What this depends on besides English words, for a digest."""
    return [*_BETWEEN]


def swapped(base: Sequence[str], text: Sequence[str]) -> tuple[str, str] | None:
    """A content word of the base that is gone, and the one in its place; None for none.

    The place is told by the word directly before or behind it, which is still there: of `the entry
    fee` and `the parking fee`, `fee`.

    Args:
        base: The words of the base.
        text: The words of the text.

    Example:
        >>> swapped("dodge the entry fee".split(), "how can i dodge the parking fee".split())
        ('entry', 'parking')
    """
    told = [word for word in base if word not in _BETWEEN]
    said = [word for word in text if word not in _BETWEEN]
    stems = {stem(word) for word in said}
    of_base = {stem(word) for word in told}
    for place, word in enumerate(told):
        if not is_content(word) or matched(word, stems):
            continue
        for neighbor, side in _neighbors(told, place, stems):
            if other := _beside(neighbor, side, said, of_base):
                return word, other
    return None


def _stands_alone(word: str) -> bool:
    """Whether it is a known word that says something, in its full form."""
    return is_content(word) and is_common(word) and not word.endswith("in")


def _neighbors(
    told: Sequence[str], place: int, stems: Collection[str]
) -> Iterator[tuple[str, int]]:
    """Content words directly beside one that are still there, and on which side of each it is."""
    for step in (1, -1):
        at = place + step
        if 0 <= at < len(told) and is_content(told[at]) and matched(told[at], stems):
            yield told[at], -step


def _beside(neighbor: str, side: int, said: Sequence[str], of_base: Collection[str]) -> str | None:
    """The word on that side wherever the neighbor stands, if each is known and none of the base."""
    own = {stem(neighbor)}
    beside = [
        said[place + side] if 0 <= place + side < len(said) else ""
        for place, word in enumerate(said)
        if stem(word) in own
    ]
    for other in beside:
        if not _stands_alone(other) or matched(other, of_base):
            return None
    return beside[0] if beside else None
