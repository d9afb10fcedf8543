"""`refusery doctor`: what of a recipe would work here."""

from __future__ import annotations

import os
from pathlib import Path

from artifacts.summary import Table
from flows.benchmarks import doctor as examine
from pipelines.planning.servers import ask_model
from pipelines.recipe import load
from refusery.cli.printing import console as open_console
from refusery.cli.printing import print_tables


def doctor(recipe: Path, settings: list[str], ask: bool = False) -> int:
    """Prints every finding; 1 where one would end a run, else 0.

    Args:
        recipe: The recipe's file.
        settings: Overrides, each `key=value`.
        ask: Whether each model is asked a short question too, which costs what it costs.
    """
    findings = examine(load(recipe, settings), os.environ, ask=ask_model if ask else None)
    rows = tuple((each.level, each.subject, each.says) for each in findings)
    console = open_console()
    print_tables(console, [Table("", ("", "key", "what was found"), rows)])
    problems = sum(each.level == "problem" for each in findings)
    console.print(f"{problems} problems" if problems else "Everything that is built would work.")
    return 1 if problems else 0
