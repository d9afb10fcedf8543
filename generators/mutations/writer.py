"""Asks a model for a base request in another style."""

from dataclasses import dataclass

from base.digests import digest_of
from base.foreign_text import valid_text
from checks.clean import tidy, tidy_part, uncommented, uncommented_part
from generators.answers import drawing_part, require_willing, seed_of, willing_part
from generators.mutations.chats import StyleChat, chat_of
from generators.mutations.styles import written
from inference.templates import Template
from inference.types import ChatRequest, Item, Reply, UnusableError, again, again_part


@dataclass(frozen=True, slots=True)
class MutationWriter:
    """Asks for one text a call, as plain text after two demonstrations drawn for the row.

    Plain text, as no script then costs escapes, an answer that is cut needs no repair, and models
    too small for a schema can do it; the demonstrations show all of them the bare form.

    Attributes:
        model: The writer's name in the recipe.
        chat: The style's chat, by its own template or a user's; it knows the edition.
        temperature: Sampling temperature; the authors state none.
        top_p: Nucleus mass, or None for the server's own.
        max_tokens: Longest answer in tokens, or None for the server's own.
    """

    model: str
    chat: StyleChat
    temperature: float = 0.7
    top_p: float | None = None
    max_tokens: int | None = None

    @property
    def digest(self) -> str:
        """Of chat and sampling; the model's identity is not known here."""
        sampled = (self.temperature, self.top_p, self.max_tokens, drawing_part())
        read = (willing_part(), tidy_part(), uncommented_part(), again_part())
        return digest_of("mutation-writer", self.model, self.chat.digest, *sampled, *read)

    def variant(self, item: Item) -> str | None:
        """The dialect, jargon, role or slang that the row is asked for in; None without any."""
        return self.chat.variant(item)

    def request(self, item: Item, tries: int) -> ChatRequest:
        """The chat about the base `item.text`; each attempt is a draw of its own."""
        request = ChatRequest(
            self.model,
            self.chat.messages(item),
            temperature=self.temperature,
            top_p=self.top_p,
            max_tokens=self.max_tokens,
            seed=seed_of(item.row, self.chat.edition),
            edition=self.chat.edition,
        )
        return again(request, tries)

    def parse(self, item: Item, reply: Reply) -> tuple[str, ...]:
        """The one text, without comments and marks around it.

        Of an answer that was cut, the lines before the cut are whole and are taken.

        Raises:
            UnusableError: `writer_refused`, `cut` or `empty`.
        """
        require_willing(item, reply)
        text = valid_text(reply.text)
        if reply.finish == "length":
            text = text.strip().rpartition("\n")[0].strip()
            if not text:
                raise UnusableError("cut")
        text = tidy(uncommented(text))
        if not text:
            raise UnusableError("empty")
        return (text,)


def writer_for(
    name: str,
    model: str,
    *,
    temperature: float = 0.7,
    top_p: float | None = None,
    max_tokens: int | None = None,
    edition: str = "",
    template: Template | None = None,
) -> MutationWriter:
    """What writes the style `name`.

    Args:
        name: A written style.
        model: The writer's name in the recipe; for a language, the translator's.
        temperature: Sampling temperature.
        top_p: Nucleus mass, or None for the server's own.
        max_tokens: Longest answer in tokens, or None for the server's own.
        edition: The release version that is written for.
        template: A chat of the user's own, in place of the style's.

    Raises:
        StyleUnknownError: There is no such written style.
    """
    chat = chat_of(written(name), template, edition)
    return MutationWriter(model, chat, temperature, top_p, max_tokens)
