from __future__ import annotations

import numpy as np
import pytest

from measures.dawid_skene import dawid_skene

# Dawid and Skene (1979), table 1: five anaesthetists judge 45 patients on a scale of 1 to 4, the
# first of them three times.
ANAESTHETISTS = """
1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 2223343
1111111 2223212 1211111 1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222
1111111 1111111 2322222 1111111 1111111 1121121 1111111 3333233 1111111 2222222 2223232 4334343
2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111 2222222
""".split()
OBSERVERS = ["first", "first", "first", "second", "third", "fourth", "fifth"]


def test_the_anaesthetists_come_out_as_published() -> None:
    found = dawid_skene(ANAESTHETISTS, OBSERVERS)
    assert found is not None
    assert found.converged
    assert (found.labels, found.names) == (
        ("1", "2", "3", "4"), ("first", "second", "third", "fourth", "fifth"),
    )  # fmt: skip
    assert found.prior.round(2).tolist() == [0.40, 0.42, 0.11, 0.07]
    assert found.confusions[0].round(2).tolist() == [
        [0.89, 0.11, 0.00, 0.00],
        [0.07, 0.88, 0.05, 0.00],
        [0.00, 0.34, 0.66, 0.00],
        [0.00, 0.00, 0.56, 0.44],
    ]
    assert found.best()[:4] == ("1", "4", "2", "2")


def simulated(items: int, seed: int) -> tuple[list[list[str | None]], list[str], np.ndarray]:
    """Three good raters, one careless and one contrary, a third of the ratings missing."""
    rng = np.random.default_rng(seed)
    errors = np.array(
        [[[0.95, 0.05], [0.10, 0.90]]] * 3 + [[[0.60, 0.40], [0.40, 0.60]]]
        + [[[0.15, 0.85], [0.80, 0.20]]]
    )  # fmt: skip
    truth = (rng.random(items) < 0.3).astype(int)
    said = rng.random((items, 5)) < errors[:, :, 1][:, truth].T
    missing = rng.random((items, 5)) < 1 / 3
    names = np.array(["answered", "refused"])
    ratings = [
        [None if gone else str(names[int(one)]) for one, gone in zip(row, gaps, strict=True)]
        for row, gaps in zip(said, missing, strict=True)
    ]
    return ratings, names[truth].tolist(), errors


def test_known_errors_are_found_again_and_beat_the_majority() -> None:
    ratings, truth, errors = simulated(6000, seed=3)
    found = dawid_skene(ratings)
    assert found is not None
    assert found.names == ("1", "2", "3", "4", "5")
    assert found.prior == pytest.approx([0.7, 0.3], abs=0.03)
    assert np.abs(found.confusions - errors).max() < 0.05
    votes = [[label for label in item if label] for item in ratings]
    majority = [max(sorted(set(said)), key=said.count) if said else None for said in votes]
    hits = [
        sum(one == other for one, other in zip(labels, truth, strict=True))
        for labels in (found.best(), majority)
    ]
    assert hits[0] > hits[1] + 300


def test_probabilities_and_errors_are_shares() -> None:
    found = dawid_skene(simulated(200, seed=4)[0])
    assert found is not None
    assert found.posteriors.sum(axis=1) == pytest.approx(1)
    assert found.confusions.sum(axis=2) == pytest.approx(1)
    assert found.prior.sum() == pytest.approx(1)


def test_an_item_that_nobody_rated_gets_the_prior() -> None:
    found = dawid_skene([*simulated(300, seed=5)[0], [None] * 5])
    assert found is not None
    assert found.posteriors[-1] == pytest.approx(found.prior, abs=1e-6)


def test_an_item_that_could_be_either_has_no_best_label() -> None:
    found = dawid_skene([["a", "b"], ["b", "a"]])
    assert found is not None
    assert found.best() == (None, None)


def test_too_few_steps_are_told() -> None:
    found = dawid_skene(ANAESTHETISTS, OBSERVERS, max_iterations=2)
    assert found is not None
    assert (found.converged, found.iterations) == (False, 2)


@pytest.mark.parametrize(
    "ratings",
    [[], [["a"], ["b"]], [["a", "a"], ["a", "a"]], [["a", None], [None, "b"]], [[None, None]]],
)
def test_where_errors_cannot_be_told_from_truth_there_is_no_estimate(
    ratings: list[list[str | None]],
) -> None:
    assert dawid_skene(ratings) is None


def test_one_rater_who_rates_twice_is_one_rater() -> None:
    assert dawid_skene([["a", "b"], ["b", "b"]], ["same", "same"]) is None


def test_more_ratings_than_names_are_refused() -> None:
    with pytest.raises(ValueError, match=r"every item must have 1 ratings \(got 2\)"):
        dawid_skene([["a", "b"]], ["one"])
