"""One of the four encodings as a prompt style: from a request to its prompt, back, and checked."""

from __future__ import annotations

from dataclasses import dataclass

from base.digests import digest_of, require_digest
from generators.errors import GeneratorError
from generators.mutations.encodings.types import Encoding, Mode
from generators.mutations.encodings.wrapper import opening, unwrap, wrap


@dataclass(frozen=True, slots=True)
class EncodedStyle:
    """Writes prompts in one encoding.

    Attributes:
        encoding: The code.
        mode: Correct, or with the quirks of the published files.
        bare: The request in code alone, without the wrapper.
    """

    encoding: Encoding
    mode: Mode = "canonical"
    bare: bool = False

    @property
    def name(self) -> str:
        """The published prompt style."""
        return self.encoding.name

    @property
    def digest(self) -> str:
        """Of the code and the wrapper with all that is filled in: table, demonstrations."""
        start = "" if self.bare else opening(self.encoding, self.mode)
        code = require_digest("encoding", self.name, self.encoding)
        return digest_of("encoding", self.name, code, self.mode, self.bare, start)

    def prompt(self, text: str) -> str:
        """The prompt for a base request.

        Raises:
            NotEncodable: It holds half of a surrogate pair.
        """
        payload = self.encoding.encode(text, self.mode)
        return payload if self.bare else wrap(self.encoding, payload, self.mode)

    def text(self, prompt: str) -> str:
        """The base request in a prompt.

        Raises:
            WrapperMissing: The prompt has no wrapper, and should have.
        """
        payload = prompt if self.bare else unwrap(self.encoding, prompt, self.mode)
        return self.encoding.decode(payload, self.mode)

    def reason(self, base: str, prompt: str) -> str | None:
        """`not_encodable` or `does_not_decode`, or None where the prompt gives the base back."""
        carried = self.encoding.carries(base, self.mode)
        if carried is None:
            return "not_encodable"
        try:
            same = self.text(prompt) == carried
        except GeneratorError:
            return "does_not_decode"
        return None if same else "does_not_decode"
