"""How evenly rows are spread over categories."""

import math
from collections.abc import Mapping, Sequence

import numpy as np


def largest_to_smallest(counts: Mapping[str, int]) -> float | None:
    """The largest category's rows over the smallest's, 1.0 where all are equal.

    None where a category has no rows, or there are no categories. The published OR-Bench-Hard-1K
    has 12.9.
    """
    smallest = min(counts.values(), default=0)
    return max(counts.values()) / smallest if smallest > 0 else None


def normalised_entropy(counts: Mapping[str, int]) -> float | None:
    """Shannon's entropy over its greatest possible: 1 where all are equal, 0 where one has all.

    A category without rows counts as a category: it could have had some. None without rows, and
    with fewer than two categories, where there is nothing to spread over.

    Raises:
        ValueError: A count is negative.
    """
    _refuse_negative(counts)
    total = sum(counts.values())
    if len(counts) < 2 or not total:
        return None
    shares = [count / total for count in counts.values() if count]
    entropy = -sum(share * math.log(share) for share in shares)
    return min(max(0.0, entropy) / math.log(len(counts)), 1.0)  # and no minus zero


def cramers_v(table: Sequence[Sequence[int]]) -> float | None:
    """Cramér's V of a contingency table: 0 for independence, 1 where one side tells the other.

    The plain V, without the correction for few rows. Rows and columns without any count are left
    out. None where fewer than two rows or two columns are left.

    Raises:
        ValueError: A count is negative, or the table's rows differ in length.
    """
    from scipy.stats.contingency import association  # SciPy's statistics take a second to import

    if len({len(row) for row in table}) > 1:
        raise ValueError("rows of a contingency table must be equally long")
    counts = np.array(table, dtype=np.int64, ndmin=2)
    if (counts < 0).any():
        raise ValueError(f"counts must be >= 0 (got {counts.min()})")
    counts = counts[counts.any(axis=1)]
    counts = counts[:, counts.any(axis=0)]
    if min(counts.shape) < 2:
        return None
    return min(float(association(counts, method="cramer", correction=False)), 1.0)


def cramers_v_to(counts: Mapping[str, int], target: Mapping[str, float]) -> float | None:
    """How far counts are from a target mix: 0 where they are the target, 1 as far as can be.

    The root of chi-square over the greatest that these rows could reach, all of them in the
    category with the smallest target. For an even target this is Cramér's V of a goodness of fit,
    sqrt(chi2 / (n * (k - 1))); for an uneven one, unlike it, never over 1.

    Args:
        counts: Rows by category; a category of the target that is not here has none.
        target: Shares wanted, in any unit; those of 0 or less are no part of the target.

    Returns:
        None without rows, with fewer than two categories in the target, and where rows lie in a
        category that the target gives nothing: no finite distance describes that.

    Raises:
        ValueError: A count is negative.
    """
    _refuse_negative(counts)
    wanted = {name: share for name, share in target.items() if share > 0}
    total = sum(counts.values())
    if not total or len(wanted) < 2 or any(counts[name] for name in counts.keys() - wanted.keys()):
        return None
    unit = math.fsum(wanted.values())
    expected = {name: total * share / unit for name, share in wanted.items()}
    gaps = ((counts.get(name, 0) - rows) ** 2 / rows for name, rows in expected.items())
    greatest = total * (total / min(expected.values()) - 1)
    return min(math.sqrt(math.fsum(gaps) / greatest), 1.0)


def _refuse_negative(counts: Mapping[str, int]) -> None:
    least = min(counts.values(), default=0)
    if least < 0:
        raise ValueError(f"counts must be >= 0 (got {least})")
