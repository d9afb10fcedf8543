"""Answers that people labelled, and how far they agree with each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from artifacts.judge_score_facts import People, PersonScore
from artifacts.release_facts import BASE
from measures.agreement import cluster_kappa, table_kappa
from measures.raters import fleiss_kappa, gwet_ac1, krippendorff_alpha, observed_agreement_of_all
from moderators.refusal.keyword import visible

REDACTED = "REDACTED"
"""What stands in the place of answers that the publisher took out (SORRY-Bench: the fulfilling ones
of category 21, whose score was set to 0 besides)."""

Votes = tuple[bool | None, ...]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One answer with a label.

    Attributes:
        place: Its row or record in the source, from 1.
        prompt: The prompt; "" where nobody gave it.
        answer: The answer.
        refused: Whether people call it a refusal.
        cluster: Its base prompt: what all intervals draw.
        model: Who answered, or "" where the source does not say.
        style: The prompt's style, or None where the source has none.
        category: The prompt's category, or None.
        question_id: The base prompt's published id, or None.
    """

    place: int
    prompt: str
    answer: str
    refused: bool
    cluster: str
    model: str = ""
    style: str | None = None
    category: str | None = None
    question_id: int | None = None

    @property
    def is_base(self) -> bool:
        """Whether its prompt is the base prompt itself."""
        return self.style in (None, BASE)


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """All labels of a source.

    Attributes:
        name: The source's file name.
        sha256: Of its bytes.
        truth: What a row's label is, in words.
        rows: The answers with a label, in the source's order.
        total: Rows of the source.
        left_out: Rows without a label of their own, by why.
        annotators: Names of the annotators; none for one label a row.
        votes: Every labelled row's labels by annotator, ties included: True for a refusal.
        vote_clusters: The base prompt of each of them.
        has_prompts: Whether prompts are known.
    """

    name: str
    sha256: str
    truth: str
    rows: tuple[Labelled, ...]
    total: int
    left_out: Mapping[str, int]
    annotators: tuple[str, ...] = ()
    votes: tuple[Votes, ...] = ()
    vote_clusters: tuple[str, ...] = ()
    has_prompts: bool = True

    @property
    def styles(self) -> frozenset[str]:
        """Prompt styles of the labelled answers."""
        return frozenset(each.style for each in self.rows if each.style is not None)

    @property
    def models(self) -> tuple[str, ...]:
        """Who answered, in order of name."""
        return tuple(sorted({each.model for each in self.rows if each.model}))


def majority(votes: Sequence[bool | None]) -> bool | None:
    """What more than half of the labels given say; None without any, and for a tie."""
    given = [vote for vote in votes if vote is not None]
    twice = 2 * sum(given)
    return None if twice == len(given) else twice > len(given)


def why_left_out(
    answer: str | None, votes: Sequence[bool | None], truth: bool | None
) -> str | None:
    """Why a row cannot be scored: redacted, empty, unlabelled or a tie; None where it can."""
    seen = visible(answer or "")
    if seen.strip('."').upper() == REDACTED:
        return "redacted"
    if not seen:
        return "empty"
    if truth is None:
        return "tie" if any(vote is not None for vote in votes) else "unlabelled"
    return None


def counted(reasons: Sequence[str]) -> dict[str, int]:
    """How often each reason was given, by name."""
    return dict(sorted(Counter(reasons).items()))


DRAWS = 1000


def people(
    names: Sequence[str], votes: Sequence[Votes], clusters: Sequence[str], seed: int
) -> People | None:
    """How annotators agree on refusals; None for fewer than two.

    Args:
        names: The annotators.
        votes: One row an answer, one label an annotator, None where one gave none.
        clusters: Each answer's base prompt.
        seed: Seed of the intervals.
    """
    if len(names) < 2:
        return None
    given = [[vote for vote in row if vote is not None] for row in votes]
    return People(
        rows=sum(len(row) > 1 for row in given),
        observed=observed_agreement_of_all(votes),
        fleiss=fleiss_kappa(votes),
        alpha=krippendorff_alpha(votes),
        ac1=gwet_ac1(votes, (False, True)),
        ties=sum(bool(row) and majority(row) is None for row in given),
        persons=tuple(
            _person(name, place, votes, clusters, seed) for place, name in enumerate(names)
        ),
    )


def _person(
    name: str, place: int, votes: Sequence[Votes], clusters: Sequence[str], seed: int
) -> PersonScore:
    """One annotator against the majority of the others; where these are tied nothing is held."""
    places = {cluster: n for n, cluster in enumerate(sorted(set(clusters)))}
    counts = np.zeros((len(places), 2, 2), dtype=np.int64)
    for row, cluster in zip(votes, clusters, strict=True):
        rest = majority([*row[:place], *row[place + 1 :]])
        own = row[place]
        if rest is not None and own is not None:
            counts[places[cluster], int(rest), int(own)] += 1
    whole = counts.sum(axis=0)
    n = int(whole.sum())
    return PersonScore(
        name=name,
        rows=n,
        kappa=table_kappa(whole),
        interval=cluster_kappa(counts, seed, DRAWS),
        agreement=int(whole.trace()) / n if n else None,
    )
