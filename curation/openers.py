"""A cap on how many prompts may open with the same three words."""

import re
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from base.digests import digest_of, pattern_part
from checks.clean import quotes_part, straight
from curation.errors import require_share
from curation.rows import Candidate, Dropped, Selection, selection

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_OPENING_WORDS = 3
_READ_CHARACTERS = 400


def openers_digest() -> str:
    """SHA-256, in hex, of what the opening of a text is."""
    return digest_of(
        "openers", pattern_part(_WORD), _OPENING_WORDS, _READ_CHARACTERS, quotes_part()
    )


def opening(text: str) -> str:
    """The first three words in lower case, without punctuation; fewer where it has fewer."""
    words = _WORD.findall(straight(text[:_READ_CHARACTERS]).lower())
    return " ".join(words[:_OPENING_WORDS])


def cap_openers(rows: Sequence[Candidate], max_share: float) -> Selection:
    """Keeps as many rows as can be so that no opening has a larger share of them than `max_share`.

    With N rows kept, an opening may have floor(max_share * N) of them, and dropping rows makes N
    smaller. So the cap is computed for all rows, then for the rows that it would leave, and so on
    until nothing changes; as a larger N never allows fewer rows, this ends at the largest N that
    there is. Of each opening the first rows are kept.

    One row of each opening always stays, for it repeats nothing: in a set of fewer than
    1 / max_share rows, and only there, a share can therefore be larger.

    Args:
        rows: In the order that says which rows of an opening are first.
        max_share: The largest share of one opening, over 0 and at most 1.

    Raises:
        SettingInvalidError: The share is out of its range.
    """
    require_share("max_share", max_share)
    openings = [opening(row.text) for row in rows]
    cap = _cap(Counter(openings), Fraction(str(max_share)))
    seen: Counter[str] = Counter()
    dropped: dict[int, Dropped] = {}
    for place, (row, words) in enumerate(zip(rows, openings, strict=True)):
        seen[words] += 1
        if seen[words] > cap:
            dropped[place] = Dropped(row.row, "opener_share")
    return selection((row.row for row in rows), dropped)


def _cap(counts: Counter[str], max_share: Fraction) -> int:
    """How many rows one opening may have, as a fraction so that 0.29 of 100 is 29."""
    total = counts.total()
    while True:
        cap = max(1, int(max_share * total))
        left = sum(min(count, cap) for count in counts.values())
        if left == total:
            return cap
        total = left
