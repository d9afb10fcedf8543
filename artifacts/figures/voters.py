"""How the moderators voted."""

from __future__ import annotations

from collections.abc import Iterator

from artifacts.audit_facts import Audit
from artifacts.figures.figure import Figure, of_rows, percent
from artifacts.figures.forms.stacks import Stack, stacks
from artifacts.summary import Table

_PARTS = ("safe", "abstained", "toxic")


def voter_figures(audit: Audit) -> Iterator[Figure]:
    """Each moderator's votes by label, abstentions among them."""
    if not audit.voters:
        return
    rows = tuple(
        Stack(each.name, {"safe": each.safe, "abstained": each.abstained, "toxic": each.toxic})
        for each in audit.voters
    )
    told = "; ".join(
        f"{each.name} {percent(each.toxic / each.votes if each.votes else None)} toxic"
        for each in audit.voters
    )
    yield Figure(
        key="voters",
        section="moderators",
        title="Votes by moderator",
        rests_on=of_rows(sum(each.votes for each in audit.voters), "votes"),
        alt=f"Stacked bars of full width, one a moderator: safe, abstained, toxic. {told}.",
        svg=stacks(rows, _PARTS, "voters", whole=True),
        table=Table(
            "Votes by moderator",
            ("moderator", "votes", *_PARTS, "agrees with the label"),
            tuple(
                (
                    *(each.name, each.votes, each.safe, each.abstained, each.toxic),
                    percent(each.with_label),
                )
                for each in audit.voters
            ),
        ),
        note="An abstention is a vote that could not be read; it counts as neither.",
    )
