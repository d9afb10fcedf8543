"""What a mutated text owes to its base: its words, its request, and no copy of it."""

import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from math import isqrt
from typing import ClassVar, Protocol

from base.digests import digest_of, require_digest
from checks.drift import DriftBand
from checks.errors import OptionInvalidError
from inference.types import Call, Finding, Item, Missing, Program, PromptTask, Score


@dataclass(frozen=True, slots=True)
class SameAsBase:
    """Objects to the base text again: in other case, spacing or punctuation it is still the same.

    A base without letters or digits is compared as it stands.
    """

    name: ClassVar[str] = "same_as_base"

    @property
    def digest(self) -> str:
        """Of its name: there is nothing else to it."""
        return digest_of(self.name)

    def __call__(self, item: Item, text: str) -> str | None:
        """`same_as_base`, or None; the base is `item.text`."""
        return "same_as_base" if _bare(text) == _bare(item.text) else None


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(each for each in folded if unicodedata.category(each)[0] in "LMN")
    return kept or folded


_RUN_OF_BASE = 5


@dataclass(frozen=True, slots=True)
class Untranslated:
    """Objects to a translation in which five words of its base stand in a row, or all of them."""

    name: ClassVar[str] = "untranslated"

    @property
    def digest(self) -> str:
        """Of how many words are too many."""
        return digest_of(self.name, _RUN_OF_BASE)

    def __call__(self, item: Item, text: str) -> str | None:
        """`copied`, or None; the base is `item.text`."""
        base, words = item.text.casefold().split(), text.casefold().split()
        size = min(_RUN_OF_BASE, len(base))
        runs = {tuple(words[start : start + size]) for start in range(len(words) - size + 1)}
        starts = range(len(base) - size + 1)
        return "copied" if any(tuple(base[at : at + size]) in runs for at in starts) else None


_LEAST_WORDS, _LEAST_LETTERS = 0.8, 0.7
_READ_CHARACTERS = 2_000
# Places where the two texts have the same letter, which is what comparing them takes. 2,000
# characters of English have 330,000; of one letter, 4 million, and minutes for some orders.
_MOST_PAIRS = 400_000


@dataclass(frozen=True, slots=True)
class Respelt:
    """Objects to a text with other words than its base, not the same ones in another spelling.

    The number of words may change by a fifth, and seven tenths of the letters stay in their order.
    """

    name: ClassVar[str] = "respelt"

    @property
    def digest(self) -> str:
        """Of how much may change."""
        return digest_of(self.name, _LEAST_WORDS, _LEAST_LETTERS, _READ_CHARACTERS, _MOST_PAIRS)

    def __call__(self, item: Item, text: str) -> str | None:
        """`reworded`, or None."""
        base, other = item.text[:_READ_CHARACTERS].lower(), text[:_READ_CHARACTERS].lower()
        counts = sorted((len(base.split()), len(other.split())))
        if counts[0] < _LEAST_WORDS * counts[1]:
            return "reworded"
        matcher = SequenceMatcher(None, *_comparable(base, other), autojunk=False)
        if matcher.quick_ratio() < _LEAST_LETTERS:  # it is never the smaller of the two
            return "reworded"
        return "reworded" if matcher.ratio() < _LEAST_LETTERS else None


def _comparable(base: str, other: str) -> tuple[str, str]:
    """The two texts, or as much of their beginnings as can be compared in bounded time."""
    count = Counter(other)
    pairs = sum(times * count[letter] for letter, times in Counter(base).items())
    if pairs <= _MOST_PAIRS:
        return base, other
    longest = isqrt(_READ_CHARACTERS**2 * _MOST_PAIRS // pairs)
    return base[:longest], other[:longest]


class PlainCheck(Protocol):
    """A check that needs no model and measures nothing."""

    @property
    def name(self) -> str:
        """The check's name."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of all that its findings depend on."""
        ...

    def __call__(self, item: Item, text: str) -> str | None:
        """A reason, or None."""
        ...


@dataclass(frozen=True, slots=True)
class UnlessInBase:
    """Objects as another check does, but not to what it finds in the base text as well.

    A request for a JSON object has a brace in it, and so has each honest mutation of it.

    Attributes:
        check: The other check.
    """

    check: PlainCheck

    @property
    def name(self) -> str:
        """The other check's name."""
        return self.check.name

    @property
    def digest(self) -> str:
        """Of the other check."""
        return digest_of("unless-in-base", require_digest("check", self.name, self.check))

    def __call__(self, item: Item, text: str) -> str | None:
        """The other check's reason, or None; the base is `item.text`."""
        reason = self.check(item, text)
        return None if reason == self.check(item, item.text) else reason


_REASONS = {"drift_near": "intent_near", "drift_far": "intent_far"}


@dataclass(frozen=True, slots=True)
class IntentBand:
    """Objects to a text whose cosine to its base lies outside the band of its style.

    Attributes:
        encoder: The encoder's name in the recipe.
        low: The smallest cosine that passes.
        high: The largest; 1 where only a lost intent counts.
        back: Translates the text back before it is measured; None for English.
        tries: How often the translator is asked for a usable answer.
    """

    name: ClassVar[str] = "intent"
    encoder: str
    low: float
    high: float = 1.0
    back: PromptTask[Item, str] | None = None
    tries: int = 2

    def __post_init__(self) -> None:
        """Refuses a band that no text can meet."""
        if not -1.0 <= self.low < self.high <= 1.0:
            raise OptionInvalidError("intent: -1 <= low < high <= 1", f"{self.low}..{self.high}")

    @property
    def digest(self) -> str:
        """Of the band, the encoder's name, and how it is translated back."""
        back = None if self.back is None else require_digest("task", self.name, self.back)
        band = DriftBand(self.encoder, self.low, self.high).digest
        return digest_of(self.name, band, _REASONS, back, self.tries)

    def __call__(self, item: Item, text: str) -> Program[Finding]:
        """The cosine: `intent_near`, `intent_far`, `no_back_translation` or no reason."""
        if self.back is not None:
            said = yield Call(self.back, replace(item, text=text), self.tries)
            if isinstance(said, Missing):
                return "no_back_translation"
            text = said
        found = yield from DriftBand(self.encoder, self.low, self.high)(item, text)
        if not isinstance(found, Score):
            return found
        return Score(self.name, found.value, _REASONS.get(found.reason or ""))


@dataclass(frozen=True, slots=True)
class IntentKept:
    """Objects to a text of which a model says that it asks for something else than its base.

    Attributes:
        checker: Asked about the base (`item.text`) and the text (`item.answer`); says yes or no.
        tries: How often it is asked for a usable answer.
    """

    name: ClassVar[str] = "intent_kept"
    checker: PromptTask[Item, bool]
    tries: int = 2

    @property
    def digest(self) -> str:
        """Of how the checker is asked."""
        checker = require_digest("task", self.name, self.checker)
        return digest_of(self.name, checker, self.tries)

    def __call__(self, item: Item, text: str) -> Program[Finding]:
        """`intent_changed`, `intent_unread` where the checker said neither, or None."""
        kept = yield Call(self.checker, replace(item, answer=text), self.tries)
        if isinstance(kept, Missing):
            return "intent_unread"
        return None if kept else "intent_changed"


class Encoded(Protocol):
    """An encoding that can say why a prompt does not give its base back."""

    @property
    def name(self) -> str:
        """Its published prompt style."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of all that its prompts depend on."""
        ...

    def reason(self, base: str, prompt: str) -> str | None:
        """A reason, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Decodes:
    """Objects to an encoded prompt from which its base does not come back.

    Attributes:
        style: The encoding, with its mode and wrapper.
    """

    name: ClassVar[str] = "decodes"
    style: Encoded

    @property
    def digest(self) -> str:
        """Of the encoding."""
        return digest_of(self.name, require_digest("encoding", self.style.name, self.style))

    def __call__(self, item: Item, text: str) -> str | None:
        """`does_not_decode`, `not_encodable`, or None; the base is `item.text`."""
        return self.style.reason(item.text, text)
