"""Families as pages of HTML: one file each, texts hidden until they are asked for."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from artifacts.report.rendering import compose, environment, report_style
from artifacts.report.rows import LONGEST
from artifacts.seed_browser.families import Family, Member, Opinion
from base.files import replacing
from base.formats import script_json

FAMILIES = 200
"""Families of a page at most."""
BYTES = 4_000_000
"""The most that the data of a page with more than one family may weigh."""
_HERE = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Attributes:
        name: Its file's name.
        first: The place of its first family, from 1.
        last: That of its last one.
        data: What its script reads.
    """

    name: str
    first: int
    last: int
    data: Mapping[str, Any]


def write_pages(
    path: Path,
    title: str,
    families: Sequence[Family],
    sensitive: Collection[str],
) -> list[Path]:
    """Writes the first page, and more of them beside it where one does not hold all.

    Args:
        path: The first page's file; the second of `seeds.html` is `seeds-2.html`.
        title: What the families are of: a recipe and a version.
        families: All of them, in their order.
        sensitive: The categories whose texts are withheld.

    Returns:
        The pages' files.

    Raises:
        FileUnwritableError: A file cannot be written; `NoSpaceError` where the disk is full.
    """
    pages = list(_pages(path, families, frozenset(sensitive)))
    for place, page in enumerate(pages):
        text = compose(
            environment(_HERE).get_template("seeds.html"),
            page.data,
            report_style() + _file("seeds.css"),
            _file("seeds.js"),
            title=title,
            shown=page,
            number=place + 1,
            pages=pages,
            families=len(families),
            before=pages[place - 1] if place else None,
            after=pages[place + 1] if place + 1 < len(pages) else None,
        )
        with replacing(path.with_name(page.name)) as file:
            file.write(text.encode())
    return [path.with_name(page.name) for page in pages]


def _pages(path: Path, families: Sequence[Family], sensitive: frozenset[str]) -> Iterator[Page]:
    start = number = 0
    while start < len(families) or not number:
        number += 1
        piece = [_packed(family, sensitive) for family in families[start : start + FAMILIES]]
        while len(piece) > 1 and len(script_json(piece).encode()) > BYTES:
            piece = piece[: len(piece) // 2]
        name = path.name if number == 1 else f"{path.stem}-{number}{path.suffix}"
        yield Page(name, start + 1, start + len(piece), {"families": piece})
        start += len(piece)


def _packed(family: Family, sensitive: frozenset[str]) -> dict[str, Any]:
    withheld = family.category in sensitive or any(
        member.category in sensitive for member in family.made
    )
    return {
        "root": family.root,
        "category": family.category,
        "source": family.seed.source if family.seed is not None else "",
        "withheld": withheld,
        "seed": None if family.seed is None else _member(family.seed, withheld),
        "made": [_member(member, withheld) for member in family.made],
    }


def _member(member: Member, withheld: bool) -> dict[str, Any]:
    return {
        "row": member.row,
        "text": "" if withheld else cut(member.text),
        "stage": member.stage,
        "reason": member.reason,
        "label": member.label,
        "facts": [] if withheld else [cut(fact) for fact in member.facts],
        "opinions": [_opinion(each, withheld) for each in member.opinions],
    }


def _opinion(opinion: Opinion, withheld: bool) -> dict[str, Any]:
    said = {"model": opinion.model, "said": opinion.said}
    if withheld:
        return said
    return {**said, "why": cut(opinion.why), "answer": cut(opinion.answer or "")}


def cut(text: str) -> str:
    """A text as it is shown: very long ones end early, and say so.

    Example:
        >>> cut("short"), len(cut("x" * 10_000)) < 6_100
        ('short', True)
    """
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}\n[cut here: the text has {len(text):,} characters]"


@cache
def _file(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
