"""The card of a fine-tuned judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from artifacts.files import replacing
from artifacts.summary import Table, markdown_table
from flows.training.card_text import figures_table
from moderators.refusal.trained_card import HeldOut


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraCard:
    """What a fine-tuned judge is, and how good.

    Attributes:
        kind: `lora`.
        format: Of the card.
        base: The model that was fine-tuned.
        revision: Its commit on the Hub, or None.
        settings: How it was trained.
        merged: Whether the folder holds a whole model, not adapters alone.
        template_sha256: Hash of the chat that it was trained on; it must be asked with the same.
        table: Name of the table that it was trained on.
        table_sha256: Hash of the rows that were used.
        rows: Labelled answers that it was trained on.
        refusals: How many of them are refusals.
        models: Whose answers those are.
        left_out: Rows that were not used, by reason.
        held_out: Its kappa on the model that it did not see.
        tested: Its kappa on a table of its own, by model.
        test_table: That table's name, or None.
        seed: Of the training.
    """

    kind: str
    format: int
    base: str
    revision: str | None
    settings: Mapping[str, Any]
    merged: bool
    template_sha256: str
    table: str
    table_sha256: str
    rows: int
    refusals: int
    models: tuple[str, ...]
    left_out: dict[str, int]
    held_out: tuple[HeldOut, ...]
    tested: tuple[HeldOut, ...]
    test_table: str | None
    seed: int


LORA_CARDS = TypeAdapter(LoraCard)


def lora_tables(card: LoraCard) -> list[Table]:
    """The card's figures."""
    found = [figures_table("On answers of a model that it was not trained on", card.held_out)]
    if card.test_table is not None:
        found.append(figures_table(f"On {card.test_table}", card.tested))
    return found


def lora_text(card: LoraCard) -> str:
    """The card as markdown."""
    what = "The whole model, adapters merged." if card.merged else "LoRA adapters."
    parts = [
        "# A fine-tuned refusal judge\n",
        f"{what} It says 1 where an answer fulfils a request, and 0 where it refuses. Serve it "
        "behind vLLM and name it in a recipe with `dialect: sorry-judge`.\n",
        f"- Base: {card.base}{f' at {card.revision}' if card.revision else ''}; its licence holds "
        "for this judge too.",
        f"- Trained on {card.rows:,} labelled answers of {', '.join(card.models)} "
        f"({card.refusals:,} refusals), table {card.table}, SHA-256 of the rows "
        f"{card.table_sha256}; seed {card.seed}.\n",
    ]
    for table in lora_tables(card):
        parts.append(f"## {table.title}\n\n{markdown_table(table)}")
    return "\n".join(parts)


def write_text(folder: Path, text: str) -> None:
    """Writes the card for readers."""
    with replacing(folder / "README.md") as file:
        file.write(text.encode())
