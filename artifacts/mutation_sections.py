"""The card's words on base set, styles and coverage."""

from __future__ import annotations

from collections.abc import Mapping

from artifacts.manifest import ReleaseFacts
from artifacts.mutation_facts import MutationFacts
from artifacts.mutation_summary import base_table, coverage_table, outside_table, styles_table
from artifacts.summary import Table, markdown_table

_ENCODED = {
    "canonical": "Texts were encoded correctly (`canonical`): decoding gives the base back.",
    "compat": (
        "Texts were encoded with the quirks of the published files (`compat`), as these follow"
        " from\nthe code that they were made with; the files themselves were not seen."
    ),
}
_NO_MUTATIONS = "This release holds the base set alone."


def mutation_blanks(release: ReleaseFacts) -> Mapping[str, str]:
    """What the card of a fine-grained set is filled with; nothing for any other set."""
    found = release.mutations
    if found is None:
        return {}
    return {
        "base": _shown(base_table(found.base, release.categories)) + _outside(found),
        "width": str(found.base.width),
        "styles": _shown(styles_table(found)),
        "coverage": _shown(coverage_table(found, release.categories)),
        "missing": _missing(found),
        "encodings": _NO_MUTATIONS if found.encodings is None else _ENCODED[found.encodings],
        "taxonomy_size": str(len(release.categories)),
    }


def _missing(found: MutationFacts) -> str:
    """What the release lacks, in a paragraph or two."""
    empty = ", ".join(f"`{name}`" for name in found.empty)
    base = f"\n\nThe base set has no request of {empty}." if empty else ""
    return _lost(found) + base


def _lost(found: MutationFacts) -> str:
    if not found.missing:
        return "Nothing is missing: each base request is there in every style."
    stopped = [f"`{style.name}`" for style in found.styles if style.stopped]
    said = f"**{found.missing:,} rows are missing**; nothing was put in their place."
    if not stopped:
        return said
    return (
        f"{said} Of the first {found.pilot} rows none passed in {', '.join(stopped)}:"
        " nobody was asked further."
    )


def _outside(found: MutationFacts) -> str:
    table = outside_table(found.base)
    if not table.rows:
        return ""
    return f"\n\nCandidates that fit no category, by likeness:\n\n{_shown(table)}"


def _shown(table: Table) -> str:
    return markdown_table(table).rstrip()
