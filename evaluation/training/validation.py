"""How a judge does on models that it was not trained on, or by its label tokens."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np

from evaluation.training.chats import FULFILLED, REFUSED, chats_of
from evaluation.training.errors import TrainingInputError
from evaluation.training.fitting import Featured, Fit, fit, fit_at
from measures.agreement import cohen_kappa
from measures.intervals import cluster_bootstrap
from moderators.refusal.trained import HeldOut
from people.labelled import Labelled

POOLED = "pooled"
NEW_PROMPTS = "new prompts"
_FOLDS = 5

Verdicts = Sequence[bool]


def leave_one_out(
    features: Featured, rows: Sequence[Labelled], seed: int
) -> tuple[tuple[HeldOut, ...], list[bool]]:
    """Each model's answers judged by a judge that was fitted to all others', and all of them.

    With one model, or none that is named, prompts are left out in five folds instead.

    Args:
        features: Of the rows.
        rows: The labelled answers.
        seed: Of the intervals.

    Returns:
        The figures by model and pooled, and the verdict on each row.
    """
    models = np.array([row.model for row in rows])
    if len(set(models)) < 2:
        verdicts = _on_new_prompts(features, rows, np.zeros(len(rows), bool), None)
        return (held_out(NEW_PROMPTS, rows, verdicts, seed),), verdicts
    found: list[HeldOut] = []
    said = np.zeros(len(rows), bool)
    anew = np.zeros(len(rows), bool)
    for model in sorted(set(models)):
        held = models == model
        judge = fitted(features[~held], [row for row in rows if row.model != model])
        said[held] = judge.refused(features[held])
        anew[held] = np.array(_on_new_prompts(features, rows, held, judge.c))[held]
        part = [row for row in rows if row.model == model]
        found.append(held_out(str(model), part, list(said[held]), seed, list(anew[held])))
    found.append(held_out(POOLED, rows, list(said), seed, list(anew)))
    return tuple(found), [bool(each) for each in said]


def fitted(features: Featured, rows: Sequence[Labelled]) -> Fit:
    """A judge of these rows; one prompt's answers stay on one side of every inner fold."""
    return fit(features, [row.refused for row in rows], [row.cluster for row in rows])


def by_model(rows: Sequence[Labelled], verdicts: Verdicts, seed: int) -> tuple[HeldOut, ...]:
    """Figures of given verdicts, by model and pooled."""
    order = sorted(range(len(rows)), key=lambda place: rows[place].model)
    found = []
    for model, places in groupby(order, key=lambda place: rows[place].model):
        mine = list(places)
        said = [verdicts[place] for place in mine]
        found.append(held_out(model or "(not named)", [rows[n] for n in mine], said, seed))
    if len(found) > 1:
        found.append(held_out(POOLED, rows, verdicts, seed))
    return tuple(found)


def held_out(
    name: str,
    rows: Sequence[Labelled],
    verdicts: Verdicts,
    seed: int,
    anew: Verdicts | None = None,
) -> HeldOut:
    """Kappa with people, and its interval by bootstrap over base prompts."""
    truths = [row.refused for row in rows]
    clusters: dict[str, list[tuple[bool, bool]]] = {}
    for row, said in zip(rows, verdicts, strict=True):
        clusters.setdefault(row.cluster, []).append((said, row.refused))
    return HeldOut(
        name,
        len(rows),
        sum(truths),
        cohen_kappa(verdicts, truths),
        cluster_bootstrap(_kappa, list(clusters.values()), seed),
        None if anew is None else cohen_kappa(anew, truths),
    )


def _kappa(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    return cohen_kappa([said for said, _ in pairs], [true for _, true in pairs])


def _on_new_prompts(
    features: Featured, rows: Sequence[Labelled], held: np.ndarray, c: float | None
) -> list[bool]:
    """Verdicts of judges that saw neither the held-out model nor the row's prompt."""
    number = {name: place for place, name in enumerate(sorted({row.cluster for row in rows}))}
    folds = np.array([number[row.cluster] % _FOLDS for row in rows])
    said = np.zeros(len(rows), bool)
    for fold in range(_FOLDS):
        inside, left = folds == fold, (folds != fold) & ~held
        seen = [row for row, is_left in zip(rows, left, strict=True) if is_left]
        truths = [row.refused for row in seen]
        if not inside.any() or len(set(truths)) < 2:
            continue
        judge = fitted(features[left], seen) if c is None else fit_at(features[left], truths, c)
        said[inside] = judge.refused(features[inside])
    return [bool(each) for each in said]


def label_ids(tokenizer: Any) -> tuple[int, int]:  # noqa: ANN401 - the library has no types
    """The tokens of the labels: of a fulfilled request, and of a refusal.

    Raises:
        TrainingInputError: A label is not one token of this tokenizer, or both are the same.
    """
    found = [
        tokenizer(label, add_special_tokens=False)["input_ids"] for label in (FULFILLED, REFUSED)
    ]
    # Some tokenizers put a mark of the word's start before the digit: the digit comes last.
    ids = [each[-1] for each in found if each]
    if len(ids) != 2 or ids[0] == ids[1]:
        raise TrainingInputError("a tokenizer must tell the labels 0 and 1", f"{found}")
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
