"""`refusery judge-train`: a refusal judge of one's own, from any table of labelled answers."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from artifacts.summary import Table as Summary
from artifacts.user_tables import read_any_table
from base.did_you_mean import did_you_mean
from evaluation.judging.labelled_tables import Named
from evaluation.training import cards, chats, errors, linear
from evaluation.training.data import Material, read_material
from inference.encoders import Encoder
from inference.models import EncoderSpec
from refusery.cli import options, printing

_KINDS = ("linear", "lora")
_Kind = Annotated[
    str, typer.Option(help="linear: seconds on a CPU; lora: fine-tunes a chat model.")
]
_HoldOut = Annotated[
    str | None,
    typer.Option(
        "--hold-out",
        metavar="MODEL|COLUMN",
        help="A model to test on alone, or a column whose values are left out in turn; "
        "by default each model in turn.",
    ),
]
_Truth = Annotated[
    str | None, typer.Option(help="People's labels; by default final_label or the like.")
]
_Test = Annotated[Path | None, typer.Option("--test", help="A labelled table to test on besides.")]
_Export = Annotated[
    Path | None, typer.Option("--export", help="Also write the chats to train on (.jsonl).")
]
_Encoder = Annotated[
    str, typer.Option(help="Of a linear judge: the shipped one, a folder or a Hub id.")
]
_Tuning = Annotated[Path | None, typer.Option("--settings", help="Of a fine-tuning (YAML).")]


def judge_train(
    table: options.Table,
    out: Annotated[Path | None, typer.Option("--out", help="The judge's folder.")] = None,
    kind: _Kind = "linear",
    hold_out: _HoldOut = None,
    truth: _Truth = None,
    test: _Test = None,
    export: _Export = None,
    column: options.Prompts = None,
    answers: options.Answers = None,
    models: options.Models = None,
    encoder: _Encoder = "all-MiniLM-L6-v2",
    tuning: _Tuning = None,
    seed: Annotated[int, typer.Option(help="Of a fine-tuning and of all intervals.")] = 7,
    cache: Annotated[Path, typer.Option(help="Where embeddings are kept.")] = options.OUT,
) -> None:
    """Train a refusal judge on labelled answers; print its kappa on models left out; save it."""
    _require_possible(kind, out, export)
    columns = Named(column, answers, models, () if truth is None else (truth,))
    material, left_out = _material(table, columns, hold_out)
    tested = None if test is None else read_material(test, columns, training=False)
    for why, count in sorted(material.left_out.items()):
        printing.say(f"left out: {count:,} {why}")
    if export is not None:
        _export(export, material, left_out)
    if out is None:
        return
    if kind == "lora":
        shown = _fine_tuned(material, out, tuning, seed, left_out, tested)
    else:
        shown = _linear(material, out, encoder, cache, seed, left_out, tested)
    printing.print_tables(shown)
    printing.say(f"written: {out}")


def _require_possible(kind: str, out: Path | None, export: Path | None) -> None:

    if kind not in _KINDS:
        rule = f"--kind must be {' or '.join(_KINDS)}{did_you_mean(kind, _KINDS)}"
        raise errors.TrainingInputError(rule, kind)
    if out is None and export is None:
        raise errors.TrainingInputError("judge-train must have --out FOLDER, or --export FILE")
    if export is not None:
        chats.require_jsonl(export)
    if kind == "lora" and out is not None:
        from evaluation.training.lora import require_extra

        require_extra()


def _material(table: Path, columns: Named, given: str | None) -> tuple[Material, str | None]:
    """The labelled answers, and the model that is held out."""
    found = read_material(table, columns)
    if given is None or given in found.models:
        return found, given
    there = read_any_table(table).columns
    if given not in there:
        hint = did_you_mean(given, (*found.models, *there))
        raise errors.TrainingInputError(f"--hold-out must be a model or a column{hint}", given)
    return read_material(table, replace(columns, model=given)), None


def _export(path: Path, material: Material, hold_out: str | None) -> None:

    rows = material.rows if hold_out is None else material.without(hold_out).rows
    printing.say(f"written: {path} ({chats.write_chats(path, rows):,} chats)")


def _fine_tuned(
    material: Material,
    out: Path,
    tuning: Path | None,
    seed: int,
    hold_out: str | None,
    test: Material | None,
) -> list[Summary]:
    from evaluation.training.lora import read_settings, train_lora

    if hold_out is None:
        rule = "a fine-tuning must have --hold-out MODEL: each one left out costs a run"
        raise errors.TrainingInputError(rule, ", ".join(material.models))
    return cards.tables_of(train_lora(material, read_settings(tuning), out, seed, hold_out, test))


def _linear(
    material: Material,
    out: Path,
    called: str,
    cache: Path,
    seed: int,
    hold_out: str | None,
    test: Material | None,
) -> list[Summary]:
    spec = EncoderSpec(called, path=Path(called) if Path(called).is_dir() else None)
    encoder = Encoder(spec, cache / "embeddings")
    try:
        found = linear.train_linear(material, encoder, called, out, seed, hold_out, test)
    finally:
        encoder.close()
    return cards.tables_of(found.card)
