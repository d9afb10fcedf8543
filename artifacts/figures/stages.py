"""What each stage did to the balance of categories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from artifacts.audit_facts import Audit, StageBalance
from artifacts.figures.figure import Figure, decimal, percent
from artifacts.figures.forms.cells import cells
from artifacts.summary import Table


def stage_figures(audit: Audit) -> Iterator[Figure]:
    """Each category's share of all rows after each stage, so that the stage that skews shows."""
    if not audit.stages:
        return
    names = tuple(each.stage for each in audit.stages)
    shares = {
        (category, each.stage): _share(each, category)
        for each in audit.stages
        for category in _categories(audit)
    }
    rows = max(sum(each.after.values()) for each in audit.stages)
    yield Figure(
        key="stages",
        section="funnel",
        title="Each category's share of the rows after each stage",
        rests_on=f"n = {rows:,} kept rows at the widest stage",
        alt=_told(audit.stages),
        svg=cells(
            {at: (share, "" if share is None else f"{share:.0%}") for at, share in shares.items()},
            _categories(audit),
            names,
            "stages",
        ),
        table=_table(audit.stages),
        note="Read along a row: where a share falls, that stage costs its category most.",
    )


def _categories(audit: Audit) -> tuple[str, ...]:
    found = (name for each in audit.stages for name in (*each.before, *each.after))
    return tuple(dict.fromkeys((*audit.categories, *found)))


def _share(stage: StageBalance, category: str) -> float | None:
    kept = sum(stage.after.values())
    return stage.after.get(category, 0) / kept if kept else None


def _told(stages: Sequence[StageBalance]) -> str:
    text = f"A grid of categories by {len(stages)} stages."
    moved = [each for each in stages if each.cramers_v is not None]
    if not moved:
        return text
    most = max(moved, key=lambda each: each.cramers_v or 0.0)
    worst = "" if most.worst is None else f", which keeps least of {most.worst}"
    return f"{text} The stage that moves the balance most is {most.stage}{worst}."


def _table(stages: Sequence[StageBalance]) -> Table:
    header = (
        *("stage", "in", "kept", "entropy before", "entropy after", "Cramér's V"),
        *("keeps least of", "share kept of it"),
    )
    rows = (
        (
            *(each.stage, sum(each.before.values()), sum(each.after.values())),
            *(decimal(each.entropy_before), decimal(each.entropy_after), decimal(each.cramers_v)),
            *(each.worst, percent(each.worst_share)),
        )
        for each in stages
    )
    return Table("Balance by stage", header, tuple(rows))
