"""Fine-tunes a chat model as a judge: LoRA by trl and peft, label tokens 0 and 1.

Needs the extra `train`. It runs where torch runs; a 7B model wants a GPU.
"""

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from base.files import replacing, write_json
from base.foreign_text import read_regular, read_yaml
from evaluation.training.cards import LORA_CARDS, README, LoraCard, lora_text
from evaluation.training.chats import LabelledChat, chats_of, judge_chat
from evaluation.training.data import Material, require_both
from evaluation.training.errors import TrainingExtraMissingError, TrainingInputError
from evaluation.training.validation import by_model, label_ids, refused_by
from moderators.refusal.trained import CARD, HeldOut

_LARGEST = 1_000_000

EXTRA = ("trl", "peft", "accelerate")


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
        return LoraSettings.model_validate(
            read_yaml(read_regular(path, _LARGEST).decode("utf-8")) or {}
        )
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or path.name
        raise TrainingInputError(
            f"fine-tuning settings: {where}: {first['msg']}", path.name
        ) from None
    except (OSError, ValueError, yaml.YAMLError):
        raise TrainingInputError("fine-tuning settings must be a YAML file", path.name) from None


def require_extra() -> None:
    """Refuses to begin where the extra is not installed.

    Raises:
        TrainingExtraMissingError: A package is missing; all of them are named.
    """
    missing = [name for name in EXTRA if importlib.util.find_spec(name) is None]
    if missing:
        rule = "fine-tuning needs the extra `train`: pip install -e '.[train]'"
        raise TrainingExtraMissingError(rule, f"no {', '.join(missing)}")


def train_lora(
    material: Material,
    settings: LoraSettings,
    folder: Path,
    seed: int,
    hold_out: str,
    test: Material | None = None,
) -> LoraCard:
    """Fine-tunes a model on all but one model's answers, measures it on those, and saves it.

    Args:
        material: The labelled answers.
        settings: What is trained, and how.
        folder: Where to; the adapters, or the merged model, with its tokenizer and card.
        seed: Of the training and of the intervals.
        hold_out: The model whose answers are only tested on: a run each would cost too much.
        test: Answers that the judge is tested on besides.

    Raises:
        TrainingExtraMissingError: The extra is not installed.
        TrainingInputError: A class is missing, or the tokenizer has no single tokens 0 and 1.
    """
    require_extra()
    used = require_both(material.without(hold_out))
    model, tokenizer = _opened(settings)
    ids = label_ids(tokenizer)
    chats = [each for each in chats_of(used.rows) if _fits(tokenizer, each, settings.max_tokens)]
    trained = _trained(model, tokenizer, chats, settings, folder, seed)
    held = material.of(hold_out)
    figures = by_model(held.rows, refused_by(trained, tokenizer, held.rows, ids), seed)
    tested: tuple[HeldOut, ...] = ()
    if test is not None:
        tested = by_model(test.rows, refused_by(trained, tokenizer, test.rows, ids), seed)
    _saved(trained, tokenizer, folder, settings.merge)
    card = LoraCard(
        **_origin(used, settings),
        rows=len(chats),
        refusals=sum(each.refused for each in chats),
        left_out={**used.left_out, "too long": len(used.rows) - len(chats)},
        held_out=figures,
        tested=tested,
        test_table=None if test is None else test.name,
        seed=seed,
    )
    with replacing(folder / README) as file:
        file.write(lora_text(card).encode())
    write_json(folder / CARD, card, LORA_CARDS)
    return card


def _saved(model: Any, tokenizer: Any, folder: Path, merge: bool) -> None:  # noqa: ANN401
    saved = model.merge_and_unload() if merge else model
    saved.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _origin(used: Material, settings: LoraSettings) -> dict[str, Any]:
    """What the card says of the model, the settings and the table."""
    return {
        **used.origin,
        "kind": "lora",
        "format": 1,
        "base": settings.model,
        "revision": settings.revision,
        "settings": settings.model_dump(),
        "merged": settings.merge,
        "template_sha256": judge_chat().digest,
    }


def _opened(settings: LoraSettings) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    where = {"revision": settings.revision}
    try:
        model = AutoModelForCausalLM.from_pretrained(settings.model, **where)
        tokenizer = AutoTokenizer.from_pretrained(settings.model, **where)
    except (OSError, ValueError) as error:
        rule = f"a model to fine-tune must be a folder or on the Hub: {type(error).__name__}"
        raise TrainingInputError(rule, settings.model) from error
    if tokenizer.chat_template is None:
        raise TrainingInputError("a model to fine-tune must have a chat template", settings.model)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return model, tokenizer


def _fits(tokenizer: Any, chat: LabelledChat, tokens: int) -> bool:  # noqa: ANN401
    # The label stands at the end: a chat that is cut would teach nothing.
    text = tokenizer.apply_chat_template(chat.question, tokenize=False, add_generation_prompt=True)
    return len(tokenizer(text, add_special_tokens=False)["input_ids"]) + 8 <= tokens


def _trained(
    model: Any,  # noqa: ANN401 - the libraries have no types
    tokenizer: Any,  # noqa: ANN401
    chats: Sequence[LabelledChat],
    settings: LoraSettings,
    folder: Path,
    seed: int,
) -> Any:  # noqa: ANN401
    """The model with trained adapters; the loss is on the label alone."""
    import torch
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    rows = [
        {"prompt": each.question, "completion": [{"role": "assistant", "content": each.label}]}
        for each in chats
    ]
    on_gpu = torch.cuda.is_available()
    arguments = SFTConfig(
        output_dir=str(folder / "steps"),
        per_device_train_batch_size=settings.batch,
        gradient_accumulation_steps=settings.accumulate,
        learning_rate=settings.learning_rate,
        num_train_epochs=settings.epochs,
        max_length=settings.max_tokens,
        completion_only_loss=True,
        gradient_checkpointing=None,  # trl's default, under a name that transformers gives up
        activation_checkpointing=on_gpu,
        use_cpu=not on_gpu,
        bf16=on_gpu and torch.cuda.is_bf16_supported(),
        save_strategy="no",
        report_to="none",
        seed=seed,
        data_seed=seed,
    )
    trainer = SFTTrainer(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        peft_config=_adapters(settings),
    )
    trainer.train()
    return trainer.model


def _adapters(settings: LoraSettings) -> Any:  # noqa: ANN401
    from peft import LoraConfig

    return LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
