"""Whether two models or many categories differ by more than chance."""

from collections.abc import Sequence


def mcnemar(b: int, c: int) -> float | None:
    """McNemar's exact two-sided p-value for two models on the same rows.

    Exact (binomial) whatever the counts, so that no rule says where an approximation begins.

    Args:
        b: Rows where only the first model has the property.
        c: Rows where only the second has it.

    Returns:
        None where the models differ on no row.

    Raises:
        ValueError: A count is negative.
    """
    from statsmodels.stats.contingency_tables import mcnemar as exact  # takes seconds to import

    if min(b, c) < 0:
        raise ValueError(f"counts must be >= 0 (got {min(b, c)})")
    if b + c == 0:
        return None
    return min(float(exact([[0, b], [c, 0]], exact=True).pvalue), 1.0)


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values corrected by Holm for their number, in the order given; none for none.

    Raises:
        ValueError: A p-value is not in 0..1.
    """
    for value in p_values:
        if not 0 <= value <= 1:
            raise ValueError(f"p-values must be in 0..1 (got {value:g})")
    corrected = [0.0] * len(p_values)
    floor = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        floor = max(floor, min((len(p_values) - rank) * p_values[place], 1.0))
        corrected[place] = floor
    return corrected


def spearman(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Spearman's rank correlation, -1 to 1; ties share their mean rank.

    None with fewer than two points, and where one side is the same everywhere.

    Raises:
        ValueError: The sides have different lengths.
    """
    from scipy.stats import spearmanr  # takes seconds to import

    if len(x) != len(y):
        raise ValueError(f"both sides must be equally long (got {len(x)} and {len(y)})")
    if len(set(x)) < 2 or len(set(y)) < 2:
        return None
    return float(spearmanr(x, y).statistic)
