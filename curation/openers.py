"""A cap on how many prompts may open with the same three words, or the same characters."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from base.digests import digest_of, pattern_part
from checks.clean import quotes_part, straight
from checks.language_table import ENGLISH
from checks.ngrams import has_spaces
from curation.errors import require_share
from curation.rows import Candidate, Dropped, Selection, selection

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_OPENING_WORDS = 3
_OPENING_CHARACTERS = 4
_READ_CHARACTERS = 400
_OF_WORDS = "LMN"


def openers_digest(language: str = ENGLISH) -> str:
    """SHA-256, in hex, of what the opening of a text is in a language."""
    told = digest_of(
        "openers", pattern_part(_WORD), _OPENING_WORDS, _READ_CHARACTERS, quotes_part()
    )
    if language == ENGLISH:
        return told
    return digest_of(told, has_spaces(language), _OPENING_CHARACTERS, _OF_WORDS)


def opening(text: str, language: str = ENGLISH) -> str:
    """The first three words in lower case, without punctuation; fewer where it has fewer.

    Where no spaces part words, the first four characters that are letters or numbers.

    Example:
        >>> opening("How do I, then?"), opening("请问怎么才能打开", "zh")
        ('how do i', '请问怎么')
    """
    start = straight(text[:_READ_CHARACTERS]).lower()
    if language == ENGLISH:
        return " ".join(_WORD.findall(start)[:_OPENING_WORDS])
    folded = unicodedata.normalize("NFKC", start)
    bare = "".join(each if unicodedata.category(each)[0] in _OF_WORDS else " " for each in folded)
    if has_spaces(language):
        return " ".join(bare.split()[:_OPENING_WORDS])
    return "".join(bare.split())[:_OPENING_CHARACTERS]


def cap_openers(rows: Sequence[Candidate], max_share: float, language: str = ENGLISH) -> Selection:
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
        language: The texts' language.

    Raises:
        SettingInvalidError: The share is out of its range.
    """
    require_share("max_share", max_share)
    openings = [opening(row.text, language) for row in rows]
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
