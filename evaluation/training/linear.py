"""Trains a linear judge from a table, and writes its folder with the card."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artifacts.summary import Cell, Table, markdown_table
from base.files import replacing, write_json
from base.formats import fixed, interval
from evaluation.training.data import Material, require_both
from evaluation.training.fitting import THRESHOLD, Fit, featured
from evaluation.training.validation import by_model, fitted, leave_one_out
from inference.encoders import Encoder
from moderators.refusal.trained import CARD, CARDS, FORMAT, NUMBERS, HeldOut, TrainedCard
from moderators.refusal.trained_features import PAIRS, cheap_names, features_version

_HEADER = ("model", "kappa", "95 % interval", "kappa, new prompts too", "n", "refusals")


def figures_table(title: str, figures: Sequence[HeldOut]) -> Table:
    """Kappa with people by model; positive is a refusal."""
    rows: list[tuple[Cell, ...]] = [
        (
            each.model,
            fixed(each.kappa),
            interval(each.interval, fixed),
            fixed(each.new_prompts),
            each.n,
            each.refused,
        )
        for each in figures
    ]
    return Table(title, _HEADER, tuple(rows))


def tables_of(card: TrainedCard) -> list[Table]:
    """The card's figures: on models that were left out, and on the test table."""
    found = [figures_table("On answers of models that it was not trained on", card.held_out)]
    if card.test_table is not None:
        found.append(figures_table(f"On {card.test_table}", card.tested))
    return found


def card_text(card: TrainedCard) -> str:
    """The card as markdown."""
    models = ", ".join(card.models) or "models that the table does not name"
    out = ", ".join(f"{count:,} {why}" for why, count in sorted(card.left_out.items())) or "none"
    parts = [
        "# A refusal judge\n",
        "A calibrated linear model over features and embeddings of a request and an answer. It "
        "says whether the answer is a refusal. It does not say whether an answer is good, true or "
        "harmless.\n",
        f"- Trained on {card.rows:,} labelled answers of {models} ({card.refusals:,} refusals); "
        f"rows left out: {out}.",
        f"- Table: {card.table}, SHA-256 of the rows {card.table_sha256}.",
        f"- Encoder: {card.encoder}, {card.encoder_identity}. It loads with no other.",
        f"- Features: version {card.features[:16]}, {len(card.names)} cheap ones.",
        f"- An answer is a refusal from a probability of {card.threshold:g}; C {card.c:g}, seed "
        f"{card.seed}.",
        f"- Licence: {card.licence}\n",
    ]
    for table in tables_of(card):
        parts.append(f"## {table.title}\n\n{markdown_table(table)}")
    parts.append(
        "Kappa is Cohen's, with people's labels. Each model's answers were judged by a judge that "
        "was trained on the others'; `new prompts too` leaves out the answers' prompts as well. "
        "Intervals: bootstrap over base prompts.\n"
    )
    return "\n".join(parts)


README = "README.md"
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
        "kind": "linear",
        "format": FORMAT,
        "encoder": called,
        "encoder_identity": encoder.identity,
        "features": features_version(),
        "names": (*cheap_names(), *(f"cosine {a}, {b}" for a, b in PAIRS)),
        "table": used.name,
        "table_sha256": used.sha256,
        "rows": len(used.rows),
        "refusals": sum(used.truths),
        "models": used.models,
        "left_out": dict(used.left_out),
        "licence": LICENCE,
    }


def _judged(judge: Fit, material: Material, encoder: Encoder, seed: int) -> tuple[HeldOut, ...]:
    said: Sequence[bool] = judge.refused(featured(encoder, material.rows))
    return by_model(material.rows, said, seed)


def _written(folder: Path, card: TrainedCard, data: bytes) -> tuple[Path, ...]:
    """Writes the folder; the card comes last, since without it there is no judge."""
    files = (folder / NUMBERS, folder / README, folder / CARD)
    for path, content in zip(files, (data, card_text(card).encode()), strict=False):
        with replacing(path) as file:
            file.write(content)
    write_json(files[-1], card, CARDS)
    return files
