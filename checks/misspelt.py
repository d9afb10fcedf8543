"""Whether a text is its base with misspelt words, and with no other words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import ClassVar

from base.digests import Json, digest_of, pattern_part
from checks.english import EMPTY, english_part, is_common, words_of
from checks.lexica import Phrases
from inference.types import Item

_LEAST_WRONG, _MOST_FOREIGN = 0.12, 0.12
_SAME_WORD = 0.5
_SHORT = 4
_READ_WORDS = 400


@dataclass(frozen=True, slots=True)
class Misspelt:
    """Objects to a text with too few misspelt words, or with words of its own.

    The words of both texts are laid side by side. One that is spelt otherwise must still be told
    for the base's; another form of it (`raffles`) is no misspelling. Two are wanted, and one word
    in eight; a single one is enough where all other words are the base's own.
    """

    name: ClassVar[str] = "misspelt"

    @property
    def digest(self) -> str:
        """Of how much may change, and must."""
        shares = (_LEAST_WRONG, _MOST_FOREIGN, _SAME_WORD, _SHORT, _READ_WORDS)
        return digest_of(self.name, shares, _NEGATES.digest, _sounds_part(), english_part())

    def __call__(self, item: Item, text: str) -> str | None:
        """`reworded`, `no_style`, or None; the base is `item.text`."""
        base = words_of(item.text)[:_READ_WORDS]
        wrong = foreign = unknown = 0
        for own, other in _pairs(base, words_of(text)[:_READ_WORDS]):
            told, said = (bool(each and _NEGATES.first([each])) for each in (own, other))
            if (said and not told) or (told and other is None):
                return "reworded"
            if own is None or other is None or not _same(own, other) or _another(own, other):
                # A word of the request that is not there at all is worse than a small one.
                foreign += 2 if other and own and own not in EMPTY else 1
            elif _form(own) != _form(other):
                wrong += 1
                unknown += not is_common(other)
        if foreign > max(1, _MOST_FOREIGN * len(base)):
            return "reworded"
        if unknown and unknown == wrong and not foreign:
            return None  # word for word but for its slips, as rules write it: one is enough
        return None if wrong >= max(2, _LEAST_WRONG * len(base)) and unknown else "no_style"


_NEGATES = Phrases(("no", "not", "never", "can't", "cannot", "don't", "won't", "without"))


def _another(own: str, other: str) -> bool:
    """Whether a word of the request became another word, one that everybody knows."""
    if own in EMPTY or other in EMPTY or not is_common(other):
        return False
    if _form(own) == _form(other) or sorted(own) == sorted(other):
        return False
    return _sound(own) != _sound(other)


def _sounds_part() -> Json:
    alike = {chr(one): other for one, other in _ALIKE.items()}
    return [[*map(list, _SOUNDS)], pattern_part(_SOFT_C), alike, pattern_part(_TWICE)]


_SOUNDS = (
    ("ph", "f"),
    ("gh", ""),
    ("ck", "k"),
    ("qu", "k"),
    ("kn", "n"),
    ("tch", "ch"),
    ("x", "ks"),
)
_SOFT_C = re.compile(r"c(?=[eiy])")
_ALIKE = str.maketrans({"c": "k", "q": "k", "z": "s", **dict.fromkeys("aeiouyhw'")})
_TWICE = re.compile(r"(.)\1+")


def _sound(word: str) -> str:
    """A word's consonants as they sound, each once: of `queue` and `cue` the same."""
    for spelt, said in _SOUNDS:
        word = word.replace(spelt, said)
    return _TWICE.sub(r"\1", _SOFT_C.sub("s", word).translate(_ALIKE))


def _pairs(base: list[str], text: list[str]) -> Iterator[tuple[str | None, str | None]]:
    """The words side by side where the texts differ; None where one has a word too many."""
    for kind, i, j, k, m in SequenceMatcher(None, base, text, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        if kind == "replace":
            yield from _aligned(base[i:j], text[k:m])
        else:
            yield from ((None, each) for each in (text[k:m] or base[i:j]))


def _aligned(base: list[str], text: list[str]) -> Iterator[tuple[str | None, str | None]]:
    """Words side by side; of a text with one more, two that are best read as one, or one alone."""
    if len(base) == len(text):
        yield from zip(base, text, strict=True)
        return
    longer, shorter = (base, text) if len(base) > len(text) else (text, base)
    if len(longer) - len(shorter) > 1:
        yield from ((own, None) for own in base)
        yield from ((None, other) for other in text)
        return
    joined = [
        (*longer[:at], longer[at] + longer[at + 1], *longer[at + 2 :]) for at in range(len(shorter))
    ]
    left_out = [(*longer[:at], *longer[at + 1 :]) for at in range(len(longer))]
    best = max((*joined, *left_out), key=lambda words: _likeness(words, shorter))
    if best in left_out:
        yield None, longer[left_out.index(best)]
    for each, other in zip(best, shorter, strict=True):
        yield (each, other) if longer is base else (other, each)


def _likeness(words: Sequence[str], others: Sequence[str]) -> float:
    pairs = zip(words, others, strict=True)
    return sum(SequenceMatcher(None, a, b, autojunk=False).ratio() for a, b in pairs)


def _same(own: str, other: str) -> bool:
    if other in EMPTY and own not in EMPTY:
        return False
    if SequenceMatcher(None, own, other, autojunk=False).ratio() >= _SAME_WORD:
        return True
    near = abs(len(own) - len(other)) <= 2 and own[0] == other[0]
    return len(own) <= _SHORT and near


def _form(word: str) -> str:
    """A word in American spelling, less its ending."""
    form = word.replace("our", "or").replace("tre", "ter").replace("ise", "ize")
    for ending in ("ing", "ed", "es", "s"):
        if form.endswith(ending) and len(form) > len(ending) + 2:
            return form.removesuffix(ending).removesuffix("e")
    return form.removesuffix("e")
