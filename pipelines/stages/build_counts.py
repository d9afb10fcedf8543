"""Counts of votes, and of cut and missing answers, from the tables and records of a run."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl

from artifacts.build_facts import ABSTAINED, SKIPPED, AnswerCounts, VoterCounts
from artifacts.records import StageName
from pipelines.runner.counts import replies_and_cut
from pipelines.runner.run import Run

ABSTENTION = "abstain"


def voter_counts(
    votes: pl.DataFrame, voters: Sequence[str], classes: Sequence[str], rows: int
) -> tuple[VoterCounts, ...]:
    """How each voter voted.

    Args:
        votes: Columns `model` and `label`; a label of no class is an abstention.
        voters: The voters, in order.
        classes: The classes.
        rows: Rows that came to the vote; where there is no vote of a voter it was skipped.
    """
    counted = votes.group_by("model", "label").len()
    found = {(model, label): count for model, label, count in counted.iter_rows()}
    return tuple(_voter(name, found, classes, rows) for name in voters)


def _voter(
    name: str, found: Mapping[tuple[str, str], int], classes: Sequence[str], rows: int
) -> VoterCounts:
    named = {each: found.get((name, each), 0) for each in classes}
    abstained = found.get((name, ABSTENTION), 0)
    skipped = rows - sum(named.values()) - abstained
    return VoterCounts(name, {**named, ABSTAINED: abstained, SKIPPED: skipped})


def vote_answers(
    run: Run,
    stage: StageName,
    part: str,
    voters: Iterable[VoterCounts],
    limits: Mapping[str, int | None],
) -> Iterator[AnswerCounts]:
    """Cut and missing votes of the voters that are models of the recipe.

    Args:
        run: The run, whose stage is finished.
        stage: Where they voted.
        part: The recipe's part.
        voters: How they voted.
        limits: Each model's longest vote, where it is known; who is not in it is no model.
    """
    replies, cut = replies_and_cut(run.records(stage))
    for voter in voters:
        if voter.name in limits:
            yield AnswerCounts(
                part,
                voter.name,
                asked=voter.rows - voter.votes[SKIPPED],
                cut=cut[voter.name] if voter.name in replies else None,
                missing=voter.votes[ABSTAINED],
                replies=replies.get(voter.name),
                max_tokens=limits[voter.name],
                is_vote=True,
            )


def given_answers(answers: pl.DataFrame, part: str, names: Iterable[str]) -> Iterator[AnswerCounts]:
    """Cut and missing answers to prompts, by the names that they carry.

    Args:
        answers: Columns `model`, `outcome` and `cut`.
        part: The recipe's part.
        names: Whose they are, in order.
    """
    for name in names:
        own = answers.filter(model=name)
        missing = own.filter(pl.col("outcome") != "answered").height
        yield AnswerCounts(part, name, own.height, int(own["cut"].sum()), missing)


def written_answers(
    run: Run, stages: Sequence[StageName], ended: pl.DataFrame, part: str, names: Iterable[str]
) -> Iterator[AnswerCounts]:
    """Cut replies of writers, and the rows of which each wrote nothing usable.

    Args:
        run: The run, whose stages are finished.
        stages: Those whose replies are counted.
        ended: The column `writers` of `parents` or `mutations`.
        part: The recipe's part.
        names: The writers, in order.
    """
    turns = ended.select("writers").explode("writers").drop_nulls("writers").unnest("writers")
    replies, cut = replies_and_cut(record for stage in stages for record in run.records(stage))
    for name in dict.fromkeys(names):
        own = turns.filter(writer=name)
        counted = name in replies
        yield AnswerCounts(
            part,
            name,
            asked=own.height,
            cut=cut[name] if counted else None,
            missing=own.filter(kept=0).height,
            replies=replies[name] if counted else None,
        )
