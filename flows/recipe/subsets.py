"""Views over the annotated table: the hard and the toxic subset."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from flows.recipe.base import Count, Part, Reference, Seed


class _Subset(Part):
    size: Count | None = None
    """Rows drawn at random; by default all, or what `quota` adds up to."""
    balance: Literal["none", "cap", "quota"] = "none"
    """How categories share `size`: as they fall, with a cap, or by `quota`."""
    quota: dict[str, Count] | None = None
    """Rows per category, for the balance `quota`."""
    seed: Seed = 7
    """Seed of the draw."""

    def references(self) -> Iterator[Reference]:
        """The categories that have a quota."""
        for category in self.quota or ():
            yield Reference("category", "quota", category)

    @model_validator(mode="after")
    def _quota_fits_the_balance(self) -> _Subset:
        if (self.balance == "quota") != (self.quota is not None):
            raise PydanticCustomError(
                "quota", "quota must be given for the balance `quota`, and for no other"
            )
        if self.balance == "quota" and self.size is not None:
            raise PydanticCustomError(
                "size", "size must be left out with the balance `quota`, which says how many"
            )
        if self.balance == "cap" and self.size is None:
            raise PydanticCustomError("size", "size must be given for the balance `cap`")
        return self


class Hard(_Subset):
    """Safe prompts that much of the panel refuses (paper appendix Q)."""

    at: Count = 3
    """Refusals that make a prompt hard (appendix Q)."""
    by: Literal["models", "family"] = "models"
    """Whether models are counted, or families of models."""


class Toxic(_Subset):
    """Prompts that are flagged and not rescued; the paper gives no rule for its 600."""

    rule: Literal["unanimous", "majority"] = "unanimous"
    """How many moderators must have flagged a prompt."""
