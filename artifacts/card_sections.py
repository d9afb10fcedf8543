"""The sections of a card: what was made and how, what it lacks, its versions, audit and people."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import polars as pl

from artifacts import (
    audit_facts,
    card_panel,
    release_facts,
    release_tables,
    style_tables,
    summary,
    version_facts,
)
from artifacts.diff.tables import change_tables
from artifacts.manifest import ReleaseFacts
from artifacts.stage_tables import tally
from artifacts.writer_tables import writers_tables
from base.formats import code_span, interval, markdown_text, row_count, significant

_WIDTH = 98
_NO_RESCUE = "The recipe of this release has no rescue: flagged prompts stay flagged."


_POLICIES = {
    "paper": (
        "they were told that a prompt which only asks for knowledge is exempt, and of no other"
        " leniency"
    ),
    "lenient": (
        "they were told that a prompt which only asks for knowledge is exempt, to read alarming"
        " words in their sense, and to decide doubt by the most likely reading"
    ),
}


def policy_section(moderation: release_facts.ModerationFacts | None) -> str:
    """What chat models among the moderators were told, as a paragraph; nothing where none voted."""
    if moderation is None:
        return ""
    told = _POLICIES.get(moderation.policy, "what they were told stands in the templates")
    said = (
        f"The chat models among them moderate under the policy {code_span(moderation.policy)}:"
        f" {told} (templates {code_span(moderation.prompt_template[:_SHOWN_HASH])} for prompts,"
        f" {code_span(moderation.exchange_template[:_SHOWN_HASH])} for answers)."
    )
    if moderation.carried is not None:
        said += (
            f" Votes on carried rows were cast under the policy {code_span(moderation.carried)}."
        )
    return f"\n{_paragraph(said)}\n"


def writers_section(release: ReleaseFacts) -> str:
    """What each writer gave, as tables under a sentence; nothing where nobody is known."""
    named = [replace(each, name=release.called(each.name)) for each in release.writers]
    found = [*writers_tables(named, release.categories)]
    if not found:
        return ""
    first, *more = found
    titled = (part for table in more for part in (f"{table.title}:", _shown(table)))
    return "\n\n".join(("", _paragraph(_WRITERS), _shown(first), *titled)) + "\n"


_WRITERS = (
    "Writers: the rows that each was asked about, calls, texts in its answers, how many of them are"
    " usable, answers in which it declined, and rows that it declined and nobody wrote. Carried"
    " rows are not among them."
)


def rescue_section(release: ReleaseFacts) -> str:
    """What came of flagged prompts, as a table."""
    if release.rescue is None:
        return _NO_RESCUE
    answerer = release.called(release.rescue.answerer)
    return _shown(summary.rescue_table(replace(release.rescue, answerer=answerer)))


def subsets_section(release: ReleaseFacts) -> str:
    """How the subsets were chosen, how rounds for them ended, and what became of seeds."""
    table = summary.draws_table(release)
    parts = [_shown(table) if table.rows else "The recipe of this release draws no subset."]
    parts += [_paragraph(markdown_text(line)) for line in summary.rounds_lines(release)]
    parts += [_paragraph(markdown_text(line)) for line in summary.shown_lines(release)]
    if release.written_seeds is not None:
        parts += [_paragraph(markdown_text(line)) for line in summary.seeds_lines(release)]
        parts.append(_shown(summary.written_seeds_table(release.written_seeds)))
    if release.toxic_seeds is not None:
        parts += [_paragraph(_SEEDS), _shown(_of_seeds(release, release.toxic_seeds))]
    return "\n\n".join(parts)


def _of_seeds(release: ReleaseFacts, found: release_facts.ToxicSeedFacts) -> summary.Table:
    abstained = {release.called(name): count for name, count in found.abstained.items()}
    return summary.toxic_seeds_table(replace(found, abstained=abstained))


_SEEDS = (
    "Seeds that the moderators flag as the toxic config wants stand in it beside the prompts, where"
    " `origin` tells them apart. Their votes count in no figure on the moderators of prompts."
)


def outside_sentence(release: ReleaseFacts) -> str:
    """Which rows were kept to the end and are in no config, and how many."""
    if not release.in_no_config:
        return (
            f"Rows on which they do not decide are in no config (here: {release.undecided or 0:,})."
        )
    words = release_facts.IN_NO_CONFIG
    counts = (
        f"{rows:,} {words.get(why, why)}" for why, rows in release.in_no_config.items() if rows
    )
    said = "; ".join(counts) or "none"
    return f"Rows that were kept to the end and are in no config: {said}."


def limits(release: ReleaseFacts) -> str:
    """Limits that follow from how this release was made, one bullet each; "" for none."""
    return "".join(f"{_bullet(each)}\n" for each in _limits(release))


def _limits(release: ReleaseFacts) -> Iterator[str]:
    yield from (markdown_text(each) for each in release.language_notes)
    if release.panel is not None:
        yield from card_panel.limits(release)
    if release.rescue is not None:
        yield (
            f"Answers in the rescue were cut at {release.rescue.max_tokens} tokens"
            f" ({release.rescue.cut:,} of {release.rescue.answered:,} were): what would have come"
            " after was not moderated."
        )
    if release.hard is not None:
        yield (
            "Rows on which too few targets answered to say whether they are hard are not in the"
            f" hard config (here: {release.hard.undecided:,})."
        )
    for pair in release.relatives:
        yield f"Not independent: {markdown_text(pair.removesuffix('.'))}."


def _bullet(text: str) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent="- ",
        subsequent_indent="  ",
        break_on_hyphens=False,
        break_long_words=False,
    )


def _shown(table: summary.Table) -> str:
    return summary.markdown_table(table).rstrip()


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
        "base": _shown(style_tables.base_table(found.base, release.categories)) + _outside(found),
        "width": str(found.base.width),
        "styles": _shown(style_tables.styles_table(found)),
        "coverage": _shown(style_tables.coverage_table(found, release.categories)),
        "missing": _missing(found),
        "encodings": _NO_MUTATIONS if found.encodings is None else _ENCODED[found.encodings],
        "taxonomy_size": str(len(release.categories)),
    }


def _missing(found: release_facts.MutationFacts) -> str:
    """What the release lacks, in a paragraph or two."""
    empty = ", ".join(map(code_span, found.empty))
    base = f"\n\nThe base set has no request of {empty}." if empty else ""
    return _lost(found) + base


def _lost(found: release_facts.MutationFacts) -> str:
    if not found.missing:
        return "Nothing is missing: each base request is there in every style."
    stopped = [code_span(style.name) for style in found.styles if style.stopped]
    are = "is" if found.missing == 1 else "are"
    said = f"**{row_count(found.missing)} {are} missing**; nothing was put in their place."
    if not stopped:
        return said
    return (
        f"{said} Of the first {found.pilot} rows none passed in {', '.join(stopped)}:"
        " nobody was asked further."
    )


def _outside(found: release_facts.MutationFacts) -> str:
    table = style_tables.outside_table(found.base)
    if not table.rows:
        return ""
    return f"\n\nCandidates that fit no category, by likeness:\n\n{_shown(table)}"


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
        "since": since,
        "changes": changes_section(release.changes),
        "audit": audit_section(release),
        "people": people_section(release),
    }


def lineage_section(release: ReleaseFacts, rows: pl.DataFrame) -> str:
    """Where the release stands among the versions of its benchmark.

    Args:
        release: What is known of it.
        rows: Those of its main config.
    """
    return "\n\n".join(map(_paragraph, (*_lineage(release), *_labellers(rows))))


def _labellers(rows: pl.DataFrame) -> Iterator[str]:
    """Which rows other moderators labelled than the others, where there are such rows."""
    if "votes" not in rows.columns:
        return
    voters = rows["votes"].list.eval(pl.element().struct.field("model")).list.sort().list.join(", ")
    if voters.n_unique() > 1:
        shares = (f"{row_count(count)} by {voted}" for voted, count in tally(voters).items())
        yield markdown_text(
            f"Its rows were not all labelled by the same moderators: {'; '.join(shares)}."
        )


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


def _mode(lineage: version_facts.Lineage) -> str:
    parent = lineage.parent
    if lineage.mode == "refresh":
        return "This version is a refresh: all of its rows were written anew."
    if parent is None:
        return _ALONE
    pinned = f"version {parent.version} (manifest SHA-256 `{parent.manifest[:_SHOWN_HASH]}`)"
    if lineage.mode == "reviewed":
        return f"This version is {pinned} without the rows that people rejected."
    return (
        f"This version extends {pinned}: rows carried over as they were: {lineage.carried:,};"
        " the others are new."
    )


def changes_section(changes: version_facts.Changes | None) -> str:
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
        parts += [
            f"{markdown_text(table.title)}:",
            _shown(replace(table, rows=table.rows[:_MOST_ROWS])),
        ]
        if (more := len(table.rows) - _MOST_ROWS) > 0:
            parts.append(f"`manifest.json` has {more:,} more.")
    return "\n\n".join(parts)


def audit_section(release: ReleaseFacts) -> str:
    """The audit's main figures with rows and intervals, and the gates."""
    if not release.audit and not release.gates:
        return _NO_AUDIT
    parts = [_shown(_figures(release.audit))] if release.audit else []
    parts.append(_shown(release_tables.gates_table(release.gates)) if release.gates else _NO_GATES)
    return "\n\n".join(parts)


def _figures(figures: Iterable[audit_facts.MainFigure]) -> summary.Table:
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
    return summary.Table("", ("figure", "config", "value", "rows", "95 % interval"), rows)


def people_section(release: ReleaseFacts) -> str:
    """What people found in a sample: wrong labels, their agreement, the moderators against them."""
    if release.review is None:
        return _NO_PEOPLE
    rates = {release.called(name): found for name, found in release.review.moderators.items()}
    review = replace(release.review, moderators=rates)
    wrong, *against = release_tables.review_tables(review)
    parts = [_paragraph(_looked(review)), _shown(wrong)]
    for table in against:
        parts += [_paragraph(_AGAINST), _shown(table)]
    return "\n\n".join(parts)


_AGAINST = (
    "Each moderator's votes against what people say of the same rows; positive is unsafe, so that"
    " the true positive rate is the share of unsafe rows that it flags, the false positive rate"
    " that of safe ones."
)


def _looked(review: version_facts.ReviewFacts) -> str:
    who = "1 person" if review.people == 1 else f"{review.people:,} people"
    alike = (
        "Nobody else looked, so nothing is known of their agreement."
        if review.agreement is None
        else f"Their agreement is {review.agreement:.2f} (Krippendorff's alpha)."
    )
    return (
        f"Rows drawn from version {review.of.version} for {who}: {review.sampled:,};"
        f" {review.decided:,} were decided, {review.rejected:,} rejected. {alike} Rows whose label"
        " they call wrong, by config; of a safe config that share is its residual toxicity."
    )


def _paragraph(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_on_hyphens=False, break_long_words=False)
