"""How a mutated row is made: by a writer, by rules, or by an encoding."""

from __future__ import annotations

from generators.mutations.encodings import EncodedStyle, Mode, encoding
from generators.mutations.registry import written
from generators.mutations.writer import MutationWriter


def writer_for(
    name: str,
    model: str,
    *,
    temperature: float = 0.7,
    top_p: float | None = None,
    max_tokens: int | None = None,
    edition: str = "",
) -> MutationWriter:
    """The atom that writes the style `name`.

    Args:
        name: A written style.
        model: The writer's name in the recipe; for a language, the translator's.
        temperature: Sampling temperature.
        top_p: Nucleus mass, or None for the server's own.
        max_tokens: Longest answer in tokens, or None for the server's own.
        edition: The release version that is written for.

    Raises:
        StyleUnknown: There is no such written style.
    """
    style = written(name)
    return MutationWriter(
        model, style.chat(), style.values, temperature, top_p, max_tokens, edition
    )


def encode_row(name: str, text: str, mode: Mode = "canonical", bare: bool = False) -> str:
    """The prompt of an encoded row.

    Raises:
        EncodingUnknown: There is no such encoding.
        NotEncodable: The text holds half of a surrogate pair.
    """
    return EncodedStyle(encoding(name), mode, bare).prompt(text)
