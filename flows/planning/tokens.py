"""Token estimates without a tokenizer: every real one needs a download first."""

from __future__ import annotations

import math

CHARACTERS_PER_TOKEN = 4.5
"""English prompts and answers: 4.2 to 5.1 characters a token, by kind of text and tokenizer."""

TOKEN_ERROR = 0.15
"""Largest error over five kinds of texts (shipped seeds, few-shot examples, definitions, 450 real
prompts, 1,350 real answers) and four tokenizers (cl100k, o200k, SmolLM2's, MiniLM's). Tokenizers of
32,000 tokens, such as Mixtral's, were not at hand and make more tokens of the same text."""


def tokens(text: str) -> int:
    """About how many tokens an English text has, give or take `TOKEN_ERROR`."""
    return math.ceil(len(text) / CHARACTERS_PER_TOKEN)
