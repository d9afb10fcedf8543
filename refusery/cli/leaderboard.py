"""`refusery leaderboard`: an evaluation as a static page with its JSON."""

from pathlib import Path
from typing import Annotated

import typer

from artifacts.evaluation_facts import EVALUATION, read_evaluation
from artifacts.leaderboard.page import JSON, PAGE, write_leaderboard
from refusery.cli.printing import say


def leaderboard(
    evaluation: Annotated[
        Path,
        typer.Argument(
            metavar="EVALUATION", help="The folder of an evaluation, or its evaluation.json."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Where the page goes; by default leaderboard/ beside it."),
    ] = None,
) -> None:
    """Write a static page of an evaluation: sortable rates, intervals, figures, how it was made."""
    path = evaluation / EVALUATION if evaluation.is_dir() else evaluation
    folder = path.parent / "leaderboard" if out is None else out
    write_leaderboard(folder, read_evaluation(path))
    say(f"written: {folder / PAGE}, {folder / JSON}")
