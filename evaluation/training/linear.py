"""Trains a linear judge from a table, and writes its folder with the card."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from base.files import replacing, write_json
from evaluation.training.cards import README, linear_text
from evaluation.training.data import Material, require_both
from evaluation.training.fitting import THRESHOLD, Fit, featured
from evaluation.training.validation import by_model, fitted, leave_one_out
from inference.encoders import Encoder
from moderators.refusal.trained import CARD, CARDS, FORMAT, NUMBERS, HeldOut, TrainedCard
from moderators.refusal.trained_features import PAIRS, cheap_names, features_version

LICENCE = (
    "The weights are made from other people's texts and labels. Ask for the licence of the table "
    "and for the terms of the models that answered before passing the judge on."
)


@dataclass(frozen=True, slots=True)
class Trained:
    """A judge that was trained.

    Attributes:
        card: What it is.
        files: Where it lies.
    """

    card: TrainedCard
    files: tuple[Path, ...]


def train_linear(
    material: Material,
    encoder: Encoder,
    called: str,
    folder: Path,
    seed: int,
    hold_out: str | None = None,
    test: Material | None = None,
) -> Trained:
    """Fits a judge, measures it on models that were left out, and writes it.

    Args:
        material: The labelled answers.
        encoder: Embeds them.
        called: The encoder's name.
        folder: Where to.
        seed: Of the intervals; the fit draws nothing.
        hold_out: A model whose answers are only tested on; None to leave out each in turn and to
            train on all in the end.
        test: Answers that the judge is tested on besides.

    Raises:
        TrainingInputError: Without the model that is held out one class is missing or too small.
        FileUnwritableError: A file cannot be written.
    """
    used = material if hold_out is None else require_both(material.without(hold_out))
    features = featured(encoder, used.rows)
    if hold_out is None:
        figures, _ = leave_one_out(features, used.rows, seed)
        judge = fitted(features, used.rows)
    else:
        judge = fitted(features, used.rows)
        figures = _judged(judge, material.of(hold_out), encoder, seed)
    tested = () if test is None else _judged(judge, test, encoder, seed)
    data = judge.numbers.data()
    card = TrainedCard(
        **_origin(used, encoder, called),
        dimensions=features.dimensions,
        held_out=figures,
        tested=tested,
        test_table=None if test is None else test.name,
        c=judge.c,
        bias=judge.bias,
        slope=judge.slope,
        threshold=THRESHOLD,
        seed=seed,
        weights_sha256=hashlib.sha256(data).hexdigest(),
    )
    return Trained(card, _written(folder, card, data))


def _origin(used: Material, encoder: Encoder, called: str) -> dict[str, Any]:
    """What the card says of the table, the encoder and the features."""
    return {
        **used.origin,
        "kind": "linear",
        "format": FORMAT,
        "encoder": called,
        "encoder_identity": encoder.identity,
        "features": features_version(),
        "names": (*cheap_names(), *(f"cosine {a}, {b}" for a, b in PAIRS)),
        "rows": len(used.rows),
        "refusals": sum(used.truths),
        "left_out": dict(used.left_out),
        "licence": LICENCE,
    }


def _judged(judge: Fit, material: Material, encoder: Encoder, seed: int) -> tuple[HeldOut, ...]:
    said: Sequence[bool] = judge.refused(featured(encoder, material.rows))
    return by_model(material.rows, said, seed)


def _written(folder: Path, card: TrainedCard, data: bytes) -> tuple[Path, ...]:
    """Writes the folder; the card comes last, since without it there is no judge."""
    files = (folder / NUMBERS, folder / README, folder / CARD)
    for path, content in zip(files, (data, linear_text(card).encode()), strict=False):
        with replacing(path) as file:
            file.write(content)
    write_json(files[-1], card, CARDS)
    return files
