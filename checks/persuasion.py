"""What shows that a text persuades, and by which of the five techniques."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar

from base.digests import digest_of, pattern_part
from checks.english import english_part, words_of
from checks.kept_facts import figures_in, figures_part
from checks.lexica import lexicon, lexicon_part
from checks.requests import sentences_of
from checks.style_marks import frame, frame_part
from inference.types import Item

# A persona for the model is role play; what it is anyway is none.
_CASTS = re.compile(
    r"\W{0,3}(?:from now on,? )?(?:imagine (?:that )?)?(?:you are|you're|pretend|act as)"
    r" (?!(?:an? )?(?:ai|model|helpful|language|assistant|large|well|surely|right)\b)"
)
_LEAST_FRAME, _LEAST_GROWTH, _OPENS = 5, 1.4, 200
TECHNIQUES: dict[str, tuple[str, str]] = {
    "logical_appeal": ("concludes", "premises"),
    "authority_endorsement": ("institutions", "institutions_endorse"),
    "misrepresentation": ("identity", "purpose"),
    "evidence-based_persuasion": ("evidence", "evidence_figures"),
    "expert_endorsement": ("experts", "experts_say"),
}
"""Each technique's lists: what it cannot do without, and what goes with that."""


@dataclass(frozen=True, slots=True)
class Persuades:
    """Objects to a text that persuades by no means, by another one, or before the base as it is.

    The words that are not the base's must be several, and among them the technique's own.

    Attributes:
        technique: One of `TECHNIQUES`.
    """

    name: ClassVar[str] = "persuades"
    technique: str

    @property
    def digest(self) -> str:
        """Of the lists, and of how much must stand around the request."""
        sizes = (_OPENS, _LEAST_FRAME, _LEAST_GROWTH, _AMPLE, _LONG, _LEAD, _LONG_LEAD, _LED_TO)
        told = ({name: [*kinds] for name, kinds in TECHNIQUES.items()}, sorted(_FIRST_PERSON))
        read = (lexicon_part("personas"), english_part(), frame_part(), figures_part())
        casts = pattern_part(_CASTS)
        return digest_of(self.name, self.technique, *told, *read, sizes, casts)

    def __call__(self, item: Item, text: str) -> str | None:
        """`unwoven`, `no_style`, `other_style`, or None; the base is `item.text`."""
        words = words_of(text)
        if _CASTS.match(text[:_OPENS].lower()) and not _CASTS.match(item.text[:_OPENS].lower()):
            return "other_style"
        if _unwoven(item.text, text):
            return "unwoven"
        if len(frame(item.text, text)) < _LEAST_FRAME or len(text) < _LEAST_GROWTH * len(item.text):
            return "no_style"
        if self._shown(item.text, text):
            return None
        others = sum(
            len(_distinct(lists[0], item.text, words)) >= 2 for lists in TECHNIQUES.values()
        )
        return "other_style" if others else "no_style"

    def _shown(self, base: str, text: str) -> bool:
        own, with_it = TECHNIQUES[self.technique]
        words, around = words_of(text), len(frame(base, text))
        first = _distinct(own, base, words)
        second = lexicon("personas")[with_it].distinct(words) - first
        if self.technique == "evidence-based_persuasion":
            figures = figures_in(text) - figures_in(base)
            counted = bool(figures) or bool(second & _figure_words())
            return counted and (bool(first) or around >= _LONG)
        if self.technique == "logical_appeal":
            return (bool(first) and len(first) + len(second) >= 2) or len(second) >= 3
        if self.technique == "misrepresentation":
            return _poses(first, base, words, around)
        # What is said at length needs one sign less.
        if bool(first) and (bool(second) or around >= _LONG):
            return True
        return len(second) >= 2 and around >= _LONG


_LEAD, _LONG_LEAD, _LED_TO = 2, 6, 9


def _unwoven(base: str, text: str) -> bool:
    """Whether the base stands in a text word for word, and nothing leads to it.

    As a sentence of its own it is unwoven; behind a few words (`in that spirit, ...`) it is where
    little was said before.
    """
    asked = "".join(words_of(base))
    if not asked:  # a base of marks alone
        return False
    for sentence in sentences_of(text):
        words = words_of(sentence)
        before, found, _ = "".join(words).partition(asked)
        if found:
            lead = sum(end <= len(before) for end in accumulate(map(len, words)))
            if lead < _LEAD or ":" in sentence[: len(before) + 2 * lead + 1]:
                return True
            return lead < _LONG_LEAD and len(frame(base, text)) < _LED_TO
    return asked in "".join(words_of(text))


_FIRST_PERSON = frozenset("i i'm i've i'd we we're we've my our ours us me".split())
_AMPLE, _LONG = 9, 10


def _poses(identity: set[str], base: str, words: Sequence[str], around: int) -> bool:
    """Whether somebody says who they are: in so many words, or by what they work with."""
    if _FIRST_PERSON.isdisjoint(words):
        return False
    roles = set().union(
        *(_distinct(name, base, words) for name in ("experts", "institutions", "roles"))
    )
    shown = len(identity) + len(roles)
    if identity and (shown >= 2 or around >= _AMPLE):
        return True
    return bool(roles) and around >= _AMPLE + 1 - min(1, len(roles) - 1)


def _figure_words() -> set[str]:
    return set(lexicon("personas")["evidence_figures"].expressions)


def _distinct(name: str, base: str, words: Sequence[str]) -> set[str]:
    return lexicon("personas")[name].distinct(words) - lexicon("personas")[name].distinct(
        words_of(base)
    )
