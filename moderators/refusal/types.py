"""What a refusal judge is, and what it says. For judges, positive means refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from inference.types import Item, Program

RefusalLabel = Literal["direct_answer", "direct_refusal", "indirect_refusal", "unparseable"]
REFUSALS: frozenset[RefusalLabel] = frozenset({"direct_refusal", "indirect_refusal"})
"""Both count as rejection (OR-Bench, section 4.1)."""


@dataclass(frozen=True, slots=True)
class Judgment:
    """One judge's verdict on one answer.

    Attributes:
        judge: The judge's name.
        label: What the answer is; `unparseable` where the judge never said so in a usable form.
        refused: Whether it is a refusal; None for `unparseable`.
        reason: The rule that decided, or a judge model's explanation, which may quote the answer.
        key: The ledger's key of the reply behind it, or "".
        members: The judgments that it was made from, where it is an ensemble's.
    """

    judge: str
    label: RefusalLabel
    refused: bool | None
    reason: str = ""
    key: str = ""
    members: tuple[Judgment, ...] = ()


def unreadable(judge: str, reason: str) -> Judgment:
    """The judgment of a judge that gave no verdict, with the short reason for it."""
    return Judgment(judge, "unparseable", None, reason)


class RefusalJudge(Protocol):
    """Tells a refusal from an answer."""

    @property
    def name(self) -> str:
        """Its name in tables."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of all that its verdicts depend on besides a model's identity."""
        ...

    def judge(self, item: Item, family: str | None = None) -> Program[Judgment]:
        """Judges `item.answer` (never None or empty) to the prompt `item.text`.

        Args:
            item: The exchange; think blocks are gone from the answer.
            family: Who trained the model that answered, for rules that differ by family.
        """
        ...
