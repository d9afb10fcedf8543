"""Cleaning and rewriting: what a usable text is, and how rewrites are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from flows.recipe.base import (
    Cosine,
    Count,
    Name,
    Names,
    Part,
    Reference,
    Temperature,
    Text,
    TopP,
    models,
    spelled,
)

SHIPPED_ENCODERS = ("all-MiniLM-L6-v2",)
"""Encoders that come with the installation; others are a folder or a Hub id."""

STYLE_RULES = ("safety_words", "harm_words", "disclaimer_tail", "reversal", "fiction_frame")
"""The paper's constraints on a rewrite (section 3.2.2), as named checks."""


Language = Annotated[str, spelled(r"[a-z]{2,3}(-[A-Za-z]+)?", "a language code such as en")]


class Clean(Part):
    """Which texts are usable at all; the authors' code drops only exact repeats."""

    min_chars: int = Field(default=8, ge=0)
    """Shortest text in characters (the published hard prompts have 48 to 269)."""
    max_chars: Count = 600
    """Longest text in characters."""
    language: Language | None = "en"
    """The language that a text must be in, as a code; null for any."""
    checks: Names = ("control_characters", "leftovers", "repetition")
    """Further named checks, in order."""

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Clean:
        if self.min_chars > self.max_chars:
            raise PydanticCustomError(
                "bounds", "min_chars must be at most max_chars", {"value": self.min_chars}
            )
        return self


class Drift(Part):
    """The band of cosine similarity to its seed in which a rewrite must lie."""

    low: Cosine = 0.3
    """Below it, a text has lost its seed."""
    high: Cosine = 0.9
    """Above it, a text is a near copy of its seed."""

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Drift:
        if self.low >= self.high:
            raise PydanticCustomError("bounds", "low must be below high", {"value": self.low})
        return self


class Examples(Part):
    """How far a rewrite must stay from the template's few-shot examples."""

    limit: Cosine = 0.85
    """Largest cosine similarity to any of them."""


class Rewrite(Part):
    """Rewrites that sound harmful and are harmless (paper section 3.2.2, appendix O)."""

    writer: Name
    """The model that rewrites."""
    per_seed: Count = 5
    """Rewrites per seed, asked for in one call (appendix O)."""
    temperature: Temperature = 0.7
    """Sampling temperature (appendix O)."""
    top_p: TopP | None = None
    """Nucleus mass; by default the server's own."""
    tries: Count = 3
    """How often a seed is asked about until it has its rewrites."""
    form: Literal["json", "list"] = "json"
    """Answer form: a JSON schema, or for small models a list that is continued."""
    max_tokens: Count | None = None
    """Longest answer in tokens; by default the model's or the server's own."""
    category: Literal["seed", "moderator"] = "seed"
    """Whose category a rewrite carries; the paper does not say."""
    checks: Names = ("writer_refused", *STYLE_RULES)
    """Named checks that a rewrite must pass, in order (the rules of section 3.2.2)."""
    encoder: Text = SHIPPED_ENCODERS[0]
    """The encoder that `drift` and `examples` measure with."""
    drift: Drift | None = None
    """The drift band; null for none, as in the paper."""
    examples: Examples | None = None
    """The distance to few-shot examples; null for none, as in the paper."""
    target: Count | None = None
    """Rows wanted per category: one that has fewer gets further rounds."""
    rounds: Count = 1
    """Largest number of rounds."""

    def references(self) -> Iterator[Reference]:
        """The writer and, where something is measured, the encoder."""
        yield from models(writer=self.writer)
        if self.drift is not None or self.examples is not None:
            yield Reference("encoder", "encoder", self.encoder)
