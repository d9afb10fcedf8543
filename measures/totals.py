"""What a sample says of a whole: the total over all units, and how sure it is.

Units (seeds with all that is made of them) are what was drawn; a figure of each of them is known.
Several groups of units may be added up, each drawn from a whole of its own.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from measures.intervals import Interval, check_confidence

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Moments:
    """What so many units have, one figure each.

    Attributes:
        n: Units.
        mean: Their mean.
        sd: Their standard deviation, with n - 1; 0 for one unit.
        skew: Their skewness, the third central moment over the deviation's cube; 0 without spread.
    """

    n: int
    mean: float
    sd: float = 0.0
    skew: float = 0.0


def moments(values: Sequence[float]) -> Moments:
    """The moments of figures; all 0 without any.

    Example:
        >>> moments([1.0, 2.0, 3.0])
        Moments(n=3, mean=2.0, sd=1.0, skew=0.0)
    """
    n = len(values)
    if not n:
        return Moments(0, 0.0)
    mean = math.fsum(values) / n
    apart = [value - mean for value in values]
    square = math.fsum(each**2 for each in apart)
    if n < 2 or square <= 0:
        return Moments(n, mean)
    cube = math.fsum(each**3 for each in apart) / n
    return Moments(n, mean, math.sqrt(square / (n - 1)), cube / (square / n) ** 1.5)


@dataclass(frozen=True, slots=True)
class Group:
    """Units that were drawn from a whole.

    Attributes:
        drawn: What the drawn ones have.
        whole: Units of the whole, the drawn ones among them.
        times: How often each unit of the whole does what a drawn one did once: rounds.
        least: What one more or one less is in this figure (a call): where all drawn units are
            alike, as many as 3 of n others may still differ by so much.
    """

    drawn: Moments
    whole: int
    times: float = 1.0
    least: float = 0.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A total over a whole.

    Attributes:
        value: The expected total.
        low: Lower end of its interval.
        high: Upper end.
    """

    value: float
    low: float
    high: float


def total(groups: Sequence[Group], confidence: float = CONFIDENCE) -> Estimate:
    """The total over wholes of which some units are known, with Student's interval.

    The spread between units is all that is uncertain: units that were drawn are in the whole too,
    and known (the finite population correction). Degrees of freedom are Welch's; the interval is
    moved by Johnson's (1978) correction for a skewed figure. It never goes below what the drawn
    units have already. A group of which one unit was drawn is taken to spread as much as its mean.

    Args:
        groups: Units of one kind each.
        confidence: Between 0 and 1.

    Raises:
        ValueError: Confidence is not between 0 and 1.

    Example:
        >>> found = total([Group(moments([9.0, 10.0, 11.0]), 30)])
        >>> round(found.value), round(found.low), round(found.high)
        (300, 229, 371)
    """
    check_confidence(confidence)
    known = [each for each in groups if each.drawn.n]
    value = math.fsum(_scale(each) * each.drawn.mean for each in known)
    half = _half_width(known, confidence)
    shift = math.fsum(_shift(each) for each in known)
    at_hand = math.fsum(min(each.drawn.n, each.whole) * each.drawn.mean for each in known)
    low = min(value, max(at_hand, value + shift - half))
    return Estimate(value, low, max(value, value + shift + half))


def count_interval(drawn: Moments, confidence: float = CONFIDENCE) -> Interval | None:
    """Student's interval of a mean of a whole without end; None with fewer than two units."""
    from scipy.special import stdtrit  # not at the command's start

    check_confidence(confidence)
    if drawn.n < 2:
        return None
    half = stdtrit(drawn.n - 1, (1 + confidence) / 2) * drawn.sd / math.sqrt(drawn.n)
    return max(0.0, drawn.mean - half), drawn.mean + half


def _scale(group: Group) -> float:
    return group.whole * group.times


def _unknown(group: Group) -> float:
    """Share of the whole that was not drawn; of further rounds nothing was."""
    if group.times > 1:
        return 1.0
    return max(0.0, 1.0 - group.drawn.n / group.whole) if group.whole else 0.0


def _variance(group: Group) -> float:
    drawn = group.drawn
    sd = drawn.sd if drawn.n > 1 else abs(drawn.mean)
    return _scale(group) ** 2 * _unknown(group) * sd**2 / drawn.n


def _half_width(groups: Sequence[Group], confidence: float) -> float:
    from scipy.special import stdtrit  # not at the command's start

    variances = [_variance(each) for each in groups]
    whole = math.fsum(variances)
    least = math.sqrt(
        math.fsum((_scale(g) * _unknown(g) * 3 / max(g.drawn.n, 3) * g.least) ** 2 for g in groups)
    )
    if whole <= 0:
        return least
    parts = zip(variances, groups, strict=True)
    freedom = whole**2 / math.fsum(v**2 / max(g.drawn.n - 1, 1) for v, g in parts)
    return max(least, float(stdtrit(freedom, (1 + confidence) / 2)) * math.sqrt(whole))


def _shift(group: Group) -> float:
    drawn = group.drawn
    return _scale(group) * _unknown(group) * drawn.skew * drawn.sd / (6 * drawn.n)
