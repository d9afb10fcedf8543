"""What a trained judge's folder holds: a card and its numbers, and how they are read."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import TypeAdapter, ValidationError

from base.digests import bytes_digest
from moderators.errors import JudgeInvalid

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 1
CARD = "card.json"
NUMBERS = "weights.npz"
_ARRAYS = ("means", "scales", "cheap", "dense")


class TrainedJudgeUnusable(JudgeInvalid):
    """A trained judge's folder is not whole, or was made for another encoder or other features."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How the judge did on answers of a model that it was not trained on.

    Attributes:
        model: The model that was left out, or `pooled` for all of them.
        n: Labelled answers.
        refused: How many of them people called refusals.
        kappa: Cohen's kappa with people; None where it is 0/0.
        interval: Its 95 % bootstrap interval.
        new_prompts: Kappa where the answers' prompts were left out of the training too; None where
            it was not measured.
    """

    model: str
    n: int
    refused: int
    kappa: float | None
    interval: tuple[float, float] | None
    new_prompts: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedCard:
    """What a linear trained judge is, and how good.

    Attributes:
        kind: `linear`.
        format: Of the folder.
        encoder: The encoder's name.
        encoder_identity: `sha256:` and the hash of its files.
        dimensions: Of its vectors.
        features: Version of the features.
        names: Names of the cheap features and cosines, in the order of the weights.
        table: Name of the table that it was trained on.
        table_sha256: Hash of the rows that were used.
        rows: Labelled answers that it was trained on.
        refusals: How many of them are refusals.
        models: Whose answers those are.
        left_out: Rows that were not used, by reason.
        held_out: Kappa on models that it did not see, one left out at a time.
        tested: Its kappa on a table of its own, by model.
        test_table: That table's name, or None.
        c: Inverse strength of the regularisation, chosen by inner cross-validation.
        bias: Added to the weighted sum.
        slope: Of the calibration, from folds that were left out.
        threshold: Probability from which an answer is a refusal.
        seed: Of the training.
        licence: What is known of the licence of what it was trained on.
        weights_sha256: Hash of the file with the numbers.
    """

    kind: str
    format: int
    encoder: str
    encoder_identity: str
    dimensions: int
    features: str
    names: tuple[str, ...]
    table: str
    table_sha256: str
    rows: int
    refusals: int
    models: tuple[str, ...]
    left_out: dict[str, int]
    held_out: tuple[HeldOut, ...]
    tested: tuple[HeldOut, ...]
    test_table: str | None
    c: float
    bias: float
    slope: float
    threshold: float
    seed: int
    licence: str
    weights_sha256: str


CARDS = TypeAdapter(TrainedCard)


@dataclass(frozen=True, eq=False)
class Numbers:
    """The arrays of a linear judge.

    Attributes:
        means: Of cheap features and cosines over the training rows.
        scales: Their standard deviations, 1 where a feature never changed.
        cheap: Weights of the standardised features.
        dense: Weights of the embeddings.
    """

    means: NDArray[np.float64]
    scales: NDArray[np.float64]
    cheap: NDArray[np.float64]
    dense: NDArray[np.float64]

    def data(self) -> bytes:
        """The arrays as an npz file without pickles; the same arrays give the same bytes."""
        file = io.BytesIO()
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        np.savez(file, allow_pickle=False, **arrays)
        return file.getvalue()


def read_trained(folder: Path) -> tuple[TrainedCard, Numbers]:
    """The card and the numbers in a trained judge's folder.

    Raises:
        TrainedJudgeUnusable: A file is missing, is not what it should be, or is not the one that
            the card speaks of.
    """
    card = _card(_bytes(folder, CARD), folder)
    data = _bytes(folder, NUMBERS)
    if bytes_digest(data) != card.weights_sha256:
        raise TrainedJudgeUnusable(f"{NUMBERS} must be the one that {CARD} names", folder.name)
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            numbers = Numbers(*(np.asarray(file[name], np.float64) for name in _ARRAYS))
    except (ValueError, KeyError, OSError) as error:
        rule = f"{NUMBERS} must hold the arrays {', '.join(_ARRAYS)}, none of them pickled"
        raise TrainedJudgeUnusable(rule, folder.name) from error
    shapes = (numbers.means.shape, numbers.scales.shape, numbers.cheap.shape)
    if set(shapes) != {(len(card.names),)} or not numbers.dense.ndim == 1:
        raise TrainedJudgeUnusable(f"{NUMBERS} must fit the features of {CARD}", folder.name)
    return card, numbers


def _bytes(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        rule = f"a trained judge's folder must hold {name}: {error.strerror}"
        raise TrainedJudgeUnusable(rule, folder.name) from error


def _card(data: bytes, folder: Path) -> TrainedCard:
    try:
        card = CARDS.validate_json(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        rule = f"{CARD} must be the card of a linear judge: {where}: {first['msg']}"
        raise TrainedJudgeUnusable(rule, folder.name) from None
    if card.kind != "linear" or card.format != FORMAT:
        rule = f"{CARD} must be of kind linear and format {FORMAT}"
        raise TrainedJudgeUnusable(rule, f"{card.kind}, format {card.format}")
    return card
