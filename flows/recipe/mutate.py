"""The twenty linguistic mutations of SORRY-Bench, and how each mutated row is checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from flows.recipe.base import (
    Count,
    Name,
    Part,
    Reference,
    Seed,
    Share,
    Temperature,
    Text,
    models,
)
from flows.recipe.rewrite import SHIPPED_ENCODERS, Drift

Style = Literal[
    "ascii", "caesar", "morse", "atbash",
    "question", "slang", "uncommon_dialects", "technical_terms", "role_play", "misspellings",
    "logical_appeal", "authority_endorsement", "misrepresentation",
    "evidence-based_persuasion", "expert_endorsement",
    "translate-ml", "translate-ta", "translate-mr", "translate-zh-cn", "translate-fr",
]  # fmt: skip

NEEDS_NO_MODEL = frozenset({"ascii", "caesar", "morse", "atbash"})
"""The encodings; misspellings join them where rules write them."""


class Misspellings(Part):
    """How misspellings are made."""

    by: Literal["model", "rules"] = "model"
    """The writer, or keyboard neighbours, transpositions and common misspellings."""
    rate: Share = 0.1
    """Share of words that rules misspell."""
    seed: Seed = 7
    """Seed of the rules."""


class Mutate(Part):
    """Which styles are made, by whom, and what a mutated row must keep."""

    styles: Annotated[tuple[Style, ...], Field(strict=False, min_length=1)] | Literal["all"] = "all"
    """`all`, or a list of prompt styles as published."""
    writer: Name | None = None
    """The model that writes styles, persuasion and translations."""
    translator: Name | None = None
    """Another model for the five languages; by default the writer."""
    temperature: Temperature = 0.7
    """Sampling temperature; the authors state none."""
    tries: Count = 3
    """How often a row is asked for until it passes its checks."""
    max_tokens: Count | None = None
    """Longest answer in tokens; by default the model's or the server's own."""
    encodings: Literal["canonical", "compat"] = "canonical"
    """Correct and invertible, or with the quirks of the published files."""
    bare: bool = False
    """Encoded payloads without the wrapper of instruction and demonstrations."""
    misspellings: Misspellings = Misspellings()
    """How misspellings are made."""
    encoder: Text = SHIPPED_ENCODERS[0]
    """The encoder that `intent` measures with."""
    intent: Literal["own"] | Drift | None = "own"
    """The band of similarity to its base in which a mutated row must lie: each style's own, one
    for all, or null where it is not measured."""
    bands: Mapping[Style, Drift] = {}
    """Bands of single styles, in place of `intent`."""
    back_translator: Name | None = None
    """The model that translates back for the intent check; by default the translator."""
    checker: Name | None = None
    """A model that is asked whether the intent was kept; by default none is."""
    pilot: Count = 8
    """Rows after which a style whose rows were all dropped is stopped."""

    @property
    def wanted(self) -> tuple[Style, ...]:
        """The styles in the published order."""
        every: tuple[Style, ...] = get_args(Style)
        return every if self.styles == "all" else tuple(s for s in every if s in self.styles)

    def references(self) -> Iterator[Reference]:
        """The models, and the encoder where intent is measured."""
        yield from models(
            writer=self.writer,
            translator=self.translator,
            back_translator=self.back_translator,
            checker=self.checker,
        )
        if self.intent is not None or self.bands:
            yield Reference("encoder", "encoder", self.encoder)

    @model_validator(mode="after")
    def _a_writer_where_one_is_needed(self) -> Mutate:
        offline = NEEDS_NO_MODEL | ({"misspellings"} if self.misspellings.by == "rules" else set())
        written = [style for style in self.wanted if style not in offline]
        if written and self.writer is None:
            raise PydanticCustomError(
                "writer", "writer must be given for written styles", {"value": written[0]}
            )
        return self
