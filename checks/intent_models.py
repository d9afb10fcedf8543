"""The intent of a mutation by what models say: the cosine to its base, and a model's yes or no."""

from dataclasses import dataclass, replace
from typing import ClassVar

from base.digests import digest_of, require_digest
from checks.drift import DriftBand
from checks.errors import OptionInvalidError
from inference.types import Call, Finding, Item, Missing, Program, PromptTask, Score

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
