"""Translation back into English: for the intent check, and for responses before they are judged."""

from dataclasses import dataclass

from base.digests import Json, digest_of
from base.foreign_text import valid_text
from checks.clean import uncommented, uncommented_part
from checks.language import WrittenIn, script_share, scripts_part
from checks.language_table import ENGLISH, tongue, tongues_digest
from generators.mutations.styles import Style, load_chat
from inference import types
from inference.templates import Template
from inference.types import ChatRequest, Item, Reply, UnusableError

_UNTRANSLATED_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class BackTranslator:
    """Asks for an English translation of the item's text.

    Attributes:
        model: The translator's name in the recipe.
        language: The code of the language that it translates from.
        language_name: The language's English name.
        template: The chat to ask with.
        max_tokens: Longest answer in tokens, or None for the server's own.
    """

    model: str
    language: str
    language_name: str
    template: Template
    max_tokens: int | None = None

    @property
    def digest(self) -> str:
        """Of the chat, and of how its answer is read; the model's identity is not known here."""
        asked = (self.model, self.language, self.language_name, self.template.digest)
        read = (uncommented_part(), language_part(self.language), types.again_part())
        return digest_of("back-translator", *asked, self.max_tokens, *read)

    def request(self, item: Item, tries: int) -> ChatRequest:
        """A greedy request; further attempts carry a repair message."""
        messages = self.template.messages(language=self.language_name, text=item.text)
        return types.again(ChatRequest(self.model, messages, max_tokens=self.max_tokens), tries)

    def parse(self, item: Item, reply: Reply) -> str:
        """The translation; a text that refuses something is translated like any other.

        Raises:
            UnusableError: `writer_refused` where the server says so, `cut`, `empty`, or
                `not_translated` where the answer is still in its language.
        """
        if reply.refusal is not None:
            raise UnusableError("writer_refused")
        if reply.finish == "length":
            raise UnusableError("cut")
        text = uncommented(valid_text(reply.text).strip())
        if not text:
            raise UnusableError("empty")
        if is_in(text, self.language):
            raise UnusableError("not_translated")
        return text


def back_translator(style: Style, model: str, max_tokens: int | None = None) -> BackTranslator:
    """Who translates the texts of a language style back into English."""
    name = dict(style.values)["language"]
    return BackTranslator(model, style.language, name, load_chat("translate_back"), max_tokens)


def language_part(language: str) -> Json:
    """What `is_in` depends on for a language, for a digest."""
    script = _own_script(language)
    if script is None:
        return WrittenIn(language).digest
    return [tongues_digest(), scripts_part(script), _UNTRANSLATED_SHARE]


def is_in(text: str, language: str) -> bool:
    """Whether a text, or a good part of it, is in one of the five languages."""
    script = _own_script(language)
    if script is not None:
        return script_share(text, script) > _UNTRANSLATED_SHARE
    return WrittenIn(language)(Item("", "", ""), text) is None


def _own_script(language: str) -> str | None:
    """A language's script, where it is not that of English too."""
    script = tongue(language).script
    return None if script == tongue(ENGLISH).script else script
