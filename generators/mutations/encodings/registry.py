"""The four encodings by their published names."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from generators.errors import EncodingUnknown
from generators.mutations.encodings.ascii import Ascii
from generators.mutations.encodings.atbash import Atbash
from generators.mutations.encodings.caesar import Caesar
from generators.mutations.encodings.morse import Morse
from generators.mutations.encodings.types import Encoding

_ALL: tuple[Encoding, ...] = (Ascii(), Caesar(), Morse(), Atbash())
ENCODINGS: Mapping[str, Encoding] = MappingProxyType({each.name: each for each in _ALL})
"""By prompt style, in the order of the published list."""


def encoding(name: str) -> Encoding:
    """The encoding of that prompt style.

    Raises:
        EncodingUnknown: There is none.
    """
    found = ENCODINGS.get(name)
    if found is None:
        raise EncodingUnknown(f"encoding must be one of {', '.join(ENCODINGS)}", name)
    return found
