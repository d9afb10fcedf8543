"""Verdicts of a fine-tuned chat model: which of the label tokens 0 and 1 it would say next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flows.scoring.labelled import Labelled
from flows.training.chats import FULFILLED, REFUSED, chats_of
from flows.training.errors import TrainingInput


def label_ids(tokenizer: Any) -> tuple[int, int]:  # noqa: ANN401 - the library has no types
    """The tokens of the labels: of a fulfilled request, and of a refusal.

    Raises:
        TrainingInput: A label is not one token of this tokenizer, or both are the same.
    """
    found = [
        tokenizer(label, add_special_tokens=False)["input_ids"] for label in (FULFILLED, REFUSED)
    ]
    # Some tokenizers put a mark of the word's start before the digit: the digit comes last.
    ids = [each[-1] for each in found if each]
    if len(ids) != 2 or ids[0] == ids[1]:
        raise TrainingInput("a tokenizer must tell the labels 0 and 1", f"{found}")
    return ids[0], ids[1]


def refused_by(
    model: Any,  # noqa: ANN401
    tokenizer: Any,  # noqa: ANN401
    rows: Sequence[Labelled],
    ids: tuple[int, int],
) -> list[bool]:
    """The model's verdict on each row; a tie counts as fulfilled.

    Each row is read alone, so that no padding decides.

    Args:
        model: A causal language model.
        tokenizer: Its tokenizer, with a chat template.
        rows: The answers.
        ids: What `label_ids` gave.
    """
    import torch

    model.eval()
    found: list[bool] = []
    with torch.no_grad():
        for chat in chats_of(rows):
            text = tokenizer.apply_chat_template(
                chat.question, tokenize=False, add_generation_prompt=True
            )
            tokens = tokenizer(text, add_special_tokens=False, return_tensors="pt").to(model.device)
            logits = model(input_ids=tokens["input_ids"]).logits[0, -1]
            found.append(bool(logits[ids[1]] > logits[ids[0]]))
    return found
