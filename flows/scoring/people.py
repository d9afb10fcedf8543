"""How far the people who labelled answers agree, and each of them with the rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from artifacts.judge_score_facts import People, PersonScore
from flows.scoring.labelled import Votes, majority
from flows.scoring.scores import DRAWS
from measures.cluster_kappas import cluster_kappa, table_kappa
from measures.raters import (
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    observed_agreement_of_all,
)


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
