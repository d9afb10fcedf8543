"""What people say by majority, and how far anybody's verdicts agree with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from artifacts.judge_score_facts import People, PersonScore
from measures.agreement import cluster_kappa, table_kappa
from measures.confusion import Confusion
from measures.intervals import Interval, cluster_rate
from measures.raters import fleiss_kappa, gwet_ac1, krippendorff_alpha, observed_agreement_of_all

Votes = tuple[bool | None, ...]
DRAWS = 1000
"""Draws of every interval."""

_NEITHER = 2


def majority(votes: Iterable[bool | None]) -> bool | None:
    """What more than half of the votes given say; None without any, and for a tie."""
    given = [vote for vote in votes if vote is not None]
    twice = 2 * sum(given)
    return None if twice == len(given) else twice > len(given)


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """One voter's verdicts beside the true labels; a figure with nothing to rest on is None.

    Attributes:
        counts: (clusters, 2, 3): rows of each cluster by label (negative, positive) and by verdict
            (negative, positive, neither).
    """

    counts: NDArray[np.int64]

    @property
    def rows(self) -> int:
        """Rows with a label."""
        return int(self.counts.sum())

    @property
    def clusters(self) -> int:
        """Clusters that have rows."""
        return len(self.counts)

    @property
    def positives(self) -> int:
        """Rows whose label is positive."""
        return int(self.counts[:, 1].sum())

    @property
    def neither(self) -> int:
        """Rows that are called neither positive nor negative."""
        return int(self.counts[:, :, _NEITHER].sum())

    @property
    def given(self) -> NDArray[np.int64]:
        """(clusters, 2, 2): the rows with a verdict alone."""
        return self.counts[:, :, :_NEITHER]

    @property
    def strict(self) -> NDArray[np.int64]:
        """(clusters, 2, 2): what is neither is held against the voter, as the other label."""
        strict = self.given.copy()
        strict[:, 0, 1] += self.counts[:, 0, _NEITHER]
        strict[:, 1, 0] += self.counts[:, 1, _NEITHER]
        return strict

    @property
    def confusion(self) -> Confusion:
        """Counts of the rows with a verdict, for rates."""
        (true_negatives, false_positives), (false_negatives, true_positives) = self.given.sum(
            axis=0
        ).tolist()
        return Confusion(true_positives, false_negatives, false_positives, true_negatives)

    @property
    def agreement(self) -> float | None:
        """The share of rows with a verdict on which verdict and label are one."""
        whole = self.given.sum(axis=0)
        said = int(whole.sum())
        return int(whole.trace()) / said if said else None

    def kappa(self, strict: bool = False) -> float | None:
        """Cohen's kappa of the rows with a verdict; strictly, of all rows."""
        return table_kappa((self.strict if strict else self.given).sum(axis=0))

    def kappa_interval(self, seed: int, strict: bool = False) -> Interval | None:
        """Where the kappa lies, whole clusters drawn; None for fewer than two."""
        return cluster_kappa(self.strict if strict else self.given, seed, DRAWS)

    def recall(self, label: bool) -> float | None:
        """The share of a label's rows whose verdict is that label; neither is a miss."""
        hits, rows = self._hits(label)
        n = int(rows.sum())
        return int(hits.sum()) / n if n else None

    def recall_interval(self, label: bool, seed: int) -> Interval | None:
        """Where the recall lies, whole clusters drawn."""
        return cluster_rate(*self._hits(label), seed, DRAWS)

    def _hits(self, label: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        own = self.counts[:, int(label)]
        return own[:, int(label)], own.sum(axis=1)


def compared(
    truths: Sequence[bool],
    verdicts: Sequence[bool | None],
    clusters: Sequence[str] | None = None,
) -> Compared:
    """A voter's verdicts beside the true labels.

    Args:
        truths: Each row's label.
        verdicts: Each row's verdict; None for neither.
        clusters: What each row belongs to, for intervals; None where none is asked for.

    Raises:
        ValueError: There are not as many of each.
    """
    of = [""] * len(truths) if clusters is None else clusters
    # in order of the names, so that the order of the rows decides nothing
    places = {name: place for place, name in enumerate(sorted(set(of)))}
    counts = np.zeros((len(places), 2, 3), dtype=np.int64)
    for truth, verdict, cluster in zip(truths, verdicts, of, strict=True):
        said = _NEITHER if verdict is None else int(verdict)
        counts[places[cluster], int(truth), said] += 1
    return Compared(counts)


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
    truths, verdicts, of = [], [], []
    for row, cluster in zip(votes, clusters, strict=True):
        rest, own = majority([*row[:place], *row[place + 1 :]]), row[place]
        if rest is not None and own is not None:
            truths.append(rest)
            verdicts.append(own)
            of.append(cluster)
    found = compared(truths, verdicts, of)
    return PersonScore(
        name=name,
        rows=found.rows,
        kappa=found.kappa(),
        interval=found.kappa_interval(seed),
        agreement=found.agreement,
    )
