"""What the offline moderators read of an exchange; the worst of it is their verdict.

They know prompts, not answers, and an encoder sees only the beginning of a long text. So an answer
is read in pieces, the first of them together with the prompt: a short refusal leaves the prompt's
own verdict standing, and harm late in an answer is not outweighed by what stands before it.
"""

from __future__ import annotations

import textwrap

from base.digests import Json
from inference.types import Item

_PIECE = 700  # characters; with a prompt before it, about what the shipped encoder reads


def pieces_part() -> Json:
    """What `pieces` depends on, for a digest."""
    return _PIECE


def pieces(item: Item) -> tuple[str, ...]:
    """The texts to read of an item: a prompt by itself, or an exchange in pieces."""
    if item.answer is None:
        return (item.text,)
    first, *rest = textwrap.wrap(item.answer, _PIECE) or [""]
    alone = (first, *rest)
    return (f"{item.text}\n{first}", *alone)
