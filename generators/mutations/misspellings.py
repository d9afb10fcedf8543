"""Misspellings without a model: neighbouring keys, transpositions and common misspellings."""

import re
from functools import cache
from pathlib import Path
from random import Random

import yaml

from base.digests import digest_of, file_digest, pattern_part
from generators.errors import MutationInvalidError

_COMMON = Path(__file__).parent / "data" / "misspellings.yaml"
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SHORTEST = 4
_COMMON_SHARE = 0.5
# What a URL, an address, a path, a number or a name of code has in it.
_NO_PROSE = re.compile(r"[\d@/\\_#<>{}=]|www\.|\w\.\w|\w:\w")
_TOKEN = re.compile(r"\S+")
_WORD = re.compile(rf"(?<![^\W\d_])[A-Za-z]{{{_SHORTEST},}}(?![^\W\d_])")


def misspell(text: str, row: str, rate: float = 0.1, seed: int = 7) -> str:
    """The text with a share of its words misspelt, the same for the same row each time.

    Words are runs of at least four letters A to Z. Numbers, URLs, addresses, acronyms and all that
    is no such word stay as they are; so does a text without one, which a check then drops.

    Args:
        text: The base text.
        row: The row's key, from which its draw is made.
        rate: Share of the words that are misspelt, rounded; at least one is.
        seed: The recipe's seed of the rules.

    Raises:
        MutationInvalidError: The rate is no share.
    """
    if not 0 <= rate <= 1:
        raise MutationInvalidError("misspellings: 0 <= rate <= 1", rate)
    words = [found for token in _TOKEN.finditer(text) for found in _words(text, token)]
    rng = Random(f"{seed}:{row}")
    count = max(1, round(rate * len(words)))
    chosen = sorted(rng.sample(range(len(words)), min(count, len(words))))
    pieces: list[str] = []
    end = 0
    for place in chosen:
        start, word = words[place]
        pieces += [text[end:start], _misspelt(word, rng)]
        end = start + len(word)
    return "".join([*pieces, text[end:]])


def rules_digest() -> str:
    """SHA-256, in hex, of the list of common misspellings and of the rules."""
    patterns = map(pattern_part, (_NO_PROSE, _TOKEN, _WORD))
    return digest_of("misspellings", file_digest(_COMMON), _KEYS, _COMMON_SHARE, *patterns)


def _words(text: str, token: re.Match[str]) -> list[tuple[int, str]]:
    if _NO_PROSE.search(token[0]):
        return []
    found = _WORD.finditer(text, token.start(), token.end())
    return [(each.start(), each[0]) for each in found if not each[0].isupper()]


def _misspelt(word: str, rng: Random) -> str:
    """Another spelling, with the word's own first letter case; never the word itself."""
    ways = _common().get(word.lower())
    if ways and rng.random() < _COMMON_SHARE:
        way = rng.choice(ways)
        return way.capitalize() if word[0].isupper() else way
    swaps = [place for place in range(1, len(word) - 1) if word[place] != word[place + 1]]
    if swaps and rng.random() < 0.5:
        place = rng.choice(swaps)
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    place = rng.randrange(1, len(word))
    return word[:place] + _neighbour(word[place], rng) + word[place + 1 :]


def _neighbour(letter: str, rng: Random) -> str:
    """A letter whose key touches this one's, in the same case."""
    found = rng.choice(_neighbours()[letter.lower()])
    return found.upper() if letter.isupper() else found


@cache
def _neighbours() -> dict[str, str]:
    near: dict[str, str] = {}
    for row, keys in enumerate(_KEYS):
        for place, key in enumerate(keys):
            beside = keys[max(place - 1, 0) : place] + keys[place + 1 : place + 2]
            above = _KEYS[row - 1][place : place + 2] if row else ""
            below = _KEYS[row + 1][max(place - 1, 0) : place + 1] if row + 1 < len(_KEYS) else ""
            near[key] = beside + above + below
    return near


@cache
def _common() -> dict[str, tuple[str, ...]]:
    return {word: tuple(ways) for word, ways in yaml.safe_load(_COMMON.read_text()).items()}
