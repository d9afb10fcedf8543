"""A trained judge's card for readers, and its figures as a table."""

from __future__ import annotations

from collections.abc import Sequence

from artifacts.summary import Cell, Table, markdown_table
from moderators.refusal.trained_card import HeldOut, TrainedCard

_HEADER = ("model", "kappa", "95 % interval", "kappa, new prompts too", "n", "refusals")


def figures_table(title: str, figures: Sequence[HeldOut]) -> Table:
    """Kappa with people by model; positive is a refusal."""
    rows: list[tuple[Cell, ...]] = [
        (
            each.model,
            _said(each.kappa),
            _interval(each),
            _said(each.new_prompts),
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


def _said(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _interval(each: HeldOut) -> str:
    return "" if each.interval is None else f"{each.interval[0]:.3f} to {each.interval[1]:.3f}"
