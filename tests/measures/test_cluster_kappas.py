"""Intervals of kappa by cluster."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from measures.agreement import cluster_kappa, table_kappa
from measures.intervals import cluster_bootstrap


def _table(pairs: list[tuple[int, int]]) -> np.ndarray:
    table = np.zeros((2, 2), dtype=int)
    for one, other in pairs:
        table[one, other] += 1
    return table


def _clusters(seed: int, count: int = 40) -> list[list[tuple[int, int]]]:
    rng = np.random.default_rng(seed)
    return [
        [
            (int(said), int(said if rng.random() < 0.8 else 1 - said))
            for said in rng.integers(0, 2, 5)
        ]
        for _ in range(count)
    ]


def test_a_table_has_the_kappa_of_its_rows() -> None:
    pairs = [pair for cluster in _clusters(1) for pair in cluster]
    expected = cohen_kappa_score([one for one, _ in pairs], [other for _, other in pairs])
    assert table_kappa(_table(pairs)) == pytest.approx(expected, abs=1e-12)


def test_the_interval_is_that_of_the_plain_cluster_bootstrap() -> None:
    clusters = _clusters(2)
    tables = [_table(cluster) for cluster in clusters]
    fast = cluster_kappa(tables, seed=7, draws=4000)
    slow = cluster_bootstrap(lambda rows: table_kappa(_table(list(rows))), clusters, 8, draws=4000)
    assert fast is not None
    assert slow is not None
    assert fast == pytest.approx(slow, abs=0.02)


def test_clusters_that_hang_together_make_the_interval_wider() -> None:
    rng = np.random.default_rng(3)
    clusters = []
    for _ in range(30):
        said, wrong = int(rng.integers(0, 2)), rng.random() < 0.25
        clusters.append(_table([(said, said ^ int(wrong))] * 10))
    whole = cluster_kappa(clusters, seed=7)
    apart = cluster_kappa([table // 10 for table in clusters for _ in range(10)], seed=7)
    assert whole is not None
    assert apart is not None
    assert whole[1] - whole[0] > 2 * (apart[1] - apart[0])


def test_full_agreement_is_one_and_one_label_is_nothing() -> None:
    agree = [np.diag([2, 1]), np.diag([1, 3])]
    assert table_kappa(sum(agree)) == 1
    assert cluster_kappa(agree, seed=7) == (1, 1)
    assert table_kappa([[5, 0], [0, 0]]) is None
    assert cluster_kappa([[[5, 0], [0, 0]], [[4, 0], [0, 0]]], seed=7) is None
    assert cluster_kappa([np.diag([2, 1]), np.zeros((2, 2))], seed=7) is None


def test_bad_tables_are_refused() -> None:
    with pytest.raises(ValueError, match="square"):
        table_kappa([[1, 2, 3], [4, 5, 6]])
    with pytest.raises(ValueError, match="negative"):
        cluster_kappa([[[1, -1], [0, 1]]], seed=7)
