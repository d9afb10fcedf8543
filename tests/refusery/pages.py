"""Pages of the documentation whose blocks are run, as a notebook runs its cells."""

from __future__ import annotations

import ast
import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

_FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"`([\w.]+\.yaml)`")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a page.

    Attributes:
        kind: What stands behind its fence: `python`, `text`, `yaml`.
        text: What it holds.
        line: The line of its fence.
        file: The last file that the page names before it.
    """

    kind: str
    text: str
    line: int
    file: str | None


def blocks(page: Path) -> Iterator[Block]:
    """The page's blocks in order."""
    whole = page.read_text(encoding="utf-8")
    for found in _FENCED.finditer(whole):
        before = whole[: found.start()]
        files = _FILE.findall(before)
        yield Block(found[1], found[2], before.count("\n") + 1, files[-1] if files else None)


def shown(code: str, names: dict[str, object]) -> str:
    """What a notebook shows of a cell: what it prints, then its last expression's value."""
    tree = ast.parse(code)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "<block>", "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "<block>", "eval"), names)
            if value is not None:
                shown = str(value) if isinstance(value, pl.DataFrame) else repr(value)
                printed.write(f"{shown}\n")
    return printed.getvalue()
