"""What the cards of trained judges say, to programs and to readers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from artifacts.summary import Cell, Table, markdown_table
from base.formats import fixed, interval
from base.formats import markdown_text as _said
from moderators.refusal.trained import HeldOut, JudgeCard, TrainedCard

README = "README.md"
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


def tables_of(card: JudgeCard) -> list[Table]:
    """The card's figures: on models that were left out, and on the test table."""
    found = [figures_table("On answers of models that it was not trained on", card.held_out)]
    if card.test_table is not None:
        found.append(figures_table(f"On {card.test_table}", card.tested))
    return found


def _sections(card: JudgeCard) -> list[str]:
    return [f"## {_said(table.title)}\n\n{markdown_table(table)}" for table in tables_of(card)]


def linear_text(card: TrainedCard) -> str:
    """The card as markdown."""
    models = _said(", ".join(card.models)) or "models that the table does not name"
    out = ", ".join(f"{count:,} {_said(why)}" for why, count in sorted(card.left_out.items()))
    parts = [
        "# A refusal judge\n",
        "A calibrated linear model over features and embeddings of a request and an answer. It "
        "says whether the answer is a refusal. It does not say whether an answer is good, true or "
        "harmless.\n",
        f"- Trained on {card.rows:,} labelled answers of {models} ({card.refusals:,} refusals); "
        f"rows left out: {out or 'none'}.",
        f"- Table: {_said(card.table)}, SHA-256 of the rows {card.table_sha256}.",
        f"- Encoder: {_said(card.encoder)}, {_said(card.encoder_identity)}. It loads with "
        "no other.",
        f"- Features: version {card.features[:16]}, {len(card.names)} cheap ones.",
        f"- An answer is a refusal from a probability of {card.threshold:g}; C {card.c:g}, seed "
        f"{card.seed}.",
        f"- Licence: {_said(card.licence)}\n",
        *_sections(card),
        "Kappa is Cohen's, with people's labels. Each model's answers were judged by a judge that "
        "was trained on the others'; `new prompts too` leaves out the answers' prompts as well. "
        "Intervals: bootstrap over base prompts.\n",
    ]
    return "\n".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraCard(JudgeCard):
    """What a fine-tuned judge is, and how good.

    Attributes:
        base: The model that was fine-tuned.
        revision: Its commit on the Hub, or None.
        settings: How it was trained.
        merged: Whether the folder holds a whole model, not adapters alone.
        template_sha256: Hash of the chat that it was trained on; it must be asked with the same.
    """

    base: str
    revision: str | None
    settings: Mapping[str, Any]
    merged: bool
    template_sha256: str


LORA_CARDS = TypeAdapter(LoraCard)


def lora_text(card: LoraCard) -> str:
    """The card as markdown."""
    what = "The whole model, adapters merged." if card.merged else "LoRA adapters."
    base = _said(card.base + (f" at {card.revision}" if card.revision else ""))
    parts = [
        "# A fine-tuned refusal judge\n",
        f"{what} It says 1 where an answer fulfils a request, and 0 where it refuses. Serve it "
        "behind vLLM and name it in a recipe with `dialect: sorry-judge`.\n",
        f"- Base: {base}; its licence holds for this judge too, and so do the terms of the table: "
        "ask for them, and for those of the models that answered, before passing the judge on.",
        f"- Trained on {card.rows:,} labelled answers of {_said(', '.join(card.models))} "
        f"({card.refusals:,} refusals), table {_said(card.table)}, SHA-256 of the rows "
        f"{card.table_sha256}; seed {card.seed}.\n",
        *_sections(card),
    ]
    return "\n".join(parts)
