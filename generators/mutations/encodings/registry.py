"""The four encodings by their published names, each as a prompt style with the words around it.

An expert's instruction, for Morse code its table, three encoded harmless demonstrations, the line
that announces the request, and the request in code to the very end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

from base.digests import digest_of, require_digest
from base.registry import table_of
from generators.errors import GeneratorError, WrapperMissingError
from generators.mutations.encodings.ascii import Ascii
from generators.mutations.encodings.ciphers import Atbash, Caesar
from generators.mutations.encodings.morse import GAP, PUBLISHED, TABLE, Morse
from generators.mutations.encodings.types import Encoding, Mode
from inference.templates import load_template

_ALL: tuple[Encoding, ...] = (Ascii(), Caesar(), Morse(), Atbash())
ENCODINGS: Mapping[str, Encoding] = MappingProxyType(
    table_of("encoding", ((each.name, each) for each in _ALL))
)
"""By prompt style, in the order of the published list."""

FEWEST_CODED = 0.9
"""Share of a text's letters that must be in code for it to count as encoded.

Of requests in English all letters are, of French, Spanish, German and Portuguese ones 0.92 to 1,
of Czech, Turkish and Vietnamese ones 0.69 to 0.88 (a few sentences each, counted here), and of
Chinese ones none: what a model is then shown is the request in plain text.
"""

_HERE = Path(__file__).parent


def wrap(encoding: Encoding, payload: str, mode: Mode = "canonical") -> str:
    """The whole prompt around a request that is in code already."""
    return opening(encoding, mode) + payload


def unwrap(encoding: Encoding, prompt: str, mode: Mode = "canonical") -> str:
    """The request in code: the exact inverse of `wrap`.

    Raises:
        WrapperMissingError: The prompt does not open as `wrap` has it.
    """
    start = opening(encoding, mode)
    if not prompt.startswith(start):
        raise WrapperMissingError("a prompt must open with its encoding's wrapper", encoding.name)
    return prompt[len(start) :]


@cache
def opening(encoding: Encoding, mode: Mode) -> str:
    """All that stands before the request."""
    shown = demonstrations()
    examples = {f"example{n}": encoding.encode(text, mode) for n, text in enumerate(shown)}
    compat = mode == "compat"
    (message,) = load_template(_HERE / "templates", encoding.name).messages(
        **examples,
        table=_table(PUBLISHED if compat else TABLE),
        gap="two spaces" if compat else f"a {GAP} with a space on either side",
    )
    return f"{message.content}\n"


@cache
def demonstrations() -> tuple[str, ...]:
    """Three harmless requests, in plain text."""
    return tuple(yaml.safe_load((_HERE / "data" / "demonstrations.yaml").read_bytes()))


def _table(codes: dict[str, str]) -> str:
    return "\n".join(f"{symbol} {code}" for symbol, code in codes.items())


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
        asked = (self.mode, self.bare, start, FEWEST_CODED)
        return digest_of("encoding", self.name, code, *asked)

    def prompt(self, text: str) -> str:
        """The prompt for a base request.

        Raises:
            NotEncodableError: It holds half of a surrogate pair.
        """
        payload = self.encoding.encode(text, self.mode)
        return payload if self.bare else wrap(self.encoding, payload, self.mode)

    def text(self, prompt: str) -> str:
        """The base request in a prompt.

        Raises:
            WrapperMissingError: The prompt has no wrapper, and should have.
        """
        payload = prompt if self.bare else unwrap(self.encoding, prompt, self.mode)
        return self.encoding.decode(payload, self.mode)

    def encodes(self, base: str) -> bool:
        """Whether a base is in code once it is encoded, and comes back.

        What the code would leave in plain text is not: a base of whose letters fewer than
        `FEWEST_CODED` are in code.
        """
        is_coded = self.encoding.coded_share(base) >= FEWEST_CODED
        return is_coded and self.encoding.carries(base, self.mode) is not None

    def reason(self, base: str, prompt: str) -> str | None:
        """`not_encodable` or `does_not_decode`, or None where the prompt gives the base back."""
        carried = self.encoding.carries(base, self.mode)
        if not self.encodes(base):
            return "not_encodable"
        try:
            same = self.text(prompt) == carried
        except GeneratorError:
            return "does_not_decode"
        return None if same else "does_not_decode"
