"""`refusery agree`: how far the raters of any table of labels agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import typer
from pydantic import TypeAdapter

from artifacts.errors import ColumnUnusableError
from artifacts.summary import Cell, Table, facts
from artifacts.user_tables import read_any_table
from evaluation.judging.report import figure
from people.agreement import SURE, Agreement, Posterior, agreement
from people.ratings import Long, Rated, as_refusals, rated_long, rated_wide
from refusery.cli.printing import console, print_tables

_ADAPTER = TypeAdapter(Agreement)


@dataclass(frozen=True, slots=True)
class Options:
    """What to compare.

    Attributes:
        table: The table of labels.
        columns: One column a rater; none for the usual ones, or for the long form.
        item: Long form: the column that says what is rated.
        rater: Long form: the column that says who rates.
        label: Long form: the column with the labels.
        refusals: Whether labels are compared as refused or not.
        json: Whether JSON is printed in place of tables.
    """

    table: Path
    columns: tuple[str, ...]
    item: str | None
    rater: str | None
    label: str | None
    refusals: bool
    json: bool


def agree(options: Options) -> None:
    """Prints every figure of agreement, as tables or as JSON."""
    rated = _rated(options)
    if options.refusals:
        rated = as_refusals(rated)
    found = agreement(rated)
    if options.json:
        typer.echo(_ADAPTER.dump_json(found, indent=2).decode())
        return
    print_tables(console(), agreement_tables(found))
    for note in found.notes:
        typer.echo(f"note: {note}")


def agreement_tables(found: Agreement) -> Iterator[Table]:
    """The figures as tables."""
    yield facts(
        "Agreement",
        {
            "items": found.items,
            "with a label": found.rated,
            "with two labels or more": found.twice,
            "observed agreement": figure(found.observed),
            "Fleiss' kappa": figure(found.fleiss),
            "Krippendorff's alpha": figure(found.alpha),
            "Gwet's AC1": figure(found.ac1),
        },
    )
    if found.pairs:
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (each.first, each.second, each.n, figure(each.observed), figure(each.kappa))
            for each in found.pairs
        )
        yield Table("Pairs", ("first", "second", "n", "observed", "Cohen's kappa"), rows)
    labels = tuple(found.labels)
    if labels:
        leanings: tuple[tuple[Cell, ...], ...] = tuple(
            (each.rater, each.n, *(_signed(each.bias.get(label)) for label in labels))
            for each in found.leanings
        )
        yield Table("How much more often than the others", ("rater", "n", *labels), leanings)
    if found.posterior is not None:
        yield from _posterior(found.posterior)


def _posterior(found: Posterior) -> Iterator[Table]:
    settled = "yes" if found.converged else "no"
    prior = {f"truly {label}": figure(share) for label, share in found.prior.items()}
    yield facts(
        "True labels by Dawid and Skene",
        {
            **prior,
            f"items at least {SURE:.0%} sure": found.sure,
            "items less sure": found.unsure,
            "items against the majority": found.against_majority,
            "steps": found.iterations,
            "settled": settled,
        },
    )
    labels = tuple(found.prior)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (errors.rater, true, *(figure(given[label]) for label in labels))
        for errors in found.errors
        for true, given in errors.given.items()
    )
    yield Table("What raters say of each true label", ("rater", "truly", *labels), rows)


def _signed(value: float | None) -> str:
    return "" if value is None else f"{value:+.3f}"


def _rated(options: Options) -> Rated:
    frame = read_any_table(options.table)
    long = [options.item, options.rater, options.label]
    if not any(long):
        return rated_wide(frame, options.columns)
    if options.item is None or options.rater is None or options.label is None:
        raise ColumnUnusableError("the long form must have --item, --rater and --label")
    if options.columns:
        raise ColumnUnusableError("--columns must not come with --item, --rater and --label")
    return rated_long(frame, Long(options.item, options.rater, options.label))
