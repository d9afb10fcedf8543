"""A judge of one's own: a calibrated linear model over features and embeddings of an exchange."""

import io
import tokenize
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import TypeAdapter, ValidationError

from base.digests import bytes_digest, digest_of
from base.foreign_text import open_regular
from checks.drift import cosines_part, embed, in_doubt, published
from inference.types import Item, Program
from moderators.errors import JudgeInvalidError
from moderators.refusal import trained_features
from moderators.refusal.trained_features import dense, is_current
from moderators.refusal.types import Judgment, RefusalLabel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from inference.types import Vectors


FORMAT = 1
CARD = "card.json"
NUMBERS = "weights.npz"
_ARRAYS = ("means", "scales", "cheap", "dense")


class TrainedJudgeUnusableError(JudgeInvalidError):
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
class JudgeCard:
    """What any trained judge was trained on, and how good it is.

    Attributes:
        kind: `linear` or `lora`.
        format: Of the folder.
        table: Name of the table that it was trained on.
        table_sha256: Hash of the rows that were used.
        rows: Labelled answers that it was trained on.
        refusals: How many of them are refusals.
        models: Whose answers those are.
        left_out: Rows that were not used, by reason.
        held_out: Its kappa on models that it did not see.
        tested: Its kappa on a table of its own, by model.
        test_table: That table's name, or None.
        seed: Of the training and of the intervals.
    """

    kind: str
    format: int
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedCard(JudgeCard):
    """What a linear trained judge is, and how good.

    Attributes:
        encoder: The encoder's name.
        encoder_identity: `sha256:` and the hash of its files.
        dimensions: Of its vectors.
        features: Version of the features.
        names: Names of the cheap features and cosines, in the order of the weights.
        c: Inverse strength of the regularisation, chosen by inner cross-validation.
        bias: Added to the weighted sum.
        slope: Of the calibration, from folds that were left out.
        threshold: Probability from which an answer is a refusal.
        licence: What is known of the licence of what it was trained on.
        weights_sha256: Hash of the file with the numbers.
    """

    encoder: str
    encoder_identity: str
    dimensions: int
    features: str
    names: tuple[str, ...]
    c: float
    bias: float
    slope: float
    threshold: float
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

    means: "NDArray[np.float64]"
    scales: "NDArray[np.float64]"
    cheap: "NDArray[np.float64]"
    dense: "NDArray[np.float64]"

    def data(self) -> bytes:
        """The arrays as an npz file without pickles; the same arrays give the same bytes."""
        file = io.BytesIO()
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        np.savez(file, allow_pickle=False, **arrays)
        return file.getvalue()


def read_trained(folder: Path) -> tuple[TrainedCard, Numbers]:
    """The card and the numbers in a trained judge's folder.

    Raises:
        TrainedJudgeUnusableError: A file is missing, is not what it should be, or is not the one
            that the card speaks of.
    """
    card = _card(_bytes(folder, CARD), folder)
    data = _bytes(folder, NUMBERS)
    if bytes_digest(data) != card.weights_sha256:
        raise TrainedJudgeUnusableError(f"{NUMBERS} must be the one that {CARD} names", folder.name)
    try:
        numbers = _numbers(data)
    except _NO_NUMBERS as error:
        rule = f"{NUMBERS} must hold the arrays {', '.join(_ARRAYS)}, none of them pickled"
        raise TrainedJudgeUnusableError(rule, folder.name) from error
    shapes = (numbers.means.shape, numbers.scales.shape, numbers.cheap.shape)
    if set(shapes) != {(len(card.names),)} or not numbers.dense.ndim == 1:
        raise TrainedJudgeUnusableError(f"{NUMBERS} must fit the features of {CARD}", folder.name)
    if not all(np.isfinite(getattr(numbers, name)).all() for name in _ARRAYS):
        raise TrainedJudgeUnusableError(f"{NUMBERS} must hold finite numbers alone", folder.name)
    return card, numbers


_LARGEST = 16_000_000
"""Bytes of a folder's file, and of an array in it: the shipped features come to a thousandth."""

_NO_NUMBERS = (
    *(ValueError, KeyError, OSError, EOFError, TypeError, MemoryError, OverflowError),
    *(SyntaxError, RuntimeError, zipfile.BadZipFile, zlib.error, tokenize.TokenError),
)
"""What numpy and zipfile raise of a file that is no npz file, or an odd one."""


def _numbers(data: bytes) -> Numbers:
    """The arrays of an npz file; what its list says of their sizes is looked at first."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sizes = [each.file_size for each in archive.infolist()]
    if max(sizes, default=0) > _LARGEST or len(sizes) > len(_ARRAYS):
        raise ValueError("an array must be small")
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        found = [file[name] for name in _ARRAYS]
    if not all(isinstance(each, np.ndarray) and each.dtype.kind == "f" for each in found):
        raise TypeError("an array must be of numbers")
    return Numbers(*(np.asarray(each, np.float64) for each in found))


def _bytes(folder: Path, name: str) -> bytes:
    try:
        with open_regular(folder / name) as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        rule = f"a trained judge's folder must hold {name}: {error.strerror}"
        raise TrainedJudgeUnusableError(rule, folder.name) from error
    if len(data) > _LARGEST:
        rule = f"{name} of a trained judge must have at most {_LARGEST:,} bytes"
        raise TrainedJudgeUnusableError(rule, folder.name)
    return data


def _card(data: bytes, folder: Path) -> TrainedCard:
    try:
        card = CARDS.validate_json(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        rule = f"{CARD} must be the card of a linear judge: {where}: {first['msg']}"
        raise TrainedJudgeUnusableError(rule, folder.name) from None
    if card.kind != "linear" or card.format != FORMAT:
        rule = f"{CARD} must be of kind linear and format {FORMAT}"
        raise TrainedJudgeUnusableError(rule, f"{card.kind}, format {card.format}")
    return card


CLIP = 4.0
"""Standard deviations beyond which a feature says no more: unseen models have odd extremes."""


@dataclass(frozen=True, eq=False)
class TrainedJudge:
    """Tells refusals by a linear model that `judge-train` made.

    Attributes:
        name: Its name in tables.
        encoder: The encoder's name in the recipe.
        card: What it is.
        numbers: Its weights.
    """

    name: str
    encoder: str
    card: TrainedCard
    numbers: Numbers

    @property
    def digest(self) -> str:
        """Of its numbers and how they are used; the encoder's identity is one of them."""
        card = self.card
        used = (card.weights_sha256, card.bias, card.slope, card.threshold, cosines_part())
        features = trained_features.features_version()
        return digest_of("trained-judge", features, card.encoder_identity, CLIP, *used)

    def judge(self, item: Item, family: str | None = None) -> Program[Judgment]:
        """Asks the encoder for the exchange's pieces; the reason is the probability of a refusal.

        A probability near the threshold, or near an edge of its two decimals, is computed again
        from vectors that were computed alone, so that no batch decides.

        Raises:
            NoEmbeddingError: The encoder gave no vectors.
            TrainedJudgeUnusableError: Its vectors have another length than in training.
        """
        answer = item.answer or ""
        texts = trained_features.pieces(item.text, answer)
        cheap = np.array(list(trained_features.cheap_features(item.text, answer).values()))
        found = self.probability(cheap, (yield from embed(self.encoder, texts)))
        if in_doubt(found, (self.card.threshold,)):
            found = self.probability(cheap, (yield from embed(self.encoder, texts, alone=True)))
        refused = found >= self.card.threshold
        label: RefusalLabel = "direct_refusal" if refused else "direct_answer"
        return Judgment(self.name, label, refused, f"probability {published(found):.2f}")

    def probability(self, cheap: np.ndarray, vectors: "Vectors") -> float:
        """The calibrated probability of a refusal.

        Args:
            cheap: The cheap features, in their order.
            vectors: Unit rows of the pieces.

        Raises:
            TrainedJudgeUnusableError: The vectors have another length than in training.
        """
        if vectors.shape[1] != self.card.dimensions:
            rule = f"the encoder's vectors must have {self.card.dimensions} dimensions"
            raise TrainedJudgeUnusableError(rule, vectors.shape[1])
        numbers, card = self.numbers, self.card
        row = np.concatenate([cheap, trained_features.cosines(vectors)])
        standard = np.clip((row - numbers.means) / numbers.scales, -CLIP, CLIP)
        score = float(standard @ numbers.cheap + dense(vectors) @ numbers.dense) + card.bias
        return float(1 / (1 + np.exp(-np.clip(card.slope * score, -500, 500))))


def load_trained(folder: Path, encoder: str, identity: str) -> TrainedJudge:
    """The judge in a folder that `judge-train` wrote; its name is the folder's.

    Args:
        folder: Where its card and weights are.
        encoder: The encoder's name in the recipe, for asking.
        identity: What that encoder is: `sha256:` and the hash of its files.

    Raises:
        TrainedJudgeUnusableError: The folder is not whole, or the judge was trained with another
            encoder or with other features.
    """
    card, numbers = read_trained(folder)
    if identity != card.encoder_identity:
        rule = f"the encoder of judge {folder.name} must be {card.encoder}, {card.encoder_identity}"
        raise TrainedJudgeUnusableError(rule, f"{encoder}, {identity}")
    if not is_current(card.features):
        rule = f"judge {folder.name} must be trained again: its features are of another version"
        raise TrainedJudgeUnusableError(rule, card.features)
    return TrainedJudge(folder.resolve().name, encoder, card, numbers)
