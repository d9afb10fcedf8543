"""The card's words on versions, changes, the audit, and the people who looked at the rows."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from artifacts.audit_facts import MainFigure
from artifacts.audit_tables import gates_table
from artifacts.diff.tables import change_tables
from artifacts.manifest import ReleaseFacts
from artifacts.release_tables import review_tables
from artifacts.summary import Table, markdown_table
from artifacts.version_facts import Changes, Lineage, ReviewFacts
from base.formats import interval, significant

_WIDTH = 98
_SHOWN_HASH = 16
# A set of 44 categories in 21 styles has a thousand counts that may differ.
_MOST_ROWS = 60
_ALONE = "This version stands by itself: no rows were carried from another one."
_NO_CHANGES = "No comparison with an earlier version stands with this release."
_NO_AUDIT = "No audit stands with this release."
_NO_PEOPLE = "No person has looked at a sample of this release."
_NO_GATES = "The recipe of this release has no gates."


def version_blanks(release: ReleaseFacts) -> Mapping[str, str]:
    """What the card of any release says of versions, changes, audit and people."""
    since = f" since {release.changes.since.version}" if release.changes else ""
    return {
        "lineage": lineage_section(release),
        "since": since,
        "changes": changes_section(release.changes),
        "audit": audit_section(release),
        "people": people_section(release.review),
    }


def lineage_section(release: ReleaseFacts) -> str:
    """Where the release stands among the versions of its benchmark."""
    return "\n\n".join(map(_paragraph, _lineage(release)))


def _lineage(release: ReleaseFacts) -> Iterator[str]:
    lineage = release.lineage
    yield _mode(lineage)
    if lineage.against:
        against = ", ".join(each.version for each in lineage.against)
        yield f"New rows were held against {against}: a near copy of a row there was left out."
    if lineage.writing is not None:
        yield f"Its new texts were written under edition {lineage.writing.edition}."
    if count := len(release.tombstones):
        rows = "1 row is" if count == 1 else f"{count:,} rows are"
        yield (
            f"{rows} withdrawn: people took them out of this version or of an earlier one, and"
            " none comes back. `manifest.json` has their ids, and why."
        )


def _mode(lineage: Lineage) -> str:
    parent = lineage.parent
    if lineage.mode == "refresh":
        return "This version is a refresh: all of its rows were written anew."
    if parent is None:
        return _ALONE
    pinned = f"version {parent.version} (manifest SHA-256 `{parent.manifest[:_SHOWN_HASH]}`)"
    if lineage.mode == "reviewed":
        return f"This version is {pinned} without the rows that people rejected."
    return (
        f"This version extends {pinned}: {lineage.carried:,} rows were carried over as they were,"
        " the others are new."
    )


def changes_section(changes: Changes | None) -> str:
    """What has changed since the release before, in tables."""
    if changes is None:
        return _NO_CHANGES
    told = (
        "Rows are told apart by `id`, which follows from the text. Relabelled rows have another"
        " label or category; rows that moved are in other configs than they were."
    )
    parts = [_paragraph(told)]
    if changes.withdrawn:
        parts.append(_paragraph(f"Of the removed rows people withdrew {changes.withdrawn:,}."))
    for table in change_tables(changes):
        parts += [f"{table.title}:", _shown(replace(table, rows=table.rows[:_MOST_ROWS]))]
        if (more := len(table.rows) - _MOST_ROWS) > 0:
            parts.append(f"`manifest.json` has {more:,} more.")
    return "\n\n".join(parts)


def audit_section(release: ReleaseFacts) -> str:
    """The audit's main figures with rows and intervals, and the gates."""
    if not release.audit and not release.gates:
        return _NO_AUDIT
    parts = [_shown(_figures(release.audit))] if release.audit else []
    parts.append(_shown(gates_table(release.gates)) if release.gates else _NO_GATES)
    return "\n\n".join(parts)


def _figures(figures: Iterable[MainFigure]) -> Table:
    rows = tuple(
        (
            each.name,
            each.config or "all",
            each.value,
            each.rows,
            interval(each.interval, significant),
        )
        for each in figures
    )
    return Table("", ("figure", "config", "value", "rows", "95 % interval"), rows)


def people_section(review: ReviewFacts | None) -> str:
    """What people found in a sample: wrong labels, their agreement, the moderators against them."""
    if review is None:
        return _NO_PEOPLE
    wrong, *against = review_tables(review)
    parts = [_paragraph(_looked(review)), _shown(wrong)]
    for table in against:
        parts += [_paragraph(_AGAINST), _shown(table)]
    return "\n\n".join(parts)


_AGAINST = (
    "Each moderator's votes against what people say of the same rows; positive is unsafe, so that"
    " the true positive rate is the share of unsafe rows that it flags, the false positive rate"
    " that of safe ones."
)


def _looked(review: ReviewFacts) -> str:
    who = "1 person" if review.people == 1 else f"{review.people:,} people"
    alike = (
        "Nobody else looked, so nothing is known of their agreement."
        if review.agreement is None
        else f"Their agreement is {review.agreement:.2f} (Krippendorff's alpha)."
    )
    return (
        f"{review.sampled:,} rows were drawn from version {review.of.version} for {who};"
        f" {review.decided:,} were decided, {review.rejected:,} rejected. {alike} Rows whose label"
        " they call wrong, by config; of a safe config that share is its residual toxicity."
    )


def _paragraph(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_on_hyphens=False, break_long_words=False)


def _shown(table: Table) -> str:
    return markdown_table(table).rstrip()
