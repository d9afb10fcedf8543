"""Help that shows verbs in sections, each with the whole of its line."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import typer.core


class Sections(typer.core.TyperGroup):
    """A command with verbs of its own; its help wraps lines where typer would cut them."""

    sections: ClassVar[Mapping[str, Sequence[str]]] = {}
    """The verbs of each section; none for a single one of all verbs."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - typer's own click
        """Writes each section with its verbs."""
        longest = max(map(len, self.commands))
        for title, verbs in (self.sections or {"verbs": tuple(self.commands)}).items():
            lines = [
                (verb.ljust(longest), " ".join((self.commands[verb].help or "").split()))
                for verb in verbs
            ]
            with formatter.section(title.capitalize()):
                formatter.write_dl(lines)
