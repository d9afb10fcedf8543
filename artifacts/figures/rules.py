"""How often the style rules are broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from artifacts.audit_facts import Audit, RuleBreaks
from artifacts.figures.figure import NOTHING, Figure, of_rows
from artifacts.figures.forms.cells import cells
from artifacts.summary import Table


def rule_figures(audit: Audit) -> Iterator[Figure]:
    """Shares of rows that break each rule, by config."""
    if not audit.rules:
        return
    configs = tuple(dict.fromkeys(each.config for each in audit.rules))
    rules = tuple(dict.fromkeys(each.rule for each in audit.rules))
    rows_by_config = {each.config: each.rows for each in audit.rules}
    rows = ((each.config, each.rule, each.rows, each.broken, _share(each)) for each in audit.rules)
    yield Figure(
        key="rules",
        section="texts",
        title="Style rules broken",
        rests_on=of_rows(sum(rows_by_config.values())),
        alt=(
            f"A grid of {len(rules)} rules by {len(configs)} configs, darker for more broken"
            f" rows. {_most(audit.rules)}"
        ),
        svg=cells(
            {(each.rule, each.config): (_value(each), _share(each)) for each in audit.rules},
            rules,
            configs,
            "rules",
        ),
        table=Table(
            "Style rules broken", ("config", "rule", "rows", "broken", "share"), tuple(rows)
        ),
        note="A row may break several rules; `any` counts it once.",
    )


def _most(rules: Sequence[RuleBreaks]) -> str:
    """The rule that is broken most; `any` is no rule of its own."""
    single = [each for each in rules if each.rule != "any"] or rules
    worst = max(single, key=lambda each: _value(each) or 0.0)
    return f"Most: {worst.rule} in {worst.config} with {_share(worst)}."


def _value(each: RuleBreaks) -> float | None:
    return each.broken / each.rows if each.rows else None


def _share(each: RuleBreaks) -> str:
    value = _value(each)
    return NOTHING if value is None else f"{value:.1%}"
