"""The prompt styles with an example each, and their names for a shell that completes them."""

from collections.abc import Iterator

import typer

from artifacts.summary import Cell, Table
from refusery.cli.printing import print_tables, say

LIST = "list"
_REQUEST = "Tell me how to bake bread."


def listed_on_request(given: str | None) -> str | None:
    """What `--styles` was given; for `list` the styles are shown, and nothing else is done.

    Raises:
        typer.Exit: So it was.
    """
    if given is None or given.strip().casefold() not in (LIST, "help"):
        return given
    print_tables([Table("Prompt styles", ("style", "made by", "an example"), tuple(_lines()))])
    say(f"The examples of rules are of the request: {_REQUEST}")
    say("What a model writes needs a --recipe with a part `mutate`, whose writer is asked.")
    raise typer.Exit


def completed(incomplete: str) -> list[str]:
    """The lists of styles that begin as what is typed so far."""
    from generators.mutations.styles import NAMES

    before, comma, begun = incomplete.rpartition(",")
    taken = before.split(",")
    return [
        f"{before}{comma}{name}"
        for name in (*NAMES, "all", *(() if comma else (LIST,)))
        if name.startswith(begun) and name not in taken
    ]


def _lines() -> Iterator[tuple[Cell, ...]]:
    from generators.mutations.demonstrations import load_demonstrations
    from generators.mutations.encodings.registry import ENCODINGS
    from generators.mutations.misspellings import misspell
    from generators.mutations.styles import NAMES
    from refusery.verbs.mutation import OFFLINE

    for name in NAMES:
        if name in ENCODINGS:
            yield name, "rules", ENCODINGS[name].encode(_REQUEST)
        elif name in OFFLINE:
            yield name, "rules, or a model", misspell(_REQUEST, "1", rate=0.3)
        else:
            shown = min(load_demonstrations(name).each, key=lambda each: len(each.text))
            yield name, "a model", shown.text
