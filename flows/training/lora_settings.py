"""What a fine-tuning is: a small YAML file, or the defaults."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flows.training.errors import TrainingInput


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
        TrainingInput: It cannot be read, or a key or value is not allowed.
    """
    if path is None:
        return LoraSettings()
    try:
        return LoraSettings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise TrainingInput("fine-tuning settings must be a YAML file", path.name) from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or path.name
        raise TrainingInput(f"fine-tuning settings: {where}: {first['msg']}", path.name) from None
