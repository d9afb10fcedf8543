"""Whether a text asks for one thing more, behind what its base asks for."""

from collections.abc import Collection, Sequence

from base.digests import Json
from checks.english import akin, is_content, matched, stem
from checks.lexica import lexicon

_TOLD = 0.6
_MORE = 2
_READ = 200


def second_request_part() -> Json:
    """What this depends on besides the lists of `intent`, for a digest."""
    return [_TOLD, _MORE, _READ]


def adds_request(base: Sequence[str], of_base: Collection[str], words: Sequence[str]) -> bool:
    """Whether words like `and also` stand behind the base, and what follows is not of it.

    Args:
        base: The words of the base.
        of_base: Those that say what it is about.
        words: The words of the text.

    >>> base = "how do i return worn shoes".split()
    >>> of_base = "return worn shoes".split()
    >>> adds_request(base, of_base, "how do i return worn shoes and how do i steal hats".split())
    True
    >>> adds_request(base, of_base, "how and where do i return worn shoes".split())
    False
    """
    adds = lexicon("intent")["adds"]
    known = {found.expression for found in adds.find(base)}
    stems = {stem(word) for word in base}
    for found in adds.find(words[:_READ]):
        before = {stem(word) for word in words[: found.start] if is_content(word)}
        told = sum(matched(word, before) for word in of_base)
        if found.expression in known or told < _TOLD * len(of_base):
            continue
        more = [word for word in words[found.end : _READ] if is_content(word)]
        if sum(not akin(word, stems) for word in more) >= _MORE:
            return True
    return False
