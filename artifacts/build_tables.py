"""What a build came to, in tables, and what a person should read first of it."""

from collections.abc import Iterator, Mapping, Sequence

from artifacts.build_facts import (
    ABSTAINED,
    MODERATED,
    SKIPPED,
    AnswerCounts,
    BuildFacts,
    CarriedLabels,
    VoterCounts,
)
from artifacts.manifest import Manifest
from artifacts.stage_roles import CUMULATIVE, SETS_UP
from artifacts.stage_tables import Edge
from artifacts.summary import Cell, Table
from base.formats import plain_percent, row_count

LEAST_ROWS = 10
"""Rows below which a config is tiny: of 10 answers a rate is known to within 30 points at best, and
the shipped taxonomy has 10 categories."""

LEAST_SHARE = 0.05
"""Share of the rows that came to the vote below which what is left is tiny: the paper kept 0.8, and
at 0.05 more rows may have been passed by mistake than are rightly there."""

_SHOWN_VOTERS = 3
_BY_WISH = frozenset(("not_needed", "category_full", "not_chosen", "after_pilot"))
"""Reasons of rows that are out as there were enough."""


def build_tables(facts: BuildFacts) -> Iterator[Table]:
    """Labels, votes by moderator, and cut and missing answers."""
    if facts.labels:
        names = [*dict.fromkeys(name for counts in facts.labels.values() for name in counts)]
        rows: list[tuple[Cell, ...]] = [
            (step, sum(counts.values()), *(counts.get(name, 0) for name in names))
            for step, counts in facts.labels.items()
        ]
        yield Table("Labels", ("", "rows", *names), tuple(rows))
    if facts.voters:
        yield _votes(facts)
    if facts.answers:
        yield _answers(facts.answers)


def _votes(facts: BuildFacts) -> Table:
    who = "moderator" if facts.about == MODERATED else "classifier"
    names = [*dict.fromkeys(name for voter in facts.voters for name in voter.votes)]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (voter.name, voter.rows, *(voter.votes.get(name, 0) for name in names))
        for voter in facts.voters
    )
    return Table(f"Votes by {who}", (who, "rows", *names), rows)


def _answers(answers: Sequence[AnswerCounts]) -> Table:
    header = ("part", "model", "rows", "replies", "cut", "without an answer")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (each.part, each.name, each.asked, each.replies, each.cut, each.missing) for each in answers
    )
    return Table("Cut and missing answers", header, rows)


def first_lines(manifest: Manifest, facts: BuildFacts | None) -> Iterator[str]:
    """What stands before everything else of a release: see `lines_of`.

    Args:
        manifest: The release.
        facts: What its build came to; None where its stage tables are gone.
    """
    main = manifest.configs[0]
    return lines_of(main.name, main.rows, manifest.funnel, facts)


def lines_of(
    main: str, rows: int, funnel: Sequence[Edge], facts: BuildFacts | None
) -> Iterator[str]:
    """An empty or tiny main config, cut votes, rows that others labelled.

    Args:
        main: The main config.
        rows: Its rows.
        funnel: Rows by stage.
        facts: What the build came to; None where its stage tables are gone.
    """
    yield from (f"Warning: {line}" for line in _tiny(main, rows, funnel, facts))
    for each in facts.answers if facts is not None else ():
        if each.is_vote and each.is_cut_often:
            yield f"Warning: {cut_line(each)}"
    if facts is not None and facts.carried is not None:
        yield f"Note: {carried_line(facts.carried)}"


def cut_line(answers: AnswerCounts) -> str:
    """How many votes were cut, and what may be done about it."""
    limit = "" if answers.max_tokens is None else f" at {answers.max_tokens:,} tokens"
    key = "moderate.moderators" if answers.part == "moderate" else f"models.{answers.name}"
    return (
        f"moderator {answers.name}: {answers.cut:,} of {answers.replies:,} replies were cut{limit},"
        f" and a vote that is cut is an abstention; set its max_tokens in {key} (fewer cost less,"
        " more give room), or give a model without reasoning."
    )


def carried_line(carried: CarriedLabels) -> str:
    """Which rows others labelled than who labels now."""
    now = f"this version's are labelled by {', '.join(carried.now)}"
    return (
        f"{carried.rows:,} of {row_count(carried.total)} are carried from {carried.version},"
        f" labelled by {', '.join(carried.before)}; {now}."
    )


def _tiny(main: str, rows: int, funnel: Sequence[Edge], facts: BuildFacts | None) -> Iterator[str]:
    """What is to be said of a main config that is empty or tiny: nothing where it is neither."""
    own = facts if facts is not None and facts.about == MODERATED else None
    share = own.released / own.voted if own is not None and own.voted else None
    if rows >= LEAST_ROWS and (share is None or share >= LEAST_SHARE):
        return
    if not rows:
        said = f"{main} has no rows"
    elif rows < LEAST_ROWS:
        said = f"{main} has only {row_count(rows)}"
    else:
        said = f"{main} has {row_count(rows)}"
        if own is not None and share is not None:
            new = f"{own.released:,} of this version's {own.voted:,} prompts that came to the vote"
            said += f", and has {new} ({plain_percent(share)})"
    yield f"{said}; {_why(funnel, facts)}."


def _why(funnel: Sequence[Edge], facts: BuildFacts | None) -> str:
    """Where most rows were lost, of all steps that lose rows."""
    worst = min(_steps(funnel, facts), key=lambda step: step[0] / step[1], default=None)
    if worst is not None and worst[0] * 2 <= worst[1]:
        return worst[2]
    came = [f"{row_count(edge.kept)} came from stage {edge.stage}" for edge in funnel[:1]]
    return ", and ".join((*came, "no stage lost more than half of its rows"))


def _steps(funnel: Sequence[Edge], facts: BuildFacts | None) -> Iterator[tuple[int, int, str]]:
    """Rows that a step kept, rows that it had, and what is said of it."""
    last = {edge.base: edge.stage for edge in funnel}
    for edge in funnel:
        is_last = edge.base not in CUMULATIVE or last[edge.base] == edge.stage
        if edge.base not in SETS_UP and is_last:
            yield from _of_edge(edge)
    if facts is None or not facts.voted:
        return
    voted, passed = facts.voted, facts.passed
    what = "rows are safe" if facts.about == MODERATED else "rows have a category"
    of = f"{passed:,} of {voted:,} {what}"
    yield passed, voted, f"{of}: {_voters(facts)}"
    if passed and facts.fit < passed:
        risky = "sound risky, as moderate.sounds_risky: required wants"
        yield facts.fit, passed, f"{facts.fit:,} of the {passed:,} safe rows {risky}"


def _of_edge(edge: Edge) -> Iterator[tuple[int, int, str]]:
    reasons = {name: rows for name, rows in edge.reasons.items() if name not in _BY_WISH}
    lost = sum(reasons.values())
    if lost:
        named = ", ".join(f"{name} {rows:,}" for name, rows in reasons.items())
        said = f"stage {edge.stage} kept {edge.kept:,} of {edge.kept + lost:,} rows ({named})"
        yield edge.kept, edge.kept + lost, said
    elif edge.entered and not edge.kept and not edge.reasons:
        yield 0, edge.entered, f"stage {edge.stage} made nothing of {row_count(edge.entered)}"


def _voters(facts: BuildFacts) -> str:
    """Who kept rows out, who called fewest safe first: `moderator a called 25 of 27 toxic`."""
    who = "moderator" if facts.about == MODERATED else "classifier"
    ranked = sorted(facts.voters, key=_against, reverse=True)
    shown = [f"{who} {voter.name} {_said(voter)}" for voter in ranked[:_SHOWN_VOTERS]]
    if (more := len(ranked) - len(shown)) > 0:
        shown.append(f"{more:,} more as the table says")
    return "; ".join(shown)


def _against(voter: VoterCounts) -> int:
    return _bad(voter.votes) + voter.votes.get(ABSTAINED, 0)


def _bad(votes: Mapping[str, int]) -> int:
    return votes.get("toxic", 0) + votes.get("none", 0)


def _said(voter: VoterCounts) -> str:
    name = "toxic" if "toxic" in voter.votes else "none of the categories"
    abstained, skipped = voter.votes.get(ABSTAINED, 0), voter.votes.get(SKIPPED, 0)
    parts = []
    if (bad := _bad(voter.votes)) or not abstained:
        parts.append(f"called {bad:,} of {voter.rows:,} {name}")
    if abstained:
        parts.append(f"abstained on {abstained:,}" + ("" if parts else f" of {voter.rows:,}"))
    if skipped:
        parts.append(f"was not asked about {skipped:,}")
    return ", ".join(parts)
