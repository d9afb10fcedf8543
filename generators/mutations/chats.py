"""The chat that a written style is asked for by: its template, filled in for a row."""

from dataclasses import dataclass

from base.digests import digest_of
from generators.mutations.demonstrations import Demonstrations, Variant, load_demonstrations
from generators.mutations.styles import Style
from inference.templates import Template
from inference.types import Item, Message

REQUIRED = frozenset({"text"})
"""The places that the template of a style must have: the base request."""

OPTIONAL = frozenset(
    {"variant", "language", "first", "second"}
    | {f"{place}_{part}" for place in ("first", "second") for part in ("base", "text", "variant")}
)
"""The places that it may have: the variant that is wanted, and of each of the row's two
demonstrations the request, the text and the variant. For translations there are the language, and
in `first` and `second` the first two translations of the style's file, whichever the row's are."""


_ENGLISH = "English"  # the language of styles that are no translation

_OWN = "\x00"
"""What stands for the base and the row's variant where it is told what was shown: no text has it,
so that no run of words goes on from the template into them."""


@dataclass(frozen=True, slots=True)
class StyleChat:
    """What is asked for a text of a style; nothing changes it but the row and the edition.

    Attributes:
        style: The style.
        template: The style's own chat, or a user's: one without places for demonstrations shows
            those that it holds as turns, and one without a place for a variant asks for none.
        edition: The release version that is written for.
    """

    style: Style
    template: Template
    edition: str = ""

    @property
    def digest(self) -> str:
        """Of the template, and of all that its places are filled with."""
        filled = (_ENGLISH, self.style.values, self._all.digest, self.edition, _OWN)
        return digest_of("style-chat", self.style.name, self.template.digest, *filled)

    def messages(self, item: Item) -> tuple[Message, ...]:
        """The chat about the base `item.text`.

        Raises:
            TemplateInvalidError: The template has a place that nothing fills.
        """
        wanted = _label(self._all.variant(item.row, self.edition))
        return self._filled(item, item.text, wanted)

    def _filled(self, item: Item, text: str, variant: str) -> tuple[Message, ...]:
        """The chat about a text; demonstrations in the row's variant call it the same."""
        wanted = self._all.variant(item.row, self.edition)
        first, second = self._all.two(item.row, self.edition)
        shown = {"first": first, "second": second}
        labels = {
            place: variant if each.variant == wanted else _label(each.variant)
            for place, each in shown.items()
        }
        values = {
            "language": _ENGLISH,
            **dict(self.style.values),
            **{place: each.text for place, each in zip(shown, self._all.each, strict=False)},
            **{f"{place}_base": each.base for place, each in shown.items()},
            **{f"{place}_text": each.text for place, each in shown.items()},
            **{f"{place}_variant": label for place, label in labels.items()},
            "variant": variant,
            "text": text,
        }
        return self.template.messages(**values)

    def shown_with(self, item: Item) -> tuple[str, ...]:
        """What a row's writer may copy: the lines of all turns, less what the row is to be.

        A system turn tells how, and counts only where it stands before a single turn: a template of
        one's own that shows nothing in turns may hold its demonstrations there.
        """
        turns = self._filled(item, _OWN, _OWN)
        asked = [turn for turn in turns if turn.role != "system"]
        read = asked if len(asked) > 1 else turns
        return tuple(line for turn in read for line in turn.content.splitlines() if line.strip())

    def variant(self, item: Item) -> str | None:
        """The name of the variant that the chat asks for; None where it asks for none."""
        if "variant" not in self.template.places:
            return None
        drawn = self._all.variant(item.row, self.edition)
        return None if drawn is None else drawn.name

    @property
    def _all(self) -> Demonstrations:
        return load_demonstrations(self.style.name)


def _label(variant: Variant | None) -> str:
    return "" if variant is None else variant.label


def chat_of(style: Style, template: Template | None = None, edition: str = "") -> StyleChat:
    """The chat of a style.

    Args:
        style: The style.
        template: A user's own; by default the style's.
        edition: The release version that is written for.

    Raises:
        TemplateInvalidError: The style has no template.
        ExamplesInvalidError: It has no demonstrations.
    """
    return StyleChat(style, template or style.chat(), edition)
