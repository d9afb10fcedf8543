"""`refusery agree`: how far the raters of any table of labels agree."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter

from artifacts.errors import ColumnUnusableError
from artifacts.summary import Cell, Table, facts, rater_figures
from artifacts.user_tables import read_any_table
from base.formats import signed, statistic
from people.agreement import SURE, Agreement, Posterior, agreement
from people.ratings import Long, Rated, as_refusals, rated_long, rated_wide
from refusery.cli import options, printing


def agree(
    table: Annotated[str, typer.Argument(metavar="TABLE", help=options.TABLE)],
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,...", help="One column a rater; by default annotation_1, annotation_2, ..."
        ),
    ] = None,
    item: Annotated[
        str | None, typer.Option(help="Long form: the column that says what is rated.")
    ] = None,
    rater: Annotated[
        str | None, typer.Option(help="Long form: the column that says who rates.")
    ] = None,
    label: Annotated[
        str | None, typer.Option(help="Long form: the column with the labels.")
    ] = None,
    refusals: Annotated[
        bool,
        typer.Option("--refusals", help="Compare refused or not, whatever classes labels are of."),
    ] = False,
    json: options.Json = False,
) -> None:
    """Show how far raters agree: kappas, alpha, AC1, each one's leaning, Dawid and Skene."""
    rated = _rated(options.located(table), options.names(columns), _long(item, rater, label))
    if refusals:
        rated = as_refusals(rated)
    found = agreement(rated)
    if json:
        printing.say_json(TypeAdapter(Agreement).dump_json(found, indent=2).decode())
        return
    printing.print_tables(_tables(found))
    for note in found.notes:
        printing.say(f"note: {note}")


def _long(item: str | None, rater: str | None, label: str | None) -> Long | None:
    """The columns of the long form; None where none of them is named."""
    if item is None and rater is None and label is None:
        return None
    if not item or not rater or not label:
        raise ColumnUnusableError("the long form must have --item, --rater and --label")
    return Long(item, rater, label)


def _rated(table: Path, columns: tuple[str, ...], long: Long | None) -> Rated:

    frame = read_any_table(table)
    if long is None:
        return rated_wide(frame, columns)
    if columns:
        raise ColumnUnusableError("--columns must not come with --item, --rater and --label")
    return rated_long(frame, long)


def _tables(found: Agreement) -> Iterator[Table]:
    """The figures as tables."""
    yield facts(
        "Agreement",
        {
            "items": found.items,
            "with a label": found.rated,
            "with two labels or more": found.twice,
            **rater_figures(found.observed, found.fleiss, found.alpha, found.ac1),
        },
    )
    if found.pairs:
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (each.first, each.second, each.n, statistic(each.observed), statistic(each.kappa))
            for each in found.pairs
        )
        yield Table("Pairs", ("first", "second", "n", "observed", "Cohen's kappa"), rows)
    labels = tuple(found.labels)
    if labels:
        leanings: tuple[tuple[Cell, ...], ...] = tuple(
            (each.rater, each.n, *(signed(each.bias.get(label)) for label in labels))
            for each in found.leanings
        )
        yield Table("How much more often than the others", ("rater", "n", *labels), leanings)
    if found.posterior is not None:
        yield from _posterior(found.posterior)


def _posterior(found: Posterior) -> Iterator[Table]:

    settled = "yes" if found.converged else "no"
    prior = {f"truly {label}": statistic(share) for label, share in found.prior.items()}
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
        (errors.rater, true, *(statistic(given[label]) for label in labels))
        for errors in found.errors
        for true, given in errors.given.items()
    )
    yield Table("What raters say of each true label", ("rater", "truly", *labels), rows)
