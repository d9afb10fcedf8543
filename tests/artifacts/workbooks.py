"""Workbooks as spreadsheets write them: a ZIP of XML, made here by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from artifacts.xlsx_tables import cell_name

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK = (
    f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Second written" sheetId="2" r:id="rId2"/>'
    '<sheet name="Other" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    f'<Relationships><Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/a.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/worksheet" Target="/xl/worksheets/b.xml"/>'
    "</Relationships>"
)
STYLES = (
    "<styleSheet>"
    '<numFmts><numFmt numFmtId="164" formatCode="[$-407]dd\\.mm\\.yyyy;@"/>'
    '<numFmt numFmtId="165" formatCode="0.00&quot; days&quot;"/>'
    '<numFmt numFmtId="166" formatCode="[h]:mm"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/>'
    '<xf numFmtId="22"/><xf numFmtId="166"/></cellXfs></styleSheet>'
)


def sheet(rows: str) -> str:
    """A sheet's XML around its rows."""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def workbook(rows: str, parts: Mapping[str, str] | None = None) -> bytes:
    """A workbook whose first sheet has these rows; parts are put beside or over the others."""
    files = {
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS,
        "xl/worksheets/a.xml": sheet('<row r="1"><c r="A1"><v>7</v></c></row>'),
        "xl/worksheets/b.xml": sheet(rows),
        **(parts or {}),
    }
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            file.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}')
    return raw.getvalue()


def row(number: int, *cells: str) -> str:
    """A row of cells."""
    return f'<row r="{number}">{"".join(cells)}</row>'


def text(place: str, value: str) -> str:
    """A cell with its text in it."""
    written = escape(value).replace("\r", "&#13;")
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{written}</t></is></c>'


def of_texts(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook with a header and rows of texts."""
    lines = [
        row(n, *(text(cell_name(n, place), value) for place, value in enumerate(values)))
        for n, values in enumerate([header, *rows], 1)
    ]
    return workbook("".join(lines))
