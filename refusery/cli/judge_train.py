"""`refusery judge-train`: a refusal judge of one's own, from any table of labelled answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import typer

from artifacts.summary import Table
from artifacts.user_tables import read_any_table
from base.did_you_mean import did_you_mean
from evaluation.judging.labelled_tables import Named
from evaluation.training.chats import require_jsonl, write_chats
from evaluation.training.data import Material, read_material
from evaluation.training.errors import TrainingInputError
from refusery.cli.printing import console, print_tables

KINDS = ("linear", "lora")


@dataclass(frozen=True, slots=True)
class Options:
    """What to train on, and how.

    Attributes:
        table: The table of labelled answers.
        out: The folder of the judge, or None to export alone.
        kind: `linear` or `lora`.
        columns: The table's columns.
        hold_out: A model whose answers are only tested on, or a column whose values are left out
            one at a time; None for models, one at a time.
        test: A table of labelled answers to test on, or None.
        export: Where the training chats are written, or None.
        encoder: The encoder of a linear judge.
        settings: The YAML file of a fine-tuning, or None.
        seed: Of a fine-tuning, and of all intervals.
        cache: Where embeddings are kept.
    """

    table: Path
    out: Path | None
    kind: str
    columns: Named
    hold_out: str | None
    test: Path | None
    export: Path | None
    encoder: str
    settings: Path | None
    seed: int
    cache: Path


def judge_train(options: Options) -> None:
    """Trains, prints kappa by held-out model, saves; writes the chats where a file is given.

    Raises:
        TrainingInputError: Nothing is asked for, or the table is none that a judge can learn from.
        TrainingExtraMissingError: Fine-tuning is asked for without its extra.
    """
    if options.kind not in KINDS:
        rule = f"--kind must be {' or '.join(KINDS)}{did_you_mean(options.kind, KINDS)}"
        raise TrainingInputError(rule, options.kind)
    if options.out is None and options.export is None:
        raise TrainingInputError("judge-train must have --out FOLDER, or --export FILE")
    if options.export is not None:
        require_jsonl(options.export)
    if options.kind == "lora" and options.out is not None:
        from evaluation.training.lora import require_extra

        require_extra()
    material, hold_out = _material(options)
    test = None
    if options.test is not None:
        test = read_material(options.test, options.columns, training=False)
    for why, count in sorted(material.left_out.items()):
        typer.echo(f"left out: {count:,} {why}")
    if options.export is not None:
        _export(options.export, material, hold_out)
    if options.out is not None:
        _trained(options, options.out, material, hold_out, test)


def _material(options: Options) -> tuple[Material, str | None]:
    """The labelled answers, and the model that is held out."""
    given, columns = options.hold_out, options.columns
    found = read_material(options.table, columns)
    if given is None or given in found.models:
        return found, given
    there = read_any_table(options.table).columns
    if given not in there:
        rule = (
            f"--hold-out must be a model or a column{did_you_mean(given, (*found.models, *there))}"
        )
        raise TrainingInputError(rule, given)
    return read_material(options.table, replace(columns, model=given)), None


def _export(path: Path, material: Material, hold_out: str | None) -> None:
    rows = material.rows if hold_out is None else material.without(hold_out).rows
    typer.echo(f"written: {path} ({write_chats(path, rows):,} chats)")


def _trained(
    options: Options, out: Path, material: Material, hold_out: str | None, test: Material | None
) -> None:
    shown: list[Table]
    if options.kind == "lora":
        from evaluation.training.lora import train_lora
        from evaluation.training.lora_card import lora_tables, read_settings

        if hold_out is None:
            rule = "a fine-tuning must have --hold-out MODEL: each one left out costs a run"
            raise TrainingInputError(rule, ", ".join(material.models))
        settings = read_settings(options.settings)
        shown = lora_tables(train_lora(material, settings, out, options.seed, hold_out, test))
    else:
        from evaluation.training.linear import tables_of, train_linear
        from inference.encoders import Encoder
        from inference.models import EncoderSpec

        folder = Path(options.encoder)
        spec = EncoderSpec(options.encoder, path=folder if folder.is_dir() else None)
        encoder = Encoder(spec, options.cache / "embeddings")
        try:
            called = options.encoder
            found = train_linear(material, encoder, called, out, options.seed, hold_out, test)
        finally:
            encoder.close()
        shown = tables_of(found.card)
    print_tables(console(), shown)
    typer.echo(f"written: {out}")
