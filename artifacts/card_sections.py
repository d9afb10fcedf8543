"""The card's words on rescue, panel, subsets and what they cannot say."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from artifacts.manifest import ReleaseFacts
from artifacts.subset_facts import PanelFacts
from artifacts.subset_summary import draws_table, missing_table, panel_table, rescue_table
from artifacts.summary import Table, markdown_table

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
