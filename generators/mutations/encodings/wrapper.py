"""The words around an encoded request, as SORRY-Bench's layout has them, in our own wording.

An expert's instruction, for Morse code its table, three encoded harmless demonstrations, the line
that announces the request, and the request in code to the very end.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from generators.errors import WrapperMissing
from generators.mutations.encodings.morse import GAP, PUBLISHED, TABLE
from generators.mutations.encodings.types import Encoding, Mode
from inference.templates import load_template

_HERE = Path(__file__).parent


def wrap(encoding: Encoding, payload: str, mode: Mode = "canonical") -> str:
    """The whole prompt around a request that is in code already."""
    return opening(encoding, mode) + payload


def unwrap(encoding: Encoding, prompt: str, mode: Mode = "canonical") -> str:
    """The request in code: the exact inverse of `wrap`.

    Raises:
        WrapperMissing: The prompt does not open as `wrap` has it.
    """
    start = opening(encoding, mode)
    if not prompt.startswith(start):
        raise WrapperMissing("a prompt must open with its encoding's wrapper", encoding.name)
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
