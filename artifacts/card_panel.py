"""What a card says of the panel: how targets were asked, what came of it, and what that limits."""

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import replace

from artifacts import release_facts, summary
from artifacts.manifest import ReleaseFacts
from base.formats import code_span, markdown_text

_WIDTH = 98
_NO_PANEL = "The recipe of this release has no panel, so that no prompt is known to be hard."


def panel_section(release: ReleaseFacts) -> str:
    """How the panel was asked, and its targets in a table."""
    if release.panel is None:
        return _NO_PANEL
    panel = _with_models(release, release.panel)
    asked = (
        f"Each target was asked every safe prompt once, at temperature {panel.temperature:g} unless"
        f" the recipe gives it another, for at most {panel.max_tokens} tokens. Refusals were told"
        f" from answers by the judge {code_span(panel.judge)}; `missing` ones gave no answer,"
        " `blocked` ones were refused by a provider's filter and not by the model."
    )
    parts = [
        textwrap.fill(asked, _WIDTH, break_on_hyphens=False),
        _shown(summary.panel_table(panel)),
    ]
    if any(each.system is not None for each in panel.targets):
        parts.append(_shown(_roles(panel)))
    if (missing := summary.missing_table(panel)).rows:
        parts.append(_shown(missing))
    return "\n\n".join(parts)


def limits(release: ReleaseFacts) -> Iterator[str]:
    """What the panel's answers do not say, a sentence each; nothing without a panel."""
    if release.panel is not None:
        yield _cut_answers(release.panel)
        yield from _one_model(_with_models(release, release.panel))


def _with_models(
    release: ReleaseFacts, panel: release_facts.PanelFacts
) -> release_facts.PanelFacts:
    """The panel with its targets' models by the names that their servers know them by."""
    known = {each.name: each.model for each in release.models}
    targets = tuple(
        replace(each, name=_called(each, known), model=known.get(each.model, each.model))
        for each in panel.targets
    )
    return replace(panel, targets=targets)


def _called(target: release_facts.TargetFacts, known: Mapping[str, str]) -> str:
    model = known.get(target.model, target.model)
    return target.name if model in (target.name, target.model) else f"{target.name} ({model})"


def _roles(panel: release_facts.PanelFacts) -> summary.Table:
    rows = tuple((each.name, each.model, each.system or "none") for each in panel.targets)
    return summary.Table("", ("target", "model", "system prompt"), rows)


def _cut_answers(panel: release_facts.PanelFacts) -> str:
    answers = sum(each.answered for each in panel.targets)
    cut = sum(each.cut for each in panel.targets)
    return (
        f"Answers of the panel were cut at {panel.max_tokens} tokens ({cut:,} of {answers:,}"
        " were): a refusal that would have come later is not seen."
    )


def _one_model(panel: release_facts.PanelFacts) -> Iterator[str]:
    models = [each.model for each in panel.targets]
    for model in sorted({each for each in models if models.count(each) > 1}):
        names = ", ".join(each.name for each in panel.targets if each.model == model)
        yield (
            f"The targets {markdown_text(names)} are one model, {markdown_text(model)}, under"
            " different system prompts: what they refuse says more of the prompts than of any"
            " model."
        )


def _shown(table: summary.Table) -> str:
    return summary.markdown_table(table).rstrip()
