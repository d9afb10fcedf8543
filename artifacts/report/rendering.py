"""Templates, style sheet and script as files, put together into pages that fetch nothing."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from artifacts.summary import Cell, Table
from base.formats import NONE, NOT_MEASURED, cell, html_text, row_count, script_json


def csp_hash(source: str) -> str:
    """How a content security policy names an inline script or style sheet."""
    digest = hashlib.sha256(source.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


_HERE = Path(__file__).parent / "templates"
_NO_NUMBER = (NONE, NOT_MEASURED, "left out", "unknown")
_NUMBER = re.compile(r"[-$\d][\d.,%()e +-]*(?: to [\d.,%]+)?")
_POLICY = (
    "default-src 'none'; script-src {script}; style-src {style}; img-src data:;"
    " base-uri 'none'; form-action 'none'"
)


def render(template: str, data: object, **blanks: object) -> str:
    """A page.

    Args:
        template: A file in `templates/`.
        data: What the page's script reads.
        blanks: What the template needs beside it.
    """
    page = environment().get_template(template)
    return compose(page, data, _file("report.css"), _file("report.js"), **blanks)


def compose(page: Template, data: object, style: str, script: str, **blanks: object) -> str:
    """A page with its one style sheet and its one script, and a policy that allows them alone.

    Args:
        page: A template that extends `base.html`.
        data: What the page's script reads.
        style: The style sheet.
        script: The script.
        blanks: What the template needs beside them.
    """
    return html_text(
        page.render(
            **blanks,
            style=Markup(style),
            script=Markup(script),
            data=Markup(script_json(data)),
            policy=_POLICY.format(script=csp_hash(script), style=csp_hash(style)),
        )
    )


@cache
def environment(*folders: Path) -> Environment:
    """Where templates are found: in these folders, then among the report's own."""
    made = Environment(
        loader=FileSystemLoader([*folders, _HERE]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(cell=cell, numeric=_numeric, row_count=row_count)
    return made


def report_style() -> str:
    """The report's style sheet, which other pages begin with."""
    return _file("report.css")


@cache
def _file(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _numeric(table: Table) -> tuple[bool, ...]:
    """Which columns hold numbers, alone or in words: they are set to the right."""
    columns = (
        [row[place] for row in table.rows if row[place] not in (None, "")]
        for place in range(len(table.header))
    )
    return tuple(bool(cells) and all(map(_is_number, cells)) for cells in columns)


def _is_number(value: Cell) -> bool:
    if not isinstance(value, str) or value.partition(":")[0] in _NO_NUMBER:
        return True
    return bool(_NUMBER.fullmatch(value))
