from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from measures.raters import (
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    observed_agreement_of_all,
    pairwise,
    rater_bias,
)

# Four observers, twelve units: Krippendorff's example of missing values (2011), and Gwet's
# (Handbook of Inter-Rater Reliability, 4th edition, page 120).
KRIPPENDORFF = [
    [None if rating == "-" else rating for rating in unit]
    for unit in "11-1 2232 3333 3333 2222 1234 4444 1121 2222 -555 --11 --3-".split()
]
# Two abstractors sort 100 pregnancies (Gwet's 3 x 3 table).
ABSTRACTORS = [
    *[("ectopic", "ectopic")] * 13,
    *[("aiu", "aiu")] * 20, *[("aiu", "niu")] * 7,
    *[("niu", "aiu")] * 4, *[("niu", "niu")] * 56,
]  # fmt: skip

FIGURES = [observed_agreement_of_all, fleiss_kappa, gwet_ac1, krippendorff_alpha]

complete = st.integers(2, 5).flatmap(
    lambda raters: st.lists(
        st.lists(st.sampled_from("abc"), min_size=raters, max_size=raters), min_size=2, max_size=40
    )
)
with_gaps = st.lists(
    st.lists(st.sampled_from(["a", "b", "c", None]), min_size=4, max_size=4),
    min_size=1,
    max_size=40,
)


def test_krippendorffs_own_example_is_0743() -> None:
    assert krippendorff_alpha(KRIPPENDORFF) == pytest.approx(0.743, abs=0.0005)


def test_gwets_figures_for_four_raters_come_out() -> None:
    assert gwet_ac1(KRIPPENDORFF) == pytest.approx(0.77544, abs=5e-6)
    assert fleiss_kappa(KRIPPENDORFF) == pytest.approx(0.76117, abs=5e-6)
    assert krippendorff_alpha(KRIPPENDORFF) == pytest.approx(0.74342, abs=5e-6)
    assert observed_agreement_of_all(KRIPPENDORFF) == pytest.approx(0.8181818, abs=5e-8)


def test_gwets_figures_for_two_abstractors_come_out() -> None:
    assert gwet_ac1(ABSTRACTORS) == pytest.approx(0.8493305, abs=5e-8)
    assert krippendorff_alpha(ABSTRACTORS) == pytest.approx(0.7972585, abs=5e-8)
    assert fleiss_kappa(ABSTRACTORS) == pytest.approx(0.7962397, abs=5e-8)  # for two: Scott's pi
    assert pairwise(ABSTRACTORS, ["one", "two"])[0].kappa == pytest.approx(0.7964094, abs=5e-8)
    assert observed_agreement_of_all(ABSTRACTORS) == pytest.approx(0.89)


@settings(max_examples=50, deadline=None)
@given(complete)
def test_fleiss_kappa_is_statsmodels(ratings: list[list[str]]) -> None:
    if len({label for item in ratings for label in item}) > 1:
        expected = statsmodels_fleiss(aggregate_raters(np.array(ratings))[0])
        assert fleiss_kappa(ratings) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(with_gaps)
def test_pairwise_kappa_is_scikit_learns_on_what_both_rated(
    ratings: list[list[str | None]],
) -> None:
    for pair in pairwise(ratings, ["0", "1", "2", "3"]):
        sides = [(item[int(pair.first)], item[int(pair.second)]) for item in ratings]
        both = [(one, other) for one, other in sides if one is not None and other is not None]
        assert pair.n == len(both)
        if len({label for side in both for label in side}) > 1:
            expected = cohen_kappa_score([one for one, _ in both], [two for _, two in both])
            assert pair.kappa == pytest.approx(expected, rel=1e-12, abs=1e-12)
        else:
            assert pair.kappa is None


@settings(max_examples=50, deadline=None)
@given(with_gaps)
def test_alpha_is_what_counting_every_pair_gives(ratings: list[list[str | None]]) -> None:
    assert krippendorff_alpha(ratings) == pytest.approx(alpha_by_coincidences(ratings), abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(with_gaps)
def test_the_order_of_items_raters_and_labels_does_not_matter(
    ratings: list[list[str | None]],
) -> None:
    turned = [[label and label.translate({97: 99, 99: 97}) for label in item[::-1]]
              for item in ratings[::-1]]  # fmt: skip
    for figure in FIGURES:
        assert figure(turned) == pytest.approx(figure(ratings), abs=1e-12)


def test_ac1_stands_where_kappa_collapses() -> None:
    nearly_all_safe = [["safe", "safe"]] * 98 + [["safe", "unsafe"], ["unsafe", "safe"]]
    assert (fleiss_kappa(nearly_all_safe) or 0) < 0
    assert (gwet_ac1(nearly_all_safe) or 0) > 0.97


def test_full_agreement_is_one_where_labels_vary() -> None:
    for figure in FIGURES:
        assert figure([["a", "a", None], ["b", "b", "b"]]) == pytest.approx(1)


def test_full_agreement_on_one_label_has_no_figure_beyond_chance() -> None:
    ratings = [["safe", "safe"], ["safe", "safe"]]
    assert observed_agreement_of_all(ratings) == 1
    for figure in FIGURES[1:]:
        assert figure(ratings) is None
    assert gwet_ac1(ratings, labels=["safe", "unsafe"]) == 1
    assert pairwise(ratings, ["a", "b"])[0].kappa is None


@pytest.mark.parametrize(
    "ratings", [[], [[]], [["a"], ["b"]], [["a", None], [None, "b"]], [[None, None]]]
)
def test_without_two_ratings_of_one_item_nothing_can_be_said(
    ratings: list[list[str | None]],
) -> None:
    for figure in FIGURES:
        assert figure(ratings) is None
    assert gwet_ac1(ratings, labels=["a", "b"]) is None


def test_items_with_unequal_columns_are_refused() -> None:
    with pytest.raises(ValueError, match=r"every item must have 2 ratings \(got 1\)"):
        krippendorff_alpha([["a", "b"], ["a"]])
    with pytest.raises(ValueError, match=r"every item must have 3 ratings \(got 2\)"):
        pairwise([["a", "b"]], ["one", "two", "three"])


def test_ratings_beyond_the_labels_are_refused() -> None:
    with pytest.raises(ValueError, match=r"among the labels \(got maybe\)"):
        gwet_ac1([["safe", "maybe"]], labels=["safe", "unsafe"])


def test_pairs_without_common_items_are_named_all_the_same() -> None:
    found = pairwise([["a", None], [None, "b"]], ["one", "two"])
    assert [(pair.first, pair.second, pair.n) for pair in found] == [("one", "two", 0)]
    assert (found[0].observed, found[0].kappa) == (None, None)
    assert pairwise([], ["one", "two"])[0].n == 0
    assert pairwise([["a"]], ["one"]) == ()


def test_bias_is_the_raters_share_less_the_others() -> None:
    ratings = [["yes", "no", "no"], ["yes", "yes", "no"], ["no", "no", None], ["yes", None, None]]
    eager, even, strict = rater_bias(ratings, ["eager", "even", "strict"])
    assert eager.n == 3  # nobody else rated the fourth
    assert eager.bias == pytest.approx({"yes": 2 / 3 - 0.5 / 3, "no": 1 / 3 - 2.5 / 3})
    assert even.bias["yes"] == pytest.approx(1 / 3 - (0.5 + 0.5 + 0) / 3)
    assert (strict.n, strict.bias["no"]) == (2, pytest.approx(1 - 0.5 / 2))


def test_bias_of_a_rater_who_is_alone_is_empty() -> None:
    assert [(found.n, found.bias) for found in rater_bias([["a", None]], ["x", "y"])] == [
        (0, {}), (0, {}),
    ]  # fmt: skip
    assert rater_bias([], ["x"])[0].n == 0


@settings(max_examples=50, deadline=None)
@given(with_gaps)
def test_biases_of_a_rater_sum_to_nothing(ratings: list[list[str | None]]) -> None:
    for found in rater_bias(ratings, ["1", "2", "3", "4"]):
        assert sum(found.bias.values()) == pytest.approx(0, abs=1e-12)


@pytest.mark.slow
def test_eighty_thousand_items_of_six_raters_are_measured() -> None:
    drawn = np.random.default_rng(1).integers(0, 4, (80_000, 6)).tolist()
    ratings = [[str(label) if label else None for label in item] for item in drawn]
    for figure in FIGURES:
        assert figure(ratings) == pytest.approx(0 if figure != FIGURES[0] else 1 / 3, abs=0.005)
    assert len(pairwise(ratings, list("abcdef"))) == 15


def alpha_by_coincidences(ratings: list[list[str | None]]) -> float | None:
    """Alpha as Krippendorff (2011) computes it by hand: coincidences, then disagreements."""
    pairs: Counter[tuple[str, str]] = Counter()
    for item in ratings:
        said = [label for label in item if label is not None]
        for place, one in enumerate(said):
            for other in said[:place] + said[place + 1 :]:
                pairs[one, other] += 1 / (len(said) - 1)  # type: ignore[assignment]
    totals: Counter[str] = Counter()
    for (one, _), weight in pairs.items():
        totals[one] += weight
    n = sum(totals.values())
    chance = sum(totals[one] * totals[two] for one in totals for two in totals if one != two)
    unlike = sum(weight for (one, two), weight in pairs.items() if one != two)
    return 1 - (n - 1) * unlike / chance if chance else None
