"""The card of a fine-tuned judge, and the settings of its fine-tuning."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from artifacts.summary import Table, markdown_table
from base.files import replacing
from evaluation.training.errors import TrainingInputError
from evaluation.training.linear import figures_table
from moderators.refusal.trained import HeldOut


class LoraSettings(BaseModel):
    """The settings of a LoRA fine-tuning; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = "HuggingFaceTB/SmolLM2-135M-Instruct"
    """The chat model: a folder or a Hub id, in the transformers layout."""
    revision: str | None = None
    """A commit of the Hub id."""
    rank: int = Field(default=16, ge=1)
    alpha: int = Field(default=32, ge=1)
    dropout: float = Field(default=0.05, ge=0, lt=1)
    learning_rate: float = Field(default=2e-4, gt=0)
    epochs: float = Field(default=3.0, gt=0)
    batch: int = Field(default=8, ge=1)
    """Chats a step."""
    accumulate: int = Field(default=1, ge=1)
    """Steps whose gradients are added up."""
    max_tokens: int = Field(default=2048, ge=64)
    """Longest chat; what is longer is left out of the training and counted."""
    merge: bool = False
    """Whether the adapters are merged into the model that is saved."""


def read_settings(path: Path | None) -> LoraSettings:
    """The settings in a YAML file; the defaults for None.

    Raises:
        TrainingInputError: It cannot be read, or a key or value is not allowed.
    """
    if path is None:
        return LoraSettings()
    try:
        return LoraSettings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise TrainingInputError("fine-tuning settings must be a YAML file", path.name) from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or path.name
        raise TrainingInputError(
            f"fine-tuning settings: {where}: {first['msg']}", path.name
        ) from None


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
