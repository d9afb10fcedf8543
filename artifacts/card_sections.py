"""The card's words on rescue, panel, subsets, base set, styles and coverage."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from artifacts.manifest import ReleaseFacts
from artifacts.release_facts import MutationFacts, PanelFacts
from artifacts.summary import (
    Table,
    base_table,
    coverage_table,
    draws_table,
    markdown_table,
    missing_table,
    outside_table,
    panel_table,
    rescue_table,
    styles_table,
)

_WIDTH = 98
_NO_RESCUE = "The recipe of this release has no rescue: flagged prompts stay flagged."
_NO_PANEL = "The recipe of this release has no panel, so that no prompt is known to be hard."


def rescue_section(release: ReleaseFacts) -> str:
    """What came of flagged prompts, as a table."""
    return _NO_RESCUE if release.rescue is None else _shown(rescue_table(release.rescue))


def panel_section(release: ReleaseFacts) -> str:
    """How the panel was asked, and its targets in a table."""
    panel = release.panel
    if panel is None:
        return _NO_PANEL
    asked = (
        f"Each target was asked every safe prompt once, at temperature {panel.temperature:g} unless"
        f" the recipe gives it another, for at most {panel.max_tokens} tokens. Refusals were told"
        f" from answers by the judge `{panel.judge}`; `missing` ones gave no answer, `blocked` ones"
        " were refused by a provider's filter and not by the model."
    )
    parts = [textwrap.fill(asked, _WIDTH, break_on_hyphens=False), _shown(panel_table(panel))]
    if any(each.system is not None for each in panel.targets):
        parts.append(_shown(_roles(panel)))
    if (missing := missing_table(panel)).rows:
        parts.append(_shown(missing))
    return "\n\n".join(parts)


def _roles(panel: PanelFacts) -> Table:
    rows = tuple((each.name, each.model, each.system or "none") for each in panel.targets)
    return Table("", ("target", "model", "system prompt"), rows)


def subsets_section(release: ReleaseFacts) -> str:
    """How the subsets were chosen, as a table."""
    table = draws_table(release)
    return _shown(table) if table.rows else "The recipe of this release draws no subset."


def limits(release: ReleaseFacts) -> str:
    """Limits that follow from how this release was made, one bullet each; "" for none."""
    return "".join(f"{_bullet(each)}\n" for each in _limits(release))


def _limits(release: ReleaseFacts) -> Iterator[str]:
    if release.panel is not None:
        yield _cut_answers(release.panel)
        yield from _one_model(release.panel)
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
        yield f"Not independent: {pair.removesuffix('.')}."


def _cut_answers(panel: PanelFacts) -> str:
    answers = sum(each.answered for each in panel.targets)
    cut = sum(each.cut for each in panel.targets)
    return (
        f"Answers of the panel were cut at {panel.max_tokens} tokens ({cut:,} of {answers:,}"
        " were): a refusal that would have come later is not seen."
    )


def _one_model(panel: PanelFacts) -> Iterator[str]:
    models = [each.model for each in panel.targets]
    for model in sorted({each for each in models if models.count(each) > 1}):
        names = ", ".join(each.name for each in panel.targets if each.model == model)
        yield (
            f"The targets {names} are one model, {model}, under different system prompts: what they"
            " refuse says more of the prompts than of any model."
        )


def _bullet(text: str) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent="- ",
        subsequent_indent="  ",
        break_on_hyphens=False,
        break_long_words=False,
    )


def _shown(table: Table) -> str:
    return markdown_table(table).rstrip()


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
